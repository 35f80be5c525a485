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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Paper"
MARGIN = 15.0
INK = (26, 24, 36)

# Names the letters a font lacks, one warning each; the empty box on the paper says the same to who reads it.
logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


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
        tall = height if height is not None else size * 0.3528 * 1.25
        with self._kept_margin():
            self.cell(width, tall, line, align=align)
        self.set_xy(left, self.get_y() + tall)

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
