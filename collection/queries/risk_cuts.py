"""What the cuts between bands are weighed on: the scores of lots that can still be fetched."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collection.models import Lot, Score
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
    rows = (
        Score.objects.filter(lot__in=seen.values("pk")).order_by("pk").values_list("p90", "lot__magnet_grams")
    )
    table = np.array(list(rows), dtype=np.float64).reshape(-1, 2)
    return HeldScores(table[:, 0], table[:, 1] / 1000)
