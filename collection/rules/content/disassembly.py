"""Taking lots apart: what must come out, and how hard each maker's model was: the league table procurement can
act on.

A league of raw figures is led by whoever was sampled once and lucky. So each model is judged by its own lots and
by what is usual for the product, the latter counting as a few lots more.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from collection.rules.content.catalogue import ContentInputError
from collection.rules.content.coefficients import Assumptions
from collection.rules.content.estimate import ContentEstimate
from collection.rules.content.lineage import GateBalance

PRIOR_LOTS = 3.0
"""What is usual for the product counts as this many lots of each model."""

OBSTACLES = {
    "glue": "magnets glued in",
    "rivets": "riveted shut",
    "no_screws": "no screws to undo",
    "sealed": "sealed or welded housing",
    "resin": "potted in resin",
    "special_tool": "needs a special tool",
}

MATERIALS = {
    "steel": "Steel and iron",
    "copper": "Copper",
    "aluminium": "Aluminium",
    "plastics": "Plastics",
    "electronics": "Electronics",
    "other": "Anything else",
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
    product_code: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.product_code, name_key(self.maker), name_key(self.model)


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """A maker's model in the table. Figures are None where no magnet came out.

    ``minutes_per_kg`` and ``intact_share`` are as seen; the judged ones are drawn towards what is usual for
    the product, and rank the table.
    """

    product_code: str
    maker: str
    model: str
    lots: int
    items: int
    minutes_per_item: float
    minutes_per_kg: float | None
    intact_share: float | None
    judged_minutes_per_kg: float | None
    judged_intact_share: float | None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What taking a lot apart gave. Masses are whole grams of magnet; ``other_grams`` is what else came out.

    ``freed_grams`` includes ``intact_grams``; ``residue_grams`` stayed in the scrap, ``loss_grams`` is nowhere.
    """

    maker: str
    model: str
    items: int
    minutes: int
    freed_grams: int
    intact_grams: int
    residue_grams: int = 0
    loss_grams: int = 0
    other_grams: Mapping[str, int] = field(default_factory=dict)
    obstacles: frozenset[str] = frozenset()
    unexplained_reason: str = ""

    @property
    def magnet_grams(self) -> int:
        """All the magnet the lot turned out to hold: parts, residue and loss."""
        return self.freed_grams + self.residue_grams + self.loss_grams

    @property
    def without_magnets(self) -> Apart:
        """The same work as a ledger takes it that does not count these magnets."""
        return replace(self, freed_grams=0, intact_grams=0, residue_grams=0, loss_grams=0)


def check_apart(apart: Apart, gate_grams: int | None, lot_items: int | None) -> None:
    """Refuse what cannot be. ``gate_grams`` is the lot's net weight before, None where it was not weighed;
    ``lot_items`` is how many items it has, None where it is not counted in items.

    Raises ContentInputError naming the field and the way out.
    """
    if apart.items < 1 or apart.minutes < 1:
        name = "items" if apart.items < 1 else "minutes"
        raise ContentInputError(name, f"Give the {name} as a whole number above 0.")
    if lot_items is not None:
        _check_count(apart.items, lot_items)
    if not apart.maker.strip() or not apart.model.strip():
        name = "model" if apart.maker.strip() else "maker"
        raise ContentInputError(name, f"Give the {name}; write “unmarked” where nothing is on it.")
    unknown = sorted(apart.obstacles - OBSTACLES.keys())
    if unknown:
        raise ContentInputError("obstacles", f"“{unknown[0]}” is not one of {', '.join(OBSTACLES)}.")
    weights = (apart.freed_grams, apart.intact_grams, apart.residue_grams, apart.loss_grams)
    if min((*weights, *apart.other_grams.values())) < 0:
        raise ContentInputError("freed", "A weight cannot be below 0.")
    if apart.intact_grams > apart.freed_grams:
        raise ContentInputError("intact", "The unbroken magnets cannot weigh more than all freed magnets.")
    if not apart.magnet_grams:
        raise ContentInputError(
            "freed", "Give the weight of the magnets that came out, stayed inside or were lost; all are 0."
        )
    if gate_grams is not None:
        _check_balance(apart, gate_grams)


