"""Labels: the sheets they are printed on, and the warnings a label carries.

Sheet sizes are those of common self-adhesive A4 sheets and of 62 mm continuous rolls for label printers; a grid
is centred on its sheet. Lengths in millimetres.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

A4 = (210.0, 297.0)
MOST_CONTAINERS = 99


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A kind of label paper: `columns` × `rows` labels of `width` × `height` with `gap` between columns.

    A roll has one label a page, and the page is the label.
    """

    code: str
    words: str
    hint: str
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    gap: float = 0.0
    is_roll: bool = False

    @property
    def on_one_page(self) -> int:
        return self.columns * self.rows

    @property
    def page(self) -> tuple[float, float]:
        return (self.width, self.height) if self.is_roll else A4

    def corners(self) -> Iterator[tuple[float, float]]:
        """The upper left corner of each label on a page, row by row."""
        across, down = self.page
        left = (across - self.columns * self.width - (self.columns - 1) * self.gap) / 2
        top = (down - self.rows * self.height) / 2
        for row in range(self.rows):
            for column in range(self.columns):
                yield left + column * (self.width + self.gap), top + row * self.height


SHEETS = {
    sheet.code: sheet
    for sheet in (
        LabelSheet("a4-8", "A4 sheet, 8 labels", "99.1 × 67.7 mm each: boxes and drums", 99.1, 67.7, 2, 4, 2.5),
        LabelSheet("a4-2", "A4 sheet, 2 labels", "199.6 × 143.5 mm each: pallets and cages", 199.6, 143.5, 1, 2),
        LabelSheet("a4-14", "A4 sheet, 14 labels", "99.1 × 38.1 mm each", 99.1, 38.1, 2, 7, 2.5),
        LabelSheet("a4-21", "A4 sheet, 21 labels", "63.5 × 38.1 mm each: small parts", 63.5, 38.1, 3, 7, 2.54),
        LabelSheet("roll-62", "62 mm roll", "Label printer, 62 × 100 mm each", 62.0, 100.0, is_roll=True),
    )
}  # fmt: skip


class Mark(StrEnum):
    """What whoever lifts, opens or carries the goods must know."""

    MAGNETISED = "magnetised"
    BATTERY = "battery"
    HAZARDOUS = "hazardous"


# Two short lines each: they stand beside a sign of the same height.
MARK_WORDS: dict[Mark, str] = {
    Mark.MAGNETISED: "Strong\nmagnets",
    Mark.BATTERY: "Battery\ninside?",
    Mark.HAZARDOUS: "Hazardous\nwaste",
}


def marks_of(
    *, holds_battery: bool, magnet_grams: int, is_magnetised: bool | None, is_hazardous: bool
) -> tuple[Mark, ...]:
    """The warnings of a lot. Magnets nobody has looked at count as magnetised; opened or not, a battery that
    may be there is said."""
    marks = []
    if magnet_grams > 0 and is_magnetised is not False:
        marks.append(Mark.MAGNETISED)
    if holds_battery:
        marks.append(Mark.BATTERY)
    if is_hazardous:
        marks.append(Mark.HAZARDOUS)
    return tuple(marks)
