"""Where to draw the line, from what can be fetched or what a visit costs; never from a typed number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collection.rules.risk.features import Floats

BAND_SHARES = (0.50, 0.25, 0.10)


@dataclass(frozen=True)
class CatchCurve:
    """Lots in the order they should be visited: after `visits[i]`, `kg_caught[i]` are expected to be saved.

    `threshold[i]` is the score of the last lot visited: the implied cut.
    """

    visits: np.ndarray
    kg_visited: Floats
    kg_caught: Floats
    threshold: Floats


def catch_curve(p: Floats, kg: Floats, *, effect: float = 1.0, by_mass: bool = False) -> CatchCurve:
    """Kg caught against lots visited.

    Lots rank by p × kg, as visits are what is short; with `by_mass`, when vans are short, by p alone.
    `effect` is the chance that a visit keeps a lot that would have left.
    """
    value = p if by_mass else p * kg
    order = np.lexsort((np.arange(len(p)), -value))
    return CatchCurve(
        visits=np.arange(1, len(p) + 1),
        kg_visited=np.cumsum(kg[order]),
        kg_caught=np.cumsum((p * kg)[order]) * effect,
        threshold=value[order],
    )


def by_visits(p: Floats, kg: Floats, visits: int) -> float:
    """The p × kg of the last lot that `visits` visits can reach; infinity for no visits."""
    if visits <= 0:
        return float("inf")
    value = np.sort(p * kg)[::-1]
    return float(value[min(visits, len(value)) - 1]) if len(value) else float("inf")


def by_mass(p: Floats, kg: Floats, capacity_kg: float) -> float:
    """The p of the last lot that fits when lots are fetched in order of p until `capacity_kg` is full."""
    order = np.lexsort((np.arange(len(p)), -p))
    fits = np.cumsum(kg[order]) <= capacity_kg
    return float(p[order][fits][-1]) if fits.any() else float("inf")


def by_cost(
    p: Floats, kg: Floats, *, cost_per_visit: float, value_per_kg: float, effect: float = 1.0
) -> np.ndarray:
    """Which lots are worth a visit: p × kg × value × effect is at least its cost, in the same currency."""
    return np.asarray(p * kg * value_per_kg * effect >= cost_per_visit)


def band_thresholds(p: Floats, kg: Floats) -> tuple[float, ...]:
    """Cuts between low, watch, high and urgent: the scores above which lie 50, 25 and 10 % of the mass."""
    if not len(p) or kg.sum() <= 0:
        return (1.0, 1.0, 1.0)
    order = np.argsort(-p, kind="stable")
    share = np.cumsum(kg[order]) / kg.sum()
    last = np.minimum(np.searchsorted(share, BAND_SHARES), len(p) - 1)
    return tuple(float(cut) for cut in p[order][last])
