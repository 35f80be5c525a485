"""Which lots may become one: alike in what they are, where they stand, and where they should go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collection.rules.content.estimate import ContentEstimate
from collection.rules.route_rules import Condition
from collection.rules.routes import mixing_problems

CONDITIONS_FROM_BEST = ("intact", "dismantled", "damaged", "corroded", "shredded")


@dataclass(frozen=True, slots=True)
class LotToMerge:
    """What the rules need to know of one lot. ``place`` is whatever tells one standing place from another."""

    reference: str
    product_code: str
    unit: str
    place: str
    content: ContentEstimate
    condition: Condition
    route_code: str


class MergeRefusedError(Exception):
    """These lots may not become one; carries every reason, each with its way out."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = tuple(reasons)


def check_merge(lots: Sequence[LotToMerge]) -> None:
    """Raises MergeRefusedError with every reason why these lots must stay apart."""
    if len({lot.reference for lot in lots}) < 2:
        raise MergeRefusedError(["Choose at least two different lots."])
    reasons = []
    if len({lot.product_code for lot in lots}) > 1:
        reasons.append("The lots are of different products: merge only lots of one product.")
    if len({lot.unit for lot in lots}) > 1:
        reasons.append("The lots are counted in different units: merge only lots counted alike.")
    if len({lot.place for lot in lots}) > 1:
        reasons.append("The lots stand in different places: merge only what stands together.")
    routes = sorted({lot.route_code for lot in lots})
    for route in routes:
        reasons += mixing_problems([(lot.content, lot.condition) for lot in lots], route)
    if len(routes) > 1:
        reasons.append(
            "The lots should go different ways: "
            + ", ".join(f"{lot.reference} {lot.content.product.name} by {lot.route_code}" for lot in lots)
            + ". Together they would all go the poorer way, so keep them apart."
        )
    if reasons:
        raise MergeRefusedError(list(dict.fromkeys(reasons)))


def worst_condition(conditions: Sequence[str]) -> str:
    """The condition a merged lot has: that of its worst part."""
    return max(conditions, key=CONDITIONS_FROM_BEST.index)
