"""Trying the fit on later days than it saw: how hard the priors should hold, and how wrong totals were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from collection.rules.risk.design import Design
from collection.rules.risk.features import Floats
from collection.rules.risk.heads import (
    Targets,
    linear_score,
    row_weights,
    solve_head,
    targets_of,
    unseen_export_share,
)
from collection.rules.risk.history import Ints
from collection.rules.risk.metrics import auc, brier, calibration, caught_within, log_loss
from collection.rules.risk.model import Shape
from collection.rules.risk.newton import sigmoid
from collection.rules.risk.totals import Widening, learnt_widening
from collection.rules.risk.training import HORIZON, TrainingSet

HOLDS = (0.7, 1.5, 4.0)
USUAL_HOLD = 4.0
LATER_SHARE = 0.3
FEWEST_DAYS, FEWEST_EXPORTS = 8, 150


@dataclass(frozen=True)
class Validation:
    """Predictions of the later days by fits on earlier ones, at the hold that did best."""

    hold: float
    trials: Mapping[str, float]
    y: Floats
    p: Floats
    kg: Floats
    site: Ints
    day: Floats

    def metrics(self) -> dict[str, Any]:
        """Figures for the model record; empty where there was too little to try on."""
        if not len(self.y):
            return {}
        hard = (self.y > 0.5).astype(np.float64)
        slope, intercept = calibration(self.y, self.p)
        found = {
            "brier": brier(self.y, self.p),
            "log_loss": log_loss(self.y, self.p),
            "auc": auc(hard, self.p),
            "slope": slope,
            "intercept": intercept,
            "caught_in_a_tenth_of_mass": caught_within(self.y, self.p, self.kg),
            "observed_over_expected": float(self.y.sum() / self.p.sum()),
            "observed_over_expected_by_kg": float((self.y * self.kg).sum() / (self.p * self.kg).sum()),
            "rows": len(self.y),
        }
        return {name: round(value, 6) for name, value in found.items()}

    def widening(self) -> Widening:
        if not len(self.y):
            return Widening()
        return learnt_widening(self.y, self.p, self.kg, self.site, self.day)


def _untried() -> Validation:
    none, nothing = np.empty(0), np.empty(0, dtype=np.int64)
    return Validation(USUAL_HOLD, {}, none, none, none, nothing, none)


def validate(
    rows: TrainingSet, design: Design, shapes: Mapping[str, Shape], held: frozenset[str]
) -> Validation:
    """Fit on days whose windows ended before the later days began; take the hold with the lowest log loss."""
    days = np.unique(rows.day)
    if len(days) < FEWEST_DAYS:
        return _untried()
    later = rows.day >= days[int(len(days) * (1.0 - LATER_SHARE))]
    learn = np.flatnonzero(rows.day <= rows.day[later].min() - HORIZON)
    check = np.flatnonzero(later)
    if rows.outcomes.export_90[learn].sum() < FEWEST_EXPORTS:
        return _untried()
    rate = np.full(len(rows), rows.outcomes.export_90[learn].mean())
    targets = targets_of("export", rows, row_weights(rows), rate, unseen_export_share(rows))
    small, whole = design.rows(learn), design.rows(check)
    y, trials = targets.target[check], {}
    found: dict[float, Floats] = {}
    for hold in HOLDS:
        part = Targets(targets.target[learn], targets.weight[learn])
        found[hold] = sigmoid(linear_score(whole, solve_head(small, shapes, "export", part, hold, held)))
        trials[str(hold)] = round(log_loss(y, found[hold]), 8)
    best = min(HOLDS, key=lambda hold: trials[str(hold)])
    table = rows.features.rows(check)
    return Validation(
        best, trials, y, found[best], table.mass_kg(), table.word("site").codes, rows.day[check]
    )
