"""Which defence lots may enter a figure that everybody may read, such as a coefficient or a league."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, TypeVar

from django.conf import settings

from collection.rules.disclosure import Threshold, in_whole_blocks


class OfOneLot(Protocol):
    """What one lot puts into a figure."""

    @property
    def is_defence(self) -> bool: ...

    @property
    def holder_id(self) -> int: ...


Item = TypeVar("Item", bound=OfOneLot)


def threshold() -> Threshold:
    """The least a told sum with defence lots in it stands on."""
    return Threshold(lots=settings.DEFENCE_LEAST_LOTS, holders=settings.DEFENCE_LEAST_HOLDERS)


def tellable(items: Sequence[Item], figure_of: Callable[[Item], Hashable]) -> list[Item]:
    """Of items in the order in which they arose, all but defence lots that fill no block of their figure yet.

    `figure_of` names the finest figure in which an item is told.
    """
    defence: dict[Hashable, list[Item]] = defaultdict(list)
    for item in items:
        if item.is_defence:
            defence[figure_of(item)].append(item)
    untold = {
        id(item)
        for found in defence.values()
        for item in found[len(in_whole_blocks(found, lambda each: each.holder_id, threshold())) :]
    }
    return [item for item in items if id(item) not in untold]
