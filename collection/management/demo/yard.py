"""What yards keep besides lots: tickets, templates, a place nobody has put on the map, sources they wait for."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO

from collection.actions.papers import NewPaper, add_paper
from collection.actions.places import save_place
from collection.actions.templates import save_template
from collection.actions.watched import NewWatched, link_lot, watch_source
from collection.documents.files import read_paper
from collection.documents.pdf.paper import Paper
from collection.models import Lot, PaperKind, Site, Source, WatchedSource
from collection.rules.lifecycle import LotState
from collection.rules.lot_templates import pages_of
from collection.rules.mass_input import format_mass
from collection.rules.roles import Viewer
from collection.rules.watching import Window, month_window, year_window

YARD, DISMANTLER, DEFENCE = "demo-clyde-scrap", "demo-turbine-dismantlers", "demo-defence-disposal"
TICKETS, ARISEN, FARMS = 6, 6, 4
# What arose ÷ what was expected: for show, so that the comparison has both sides.
FORESEEN = ("0.8", "1.1", "1", "1.6", "0.95", "1.2")


def keep_yards(viewers: Mapping[str, Viewer], lots: Sequence[Lot], *, now: dt.datetime) -> None:
    """Tickets and templates for the scrapyard, and sources that turbine dismantlers and the stores expect."""
    own = [lot for lot in lots if lot.holder_id == viewers[YARD].organisation_id]
    there = [lot for lot in own if lot.state == LotState.HELD]
    for number, lot in enumerate(there[:TICKETS], start=1):
        _ticket(viewers[YARD], lot, number)
    of_product = {lot.product_id: lot for lot in own}
    for lot in list(of_product.values())[-2:]:
        _template(viewers[YARD], lot, now)
    save_place(viewers[YARD], Site(name="Demo overflow field", is_demonstration=True), None, at=now)
    _expect(viewers, now)
    _compare(viewers[DISMANTLER], lots)


def _ticket(viewer: Viewer, lot: Lot, number: int) -> None:
    paper = Paper(title="Weighbridge ticket", at=lot.logged_at)
    paper.add_page()
    for words in (
        "DEMONSTRATION: weighbridge ticket",
        f"Ticket {number:05d}, {lot.logged_at:%d.%m.%Y}",
        f"{lot.reference}: {lot.product.name}",
        f"Gross {format_mass(lot.gross_grams or lot.magnet_grams * 8)}",
    ):
        paper.write_fitted(words, width=150, size=16, least=8)
    read = read_paper(BytesIO(paper.as_bytes()), f"ticket-{number:05d}.pdf")
    kept = NewPaper(
        kind=PaperKind.WEIGHBRIDGE,
        number=f"{number:05d}",
        name=read.name,
        media_type=read.media_type,
        content=read.content,
        sha256=read.sha256,
    )
    add_paper(viewer, lot, kept, at=lot.logged_at)


def _template(viewer: Viewer, lot: Lot, now: dt.datetime) -> None:
    answers = {
        "source_kind": lot.source_kind,
        "product_code": lot.product.code,
        "condition": lot.condition,
        "site_id": lot.site_id,
        "postcode": "" if lot.site_id else lot.outcode,
        "intent": lot.intent,
    }
    pages = pages_of(answers, {"product_code": lot.product.name})
    save_template(viewer, lot.product.name[:60], pages, at=now)


def _expect(viewers: Mapping[str, Viewer], now: dt.datetime) -> None:
    farms = Source.objects.filter(kind="wind", expected_decommissioning_year__isnull=False, capacity_mw__gt=0)
    for number, farm in enumerate(farms.select_related("product").order_by("commissioned_on")[:FARMS]):
        if farm.product is None or farm.capacity_mw is None:
            continue
        _watch(
            viewers[DISMANTLER],
            f"First turbine of {farm.name}",
            "wind",
            farm.product.code,
            (farm.capacity_mw / (farm.unit_count or 1)).quantize(Decimal("0.1")),
            "MW",
            year_window(now.year + 1 + number),
            at=now - dt.timedelta(days=90),
            source_id=farm.pk,
        )
    soon = now + dt.timedelta(days=75)
    _watch(
        viewers[DEFENCE],
        "Demo survey ship on the disposal list",
        "defence",
        "def_naval_pm_propulsion",
        Decimal(4),
        "MW",
        month_window(soon.year, soon.month),
        at=now - dt.timedelta(days=200),
        postcode="PO1",
    )


def _compare(viewer: Viewer, lots: Sequence[Lot]) -> None:
    """Turbines that were expected a year ahead and have come down since."""
    arisen = [lot for lot in lots if lot.holder_id == viewer.organisation_id and lot.unit == "MW"][:ARISEN]
    for lot, ratio in zip(arisen, FORESEEN, strict=False):
        day = lot.logged_at.date()
        noted = _watch(
            viewer,
            f"Turbine at {lot.site}",
            lot.source_kind,
            lot.product.code,
            max((lot.quantity / Decimal(ratio)).quantize(Decimal("0.1")), Decimal("0.1")),
            "MW",
            Window(day, day),
            at=lot.logged_at - dt.timedelta(days=300),
            site_id=lot.site_id,
        )
        link_lot(viewer, noted, lot, at=lot.logged_at)


def _watch(
    viewer: Viewer,
    name: str,
    source_kind: str,
    product_code: str,
    quantity: Decimal,
    unit: str,
    window: Window,
    *,
    at: dt.datetime,
    source_id: int | None = None,
    site_id: int | None = None,
    postcode: str = "",
) -> WatchedSource:
    said = NewWatched(
        submission_id=uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{name}:{at.isoformat()}"),
        name=name[:160],
        source_kind=source_kind,
        product_code=product_code,
        quantity=quantity,
        unit=unit,
        window=window,
        source_id=source_id,
        site_id=site_id,
        postcode=postcode,
    )
    return watch_source(viewer, said, at=at).watched
