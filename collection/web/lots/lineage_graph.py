"""A lot's family as a drawing: parents to the left, children to the right, grams on the way between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from collection.models import Lot, Unit
from collection.queries.lineage import Family
from collection.rules.spoken_mass import mass

BOX_WIDTH, BOX_HEIGHT = 216, 62
COLUMN, ROW = 320, 84
MARGIN = 12
MOST_DRAWN = 40


@dataclass(frozen=True)
class Box:
    """One lot of the drawing, its corner and its lines of text."""

    x: int
    y: int
    reference: str
    amount: str
    state: str
    is_asked: bool


@dataclass(frozen=True)
class Arrow:
    """From a parent's right side to a child's left side, with the grams that passed."""

    path: str
    text: str
    text_x: int
    text_y: int


@dataclass(frozen=True)
class LineageDrawing:
    """The drawing in a box of `width` × `height` units; ``words`` is the same in one sentence."""

    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    width: int
    height: int
    words: str
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def draw_lineage(family: Family) -> LineageDrawing | None:
    """The drawing of a family; None where there is nothing to draw or too much to read."""
    if not family.links or len(family.lots) > MOST_DRAWN:
        return None
    depth = _depths(family)
    places = _places(family, depth)
    boxes = [
        Box(
            x=places[pk][0],
            y=places[pk][1],
            reference=lot.reference,
            amount="Freed magnets" if lot.unit == Unit.KG_MAGNETS else lot.quantity_text,
            state=f"{mass(lot.magnet_grams)}, {lot.get_state_display().lower()}",
            is_asked=pk == family.lot.pk,
        )
        for pk, lot in family.lots.items()
    ]
    columns = max(depth.values()) + 1
    rows = max(y for _, y in places.values())
    return LineageDrawing(
        boxes=boxes,
        arrows=[_arrow(places[link.parent_id], places[link.child_id], link.grams) for link in family.links],
        width=2 * MARGIN + (columns - 1) * COLUMN + BOX_WIDTH,
        height=rows + BOX_HEIGHT + MARGIN,
        words=f"{len(family.lots)} lots joined by {len(family.links)} steps. The same is in the table below.",
    )


def _depths(family: Family) -> dict[int, int]:
    """How many steps each lot is from the oldest of its line. Lineage never runs in a circle."""
    parents: dict[int, list[int]] = defaultdict(list)
    for link in family.links:
        parents[link.child_id].append(link.parent_id)
    depth: dict[int, int] = {}

    def of(pk: int) -> int:
        if pk not in depth:
            depth[pk] = 1 + max((of(parent) for parent in parents[pk]), default=-1)
        return depth[pk]

    for pk in family.lots:
        of(pk)
    return depth


def _places(family: Family, depth: dict[int, int]) -> dict[int, tuple[int, int]]:
    columns: dict[int, list[Lot]] = defaultdict(list)
    for pk in sorted(family.lots):
        columns[depth[pk]].append(family.lots[pk])
    return {
        lot.pk: (MARGIN + column * COLUMN, MARGIN + row * ROW)
        for column, lots in columns.items()
        for row, lot in enumerate(lots)
    }


def _arrow(parent: tuple[int, int], child: tuple[int, int], grams: int) -> Arrow:
    start_x, start_y = parent[0] + BOX_WIDTH, parent[1] + BOX_HEIGHT // 2
    end_x, end_y = child[0] - 8, child[1] + BOX_HEIGHT // 2
    bend = max(40, (end_x - start_x) // 2)
    return Arrow(
        path=f"M{start_x} {start_y}C{start_x + bend} {start_y} {end_x - bend} {end_y} {end_x} {end_y}",
        text=mass(grams),
        text_x=end_x - 8,
        text_y=end_y - 8,
    )
