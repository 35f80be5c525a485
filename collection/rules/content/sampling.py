"""How many pieces to test, and from which part of a lot, for a wanted interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from collection.rules.content.catalogue import ContentInputError
from collection.rules.split_normal import Z_TENTH

LEAST_PIECES = 10
LEAST_SHARE = 0.01
LEAST_NEYMAN_SHARE = 1e-6
RULE = "At least 10 pieces or 1 % from each homogeneous sub-lot, more where pieces differ by over 10 %."
SWARF_RULE = "Swarf and powder: a riffled composite sample, with moisture and loss on ignition."


@dataclass(frozen=True, slots=True)
class SubLot:
    """A part of a lot whose pieces are alike. ``relative_sd`` is how much single pieces differ from their
    mean."""

    name: str
    pieces: int
    grams: float
    relative_sd: float = 0.10


@dataclass(frozen=True, slots=True)
class SubLotPlan:
    name: str
    pieces: int
    test: int
    reason: str


@dataclass(frozen=True)
class SamplingPlan:
    """Pieces to test from each sub-lot, and the half-width of the 80 % interval that gives, as a share."""

    sub_lots: tuple[SubLotPlan, ...]
    half_width: float
    is_wanted_reached: bool
    rules: tuple[str, ...] = (RULE, SWARF_RULE)

    @property
    def pieces(self) -> int:
        return sum(each.test for each in self.sub_lots)


def plan(sub_lots: Sequence[SubLot], wanted_half_width: float) -> SamplingPlan:
    """The least testing that meets the rule of thumb and the wanted interval of the whole lot.

    Beyond the rule's minimum, pieces go where they help most: to large and uneven sub-lots (Neyman's
    allocation). Raises ContentInputError.
    """
    if not 0 < wanted_half_width < 1:
        raise ContentInputError(
            "wanted", "The wanted interval is a share between 0 and 1, such as 0.05 for ±5 %."
        )
    if not sub_lots or any(each.pieces < 1 or each.grams <= 0 or each.relative_sd < 0 for each in sub_lots):
        raise ContentInputError("sub_lots", "Each sub-lot needs at least one piece and a weight above 0.")
    floors = [_floor(each) for each in sub_lots]
    tests = _allocated(sub_lots, floors, (wanted_half_width / Z_TENTH) ** 2)
    reached = _half_width(sub_lots, tests)
    return SamplingPlan(
        sub_lots=tuple(
            SubLotPlan(each.name, each.pieces, test, _reason(each, test, floor))
            for each, test, floor in zip(sub_lots, tests, floors, strict=True)
        ),
        half_width=reached,
        is_wanted_reached=reached <= wanted_half_width * (1 + 1e-9),
    )


def _floor(sub_lot: SubLot) -> int:
    return min(sub_lot.pieces, max(LEAST_PIECES, math.ceil(LEAST_SHARE * sub_lot.pieces)))


def _allocated(sub_lots: Sequence[SubLot], floors: list[int], wanted_variance: float) -> list[int]:
    """The smallest multiple of Neyman's shares, never under the floors, that reaches the wanted variance."""
    if _variance(sub_lots, floors) <= wanted_variance:
        return floors
    largest = max(each.grams * each.relative_sd for each in sub_lots)
    shares = [max(each.grams * each.relative_sd / largest, LEAST_NEYMAN_SHARE) for each in sub_lots]
    low, high = 0.0, max(each.pieces / share for each, share in zip(sub_lots, shares, strict=True))
    for _ in range(80):
        middle = (low + high) / 2
        is_enough = _variance(sub_lots, _scaled(sub_lots, shares, floors, middle)) <= wanted_variance
        low, high = (low, middle) if is_enough else (middle, high)
    return _scaled(sub_lots, shares, floors, high)


def _scaled(sub_lots: Sequence[SubLot], shares: list[float], floors: list[int], scale: float) -> list[int]:
    return [
        min(each.pieces, max(floor, math.ceil(scale * share)))
        for each, share, floor in zip(sub_lots, shares, floors, strict=True)
    ]


def _variance(sub_lots: Sequence[SubLot], tests: Sequence[int]) -> float:
    total = sum(each.grams for each in sub_lots)
    return sum(
        (each.grams / total * each.relative_sd) ** 2 * (1 / test - 1 / each.pieces)
        for each, test in zip(sub_lots, tests, strict=True)
    )


def _half_width(sub_lots: Sequence[SubLot], tests: Sequence[int]) -> float:
    return Z_TENTH * math.sqrt(max(0.0, _variance(sub_lots, tests)))


def _reason(sub_lot: SubLot, test: int, floor: int) -> str:
    if test == sub_lot.pieces:
        return "Test every piece."
    if test == floor:
        return "The rule's minimum is enough."
    return "More than the minimum: this part is large or its pieces differ."
