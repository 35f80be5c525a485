"""How hard products are to take apart, by maker and model: the league table procurement can act on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from collection.rules.content.coefficients import Assumptions
from collection.rules.content.estimate import ContentEstimate

OBSTACLES = {
    "glue": "magnets glued in",
    "rivets": "riveted shut",
    "no_screws": "no screws to undo",
    "sealed": "sealed or welded housing",
    "resin": "potted in resin",
    "special_tool": "needs a special tool",
}


@dataclass(frozen=True, slots=True)
class Dismantling:
    """One lot taken apart: what it took and what came out. Masses in grams."""

    maker: str
    model: str
    items: int
    minutes: float
    magnet_grams: int
    intact_grams: int
    obstacles: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """A maker's model in the table. ``minutes_per_kg`` is None where no magnet came out."""

    maker: str
    model: str
    lots: int
    items: int
    minutes_per_item: float
    minutes_per_kg: float | None
    intact_share: float | None
    obstacles: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ExpectedParts:
    """What taking a lot apart should give, to fill the form in before the actual weights, in grams.

    ``rest_grams`` is steel, copper and the like; None where the gross weight is not known.
    """

    freed_magnet_grams: int
    magnet_left_inside_grams: int
    rest_grams: int | None


def expected_parts(
    estimate: ContentEstimate, assumptions: Assumptions, gross_grams: int | None = None
) -> ExpectedParts:
    """The expected parts of a lot: its magnets, split by the separation yield, and what else it weighs."""
    magnets = estimate.magnet_grams.central
    freed = round(magnets * assumptions.separation_yield.central)
    rest = None if gross_grams is None else max(0, gross_grams - magnets)
    return ExpectedParts(freed, magnets - freed, rest)


def league(records: Iterable[Dismantling]) -> list[LeagueRow]:
    """Models from easiest to hardest by minutes per kilogram of magnet; those that yielded none come last."""
    groups: dict[tuple[str, str], list[Dismantling]] = defaultdict(list)
    for record in records:
        groups[(record.maker, record.model)].append(record)
    rows = [_row(maker, model, group) for (maker, model), group in groups.items()]
    return sorted(
        rows,
        key=lambda row: (row.minutes_per_kg is None, row.minutes_per_kg or 0.0, row.maker, row.model),
    )


def _row(maker: str, model: str, group: list[Dismantling]) -> LeagueRow:
    minutes = sum(record.minutes for record in group)
    items = sum(record.items for record in group)
    grams = sum(record.magnet_grams for record in group)
    intact = sum(record.intact_grams for record in group)
    counted = Counter(obstacle for record in group for obstacle in record.obstacles)
    return LeagueRow(
        maker=maker,
        model=model,
        lots=len(group),
        items=items,
        minutes_per_item=minutes / items if items else 0.0,
        minutes_per_kg=1000 * minutes / grams if grams else None,
        intact_share=intact / grams if grams else None,
        obstacles=tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))),
    )
