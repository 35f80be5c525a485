"""Cuts between the bands from a stated capacity or cost; nobody types a probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Medium is what the same vans would reach in this many weeks, or would pay at this share of the cost.
MEDIUM_WEEKS = 4
MEDIUM_COST_SHARE = 0.5
LEAST, MOST, STEP = 0.001, 0.999, 0.0001


@dataclass(frozen=True, slots=True)
class Cuts:
    """From which chance of export within 90 days a lot is medium or high: 0 < medium < high < 1."""

    medium_from: float
    high_from: float


def by_capacity(p: Floats, lots_a_week: int) -> Cuts:
    """High is what a week's vans can fetch, the likeliest first. ValueError without lots or capacity."""
    if lots_a_week < 1 or not len(p):
        raise ValueError("A capacity needs at least one lot a week, and lots to fetch")
    return _in_order(_cut_of(p, lots_a_week * MEDIUM_WEEKS), _cut_of(p, lots_a_week))


def by_cost(p: Floats, kg: Floats, *, cost_per_visit: float, value_per_kg: float) -> Cuts:
    """The cut at which p × kg × value less the visits' cost is largest over all lots above it."""
    if not len(p):
        raise ValueError("There are no lots to weigh a visit's cost against")
    return _in_order(
        _best_cut(p, kg * value_per_kg, cost_per_visit * MEDIUM_COST_SHARE),
        _best_cut(p, kg * value_per_kg, cost_per_visit),
    )


def _cut_of(p: Floats, lots: int) -> float:
    """The lowest cut with at most so many lots at or above it; equal chances stay together."""
    falling = np.sort(p)[::-1]
    if lots >= len(falling):
        return float(falling[-1])
    above = falling[falling > falling[lots]]
    return float(above[-1]) if len(above) else float(falling[0]) + STEP


def _best_cut(p: Floats, value: Floats, cost: float) -> float:
    order = np.argsort(-p, kind="stable")
    gain = np.cumsum((p * value)[order] - cost)
    last_of_equals = np.append(np.diff(p[order]) != 0, True)
    gain = np.where(last_of_equals, gain, -np.inf)
    best = int(np.argmax(gain))
    return float(p[order][best]) if gain[best] > 0 else float(p.max()) + STEP


def _in_order(medium: float, high: float) -> Cuts:
    high = float(np.clip(high, LEAST + STEP, MOST))
    return Cuts(float(np.clip(min(medium, high - STEP), LEAST, MOST)), high)
