"""Labels as PDF: on A4 sheets of several sizes and on a roll."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from collection.documents.pdf.marks import draw_mark
from collection.documents.pdf.paper import Line, Paper
from collection.documents.pdf.qr import draw_qr
from collection.queries.labels import IssuedLabel
from collection.rules.labels import MARK_WORDS, LabelSheet, Mark, marks_of
from collection.rules.spoken_mass import mass

PADDING = 2.5
MOST, LEAST, LEAST_WARNING = 24.0, 5.5, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelText:
    """What one label says. `address` is what its QR symbol holds; `container` is "2 of 5" or empty."""

    address: str
    reference: str
    product: str
    mass: str
    bounds: str
    family: str
    holder: str
    waste_code: str
    container: str
    marks: tuple[Mark, ...]


def label_text(label: IssuedLabel) -> LabelText:
    """The words of a label."""
    lot, estimate, code = label.content.lot, label.content.estimate, label.content.waste_code
    holds, bounds = "No magnet mass estimated", ""
    if estimate is not None and estimate.magnet_central_grams:
        holds = f"{mass(estimate.magnet_central_grams)} magnets"
        bounds = f"{mass(estimate.magnet_low_grams)} to {mass(estimate.magnet_high_grams)}"
    return LabelText(
        address=settings.SITE_ADDRESS.rstrip("/") + reverse("label", args=[label.token]),
        reference=lot.reference,
        product=f"{lot.quantity_text}: {lot.product.name}",
        mass=holds,
        bounds=bounds,
        family=lot.magnet_family,
        holder=lot.holder.name,
        waste_code=f"EWC {code}" if code else "",
        container=f"{label.container} of {label.containers}" if label.container else "",
        marks=marks_of(
            holds_battery=lot.product.holds_battery,
            magnet_grams=lot.magnet_grams,
            is_magnetised=lot.is_magnetised,
            is_hazardous=code is not None and code.is_hazardous,
        ),
    )


def draw_labels(
    labels: Sequence[IssuedLabel], sheet: LabelSheet, *, at: dt.datetime, first_free: int = 1
) -> bytes:
    """A PDF of the labels; on a sheet that is partly used the first goes to place `first_free`."""
    paper = Paper(title="Lodestone labels", at=at, size=sheet.page, margin=0)
    paper.set_auto_page_break(False)
    corners = list(sheet.corners())
    place = (first_free - 1) % len(corners)
    for number, label in enumerate(labels):
        if number == 0 or place == 0:
            paper.add_page()
        draw = _draw_upright if sheet.height > sheet.width else _draw_across
        draw(paper, label_text(label), *corners[place], sheet)
        place = (place + 1) % len(corners)
    return paper.as_bytes()


def _draw_across(paper: Paper, label: LabelText, x: float, y: float, sheet: LabelSheet) -> None:
    """The symbol on the left, the words beside it."""
    side = min(sheet.height - 2 * PADDING, sheet.width * 0.35)
    draw_qr(paper, label.address, x=x + PADDING, y=y + (sheet.height - side) / 2, side=side)
    left = x + PADDING + side + PADDING
    width = sheet.width - side - 3 * PADDING
    _write(paper, label, left, y + PADDING, width, sheet.height - 2 * PADDING)


def _draw_upright(paper: Paper, label: LabelText, x: float, y: float, sheet: LabelSheet) -> None:
    """The symbol above, the words below it."""
    side = min(sheet.width - 4 * PADDING, sheet.height * 0.5)
    draw_qr(paper, label.address, x=x + (sheet.width - side) / 2, y=y + PADDING, side=side)
    top = y + PADDING + side + 1
    _write(paper, label, x + PADDING, top, sheet.width - 2 * PADDING, y + sheet.height - PADDING - top)


def _write(paper: Paper, label: LabelText, x: float, y: float, width: float, height: float) -> None:
    """The words in a box, as large as it allows; what warns stands at the bottom, always."""
    signs = min(height * 0.22, width / 8) if label.marks else 0.0
    lines = [
        Line(label.reference, bold=True, scale=1.4),
        *([Line(f"Container {label.container}", bold=True, scale=1.2)] if label.container else []),
        Line(label.mass, bold=True, scale=1.1),
        Line(label.bounds, scale=0.9),
        Line(" · ".join(part for part in (label.family, label.waste_code) if part)),
        Line(label.product),
        Line(label.holder),
    ]
    paper.set_xy(x, y)
    paper.write_block(lines, width=width, height=height - signs - 1, size=MOST, least=LEAST)
    _write_marks(paper, label.marks, x, y + height - signs, width, signs)


def _write_marks(
    paper: Paper, marks: Sequence[Mark], x: float, y: float, width: float, height: float
) -> None:
    """Signs side by side, each with its words beside it."""
    each = width / max(len(marks), 2)
    for number, mark in enumerate(marks):
        left = x + number * each
        draw_mark(paper, mark, x=left, y=y, side=height)
        paper.set_xy(left + height + 0.6, y + height * 0.2)
        words = [Line(word, bold=True) for word in MARK_WORDS[mark].split("\n")]
        paper.write_block(
            words, width=each - height - 0.8, height=height * 0.8, size=MOST, least=LEAST_WARNING
        )
