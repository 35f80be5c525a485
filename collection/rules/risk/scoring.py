"""Scoring on arrays: probabilities of each end at each horizon, and each signal's exact contribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collection.rules.risk.features import FeatureTable, Floats
from collection.rules.risk.model import POINTS_PER_LOGIT, RiskModel, look_up
from collection.rules.risk.signals import SIGNAL_BY_NAME

CHUNK = 16_384
BANDS = ("low", "watch", "high", "urgent")


@dataclass(frozen=True)
class Scores:
    """Arrays of one value a lot. `points` is the export score: `baseline + contributions.sum(axis=1)`.

    `p30 <= p60 <= p90` are probabilities of export; `p_retained` and `p_lost` those of the other ends
    within 90 days; the rest of 1 is the chance of still being there. `contributions` has one column for
    each name in `signals`, in points, and is None unless asked for.
    """

    p30: Floats
    p60: Floats
    p90: Floats
    p_retained: Floats
    p_lost: Floats
    points: Floats
    baseline: float
    signals: tuple[str, ...]
    contributions: Floats | None = None


def probability(points: Floats) -> Floats:
    """Points of log-odds as a probability."""
    out = points * (-1.0 / POINTS_PER_LOGIT)
    np.exp(np.clip(out, -700, 700, out=out), out=out)
    out += 1.0
    return np.divide(1.0, out, out=out)


def score(model: RiskModel, features: FeatureTable, *, contributions: bool = False) -> Scores:
    """Score every lot of the table; with `contributions` also say what each signal added."""
    size, names = len(features), model.signals
    heads = {name: np.empty(size) for name in model.heads}
    parts = np.empty((size, len(names))) if contributions else None
    for rows, table in features.chunks(CHUNK):
        totals = {name: np.full(len(table), head.baseline) for name, head in model.heads.items()}
        for column, name in enumerate(names):
            _add_signal(model, name, table, totals, None if parts is None else parts[rows, column])
        for name, total in totals.items():
            heads[name][rows] = total
    p90 = probability(heads["export"])
    p60 = p90 * probability(heads["export_60"])
    p30 = p60 * probability(heads["export_30"])
    p_retained = (1.0 - p90) * probability(heads["retained"])
    p_lost = (1.0 - p90 - p_retained) * probability(heads["lost"])
    return Scores(
        p30, p60, p90, p_retained, p_lost, heads["export"], model.heads["export"].baseline, names, parts
    )


def _add_signal(
    model: RiskModel, name: str, table: FeatureTable, totals: dict[str, Floats], part: Floats | None
) -> None:
    """Add one signal's points to every head that gives it any."""
    slot, fraction = model.shapes[name].locate(SIGNAL_BY_NAME[name].read(table, model.settings))
    for head_name, head in model.heads.items():
        points = head.points.get(name)
        if points is None or not any(points):
            if head_name == "export" and part is not None:
                part[:] = 0.0
            continue
        added = look_up(np.asarray(points), slot, fraction)
        totals[head_name] += added
        if head_name == "export" and part is not None:
            part[:] = added


def band(p: Floats, thresholds: tuple[float, ...]) -> NDArray[np.int64]:
    """Band number of each probability: 0 below the first threshold, 1 from it on, and so forth.

    Thresholds rise and come from `thresholds.by_capacity` or `thresholds.by_cost`, never from a keyboard.
    """
    if list(thresholds) != sorted(thresholds):
        raise ValueError("Thresholds must rise")
    return np.searchsorted(np.asarray(thresholds), p, side="right").astype(np.int64)
