"""A PDF to print on: one typeface embedded, lengths in millimetres, the same bytes for the same content.

    paper = Paper(title="Manifest of RND-26-000014", at=request.now)
    paper.add_page()
    paper.write_fitted("LOT-26-004217", width=60, size=14, least=9, bold=True)
    response = HttpResponse(paper.as_bytes(), content_type="application/pdf")

Tables, images and page breaks are fpdf2's own (`with paper.table() as table: …`). The typeface covers Latin with
every accent, Greek, Cyrillic and the signs of trade (≤ → ± ✓ ⚠), so a holder's name prints as it is spelled; what
it does not know prints as an empty box and never stops the paper.
"""

import datetime as dt
import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Paper"
MARGIN = 15.0
# Millimetres in a point, and the height of a line beside the height of its letters.
POINT = 0.3528
LEADING = 1.2
INK = (26, 24, 36)

# Names the letters a font lacks, one warning each; the empty box on the paper says the same to who reads it.
logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Line:
    """Text that stays together; `scale` is its size beside the others of its block."""

    text: str
    bold: bool = False
    scale: float = 1.0


class Paper(FPDF):
    """A document of pages `size` (a name such as "A4", or width and height in mm), dated `at`."""

    def __init__(
        self,
        *,
        title: str,
        at: dt.datetime,
        size: str | tuple[float, float] = "A4",
        landscape: bool = False,
        margin: float = MARGIN,
        footer: str = "",
    ) -> None:
        super().__init__(orientation="landscape" if landscape else "portrait", unit="mm", format=size)
        self.add_font(FAMILY, "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font(FAMILY, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        self.footer_words = footer
        self.set_title(title)
        self.set_lang("en-GB")
        self.set_creator("Lodestone")
        self.set_producer("Lodestone")
        self.set_creation_date(at)
        self.set_margins(margin, margin)
        self.set_auto_page_break(True, margin + (6 if footer else 0))
        self.write_in(10)

    def write_in(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        """The letters from here on: size in points."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)

    def footer(self) -> None:
        """What each page ends with, and its number; nothing where the paper has no footer."""
        if not self.footer_words:
            return
        self.set_y(-(self.b_margin - 2))
        self.write_in(8)
        self.cell(self.epw - 30, 4, self.footer_words)
        self.cell(30, 4, f"Page {self.page_no()} of {{nb}}", align="R")

    def write_fitted(
        self,
        text: str,
        *,
        width: float,
        size: float,
        least: float,
        height: float | None = None,
        bold: bool = False,
        align: Literal["L", "C", "R"] = "L",
    ) -> None:
        """One line of text in `width` mm, made smaller down to `least` points, then cut with an ellipsis.

        The next line begins below it, at the same left edge.
        """
        left = self.get_x()
        line = " ".join(text.split())
        while size > least and self._width(line, size, bold) > width:
            size = max(least, size - 0.5)
        if self._width(line, size, bold) > width:
            while line and self._width(f"{line}…", size, bold) > width:
                line = line[:-1].rstrip()
            line = f"{line}…"
        self.write_in(size, bold=bold)
        self.set_xy(left, self.get_y())
        tall = height if height is not None else size * POINT * LEADING
        with self._kept_margin():
            self.cell(width, tall, line, align=align)
        self.set_xy(left, self.get_y() + tall)

    def write_block(
        self, lines: Sequence[Line], *, width: float, height: float, size: float, least: float
    ) -> None:
        """Lines of text in a box from here, at the largest size up to `size` points at which all of it fits,
        broken between words. At `least` points what has no room left is cut, the last lines first."""
        while size > least and self._block_height(lines, size, width) > height:
            size = max(least, size - 0.25)
        bottom = self.get_y() + height
        for line in lines:
            for part in self._broken(line, size, width):
                tall = size * line.scale * POINT * LEADING
                if self.get_y() + tall > bottom + 0.01:
                    return
                self.write_fitted(
                    part,
                    width=width,
                    size=size * line.scale,
                    least=size * line.scale,
                    height=tall,
                    bold=line.bold,
                )

    def _block_height(self, lines: Sequence[Line], size: float, width: float) -> float:
        """How tall the lines are; endless where a word alone is wider than the box."""
        total = 0.0
        for line in lines:
            parts = self._broken(line, size, width)
            if any(self._width(part, size * line.scale, line.bold) > width for part in parts):
                return math.inf
            total += len(parts) * size * line.scale * POINT * LEADING
        return total

    def _broken(self, line: Line, size: float, width: float) -> list[str]:
        parts: list[str] = []
        for word in line.text.split():
            longer = f"{parts[-1]} {word}" if parts else word
            if parts and self._width(longer, size * line.scale, line.bold) <= width:
                parts[-1] = longer
            else:
                parts.append(word)
        return parts

    def _width(self, text: str, size: float, bold: bool) -> float:
        self.set_font(FAMILY, "B" if bold else "", size)
        return float(self.get_string_width(text))

    @contextmanager
    def _kept_margin(self) -> Iterator[None]:
        """No padding inside a cell: text begins exactly where it was asked to."""
        before, self.c_margin = self.c_margin, 0
        yield
        self.c_margin = before

    def as_bytes(self) -> bytes:
        return bytes(self.output())