def _check_count(items: int, lot_items: int) -> None:
    """The lot becomes other lots as a whole: the magnets of items still whole would be written off."""
    if items < lot_items:
        raise ContentInputError(
            "items",
            f"The lot has {lot_items:,} items, and all of it becomes other lots. To take apart only {items:,}, split "
            "the lot first.",
        )
    if items > lot_items:
        raise ContentInputError(
            "items", f"The lot has only {lot_items:,} items. Log what is beyond that as a lot of its own."
        )


def _check_balance(apart: Apart, gate_grams: int) -> None:
    out = apart.freed_grams + apart.residue_grams + sum(apart.other_grams.values())
    if out > gate_grams * 1.03 and not apart.unexplained_reason.strip():
        raise ContentInputError(
            "freed",
            f"{out / 1000:,.1f} kg came out of a lot of {gate_grams / 1000:,.1f} kg net. Check the weights, or say "
            "under “Why the weights differ” what explains it.",
        )
    balance = GateBalance(gate_grams, apart.magnet_grams, apart.other_grams)
    if apart.other_grams and not balance.is_closed and not apart.unexplained_reason.strip():
        raise ContentInputError("unexplained_reason", balance.sentence)


def name_key(name: str) -> str:
    """A maker's or model's name as compared: case and spaces do not matter."""
    return " ".join(name.casefold().split())


def league(records: Iterable[Dismantling]) -> list[LeagueRow]:
    """Models of each product from easiest to hardest by judged minutes per kilogram of magnet; those that
    yielded none come last."""
    groups: dict[tuple[str, str, str], list[Dismantling]] = defaultdict(list)
    products: dict[str, list[Dismantling]] = defaultdict(list)
    for record in records:
        groups[record.key].append(record)
        products[record.product_code].append(record)
    usual = {code: _seen(group) for code, group in products.items()}
    rows = [_row(group, usual[key[0]]) for key, group in groups.items()]
    return sorted(
        rows,
        key=lambda row: (
            row.product_code,
            row.judged_minutes_per_kg is None,
            row.judged_minutes_per_kg or 0.0,
            row.maker.casefold(),
            row.model.casefold(),
        ),
    )


def _seen(group: list[Dismantling]) -> tuple[float, float] | None:
    """Minutes per kilogram of magnet and share recovered intact over some lots; None where none came out."""
    grams = sum(record.magnet_grams for record in group)
    if not grams:
        return None
    minutes = 1000 * sum(record.minutes for record in group) / grams
    return minutes, sum(record.intact_grams for record in group) / grams


def _row(group: list[Dismantling], usual: tuple[float, float] | None) -> LeagueRow:
    minutes = sum(record.minutes for record in group)
    items = sum(record.items for record in group)
    seen, lots = _seen(group), len(group)
    judged = None
    if seen and usual:
        own = lots / (lots + PRIOR_LOTS)
        judged = (
            math.exp(own * math.log(seen[0]) + (1 - own) * math.log(usual[0])),
            own * seen[1] + (1 - own) * usual[1],
        )
    counted = Counter(obstacle for record in group for obstacle in record.obstacles)
    newest = group[-1]
    return LeagueRow(
        product_code=newest.product_code,
        maker=newest.maker,
        model=newest.model,
        lots=lots,
        items=items,
        minutes_per_item=minutes / items if items else 0.0,
        minutes_per_kg=seen[0] if seen else None,
        intact_share=seen[1] if seen else None,
        judged_minutes_per_kg=judged[0] if judged else None,
        judged_intact_share=judged[1] if judged else None,
        obstacles=tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))),
    )
