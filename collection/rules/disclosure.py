"""When sums with defence lots in them may be told to people without clearance. The rule has this one home.

A sum is told when it stands on enough lots of enough holders and no holder can work out another's part by
taking away its own. What is told is told in whole blocks that never overlap and never change afterwards, so
whatever somebody subtracts from whatever else leaves whole blocks again, each of which stands by itself. What
is in no block is in no total: nothing can be had by subtraction, since the whole is never told.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")

LEAST_REST = 0.1
"""All holders but the two largest hold at least this share of what the largest holds: the p % rule of
statistical offices. Without it the second largest could tell the largest's part to within a tenth."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least a told sum stands on."""

    lots: int
    holders: int


@dataclass(frozen=True, slots=True)
class HolderPart:
    """What one holder has in a sum; `amount` in the sum's own unit."""

    lots: int
    amount: float


def may_be_told(parts: Iterable[HolderPart], threshold: Threshold) -> bool:
    """Whether a sum of these holders' parts may be told."""
    found = sorted(parts, key=lambda part: part.amount, reverse=True)
    if len(found) < threshold.holders or sum(part.lots for part in found) < threshold.lots:
        return False
    rest = sum(part.amount for part in found[2:])
    return rest >= LEAST_REST * found[0].amount


def in_whole_blocks(
    items: Sequence[Item], holder_of: Callable[[Item], Hashable], threshold: Threshold
) -> Sequence[Item]:
    """Of items in the order in which they arose, one a lot, those that fill blocks that may be told.

    A block is closed as soon as it may be told; items that arise later begin another, so looking again after
    every new lot tells of none alone.
    """
    closed = 0
    lots: dict[Hashable, int] = {}
    for place, item in enumerate(items, start=1):
        holder = holder_of(item)
        lots[holder] = lots.get(holder, 0) + 1
        if may_be_told((HolderPart(count, count) for count in lots.values()), threshold):
            closed, lots = place, {}
    return items[:closed]
