"""What the cuts between bands are weighed on: the scores of lots that can still be fetched."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collection.models import Lot, Score
from collection.queries.columns import number, read_columns
from collection.rules.lifecycle import LotState
from collection.rules.roles import Viewer


@dataclass(frozen=True, slots=True)
class HeldScores:
    """One value a held lot: chance of export within 90 days, and kg of magnets."""

    p90: NDArray[np.float64]
    magnet_kg: NDArray[np.float64]


def held_scores(viewer: Viewer) -> HeldScores:
    """Of the held lots the viewer may see: a regulator of one nation weighs that nation's. One SELECT."""
    seen = Lot.objects.visible_to(viewer).filter(state=LotState.HELD).order_by()
    found = read_columns(
        Score.objects.filter(lot__in=seen.values("pk")).order_by(),
        {"p90": number("p90"), "grams": number("lot__magnet_grams")},
    )
    return HeldScores(found["p90"], found["grams"] / 1000)
