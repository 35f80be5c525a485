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
    Tried,
    group_score,
    row_weights,
    solve_head,
    targets_of,
    unseen_export_share,
)
from collection.rules.risk.history import Ints
from collection.rules.risk.metrics import auc, brier, calibration, caught_within, log_loss, ratio
from collection.rules.risk.model import Shape
from collection.rules.risk.newton import fixed_score, sigmoid
from collection.rules.risk.totals import Widening, learnt_widening
from collection.rules.risk.training import HORIZON, TrainingSet

HOLDS = (0.7, 1.5, 4.0)
USUAL_HOLD = 4.0
HALF_LIFE = 365.0
# Older days must do clearly worse before they count less: one later period is a single observation of drift.
CLEARLY = 5e-4
LATER_SHARE = 0.3
FEWEST_DAYS, FEWEST_EXPORTS = 8, 150
SIGNALS_SD, GROUPS_SD = 0.15, 0.4
GROUPS_RANGE = (0.2, 1.15)
# Rows of a day share its shocks and lots of a holder its ways: so many rows count as one.
ROWS_AS_ONE = 5.0


@dataclass(frozen=True)
class Validation:
    """Predictions of the later days by fits on earlier ones, at the hold that did best."""

    tried: Tried
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
            "observed_over_expected": ratio(self.y.sum(), self.p.sum()),
            "observed_over_expected_by_kg": ratio((self.y * self.kg).sum(), (self.p * self.kg).sum()),
            "rows": len(self.y),
        }
        return {name: round(value, 6) for name, value in found.items() if np.isfinite(value)}

    def widening(self, day_spread: float) -> Widening:
        """`day_spread`: standard deviation of the training days' own effects, in logits.

        Where there was too little to try on, that spread is hardly more than what the fit starts from.
        """
        if not len(self.y):
            return Widening()
        return learnt_widening(self.y, self.p, self.kg, self.site, self.day, day_spread)


def _untried() -> Validation:
    none, nothing = np.empty(0), np.empty(0, dtype=np.int64)
    return Validation(Tried(USUAL_HOLD, np.inf, 1.0), {}, none, none, none, nothing, none)


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
    unseen = unseen_export_share(rows)
    small, whole = design.rows(learn), design.rows(check)
    trials: dict[str, float] = {}
    found: dict[tuple[float, float], tuple[Floats, Floats]] = {}

    def trial(hold: float, half_life: float) -> float:
        weight = np.zeros(len(rows))
        weight[learn] = row_weights(rows.rows(learn), half_life)
        targets = targets_of("export", rows, weight, rate, unseen)
        part = Targets(targets.target[learn], targets.weight[learn])
        solution = solve_head(small, shapes, "export", part, hold, held)
        parts = fixed_score(whole, solution.beta), group_score(whole, solution)
        found[hold, half_life] = parts
        loss = log_loss(targets.target[check], sigmoid(parts[0] + parts[1]))
        trials[f"{hold:g}" if np.isinf(half_life) else f"{hold:g}, half-life {half_life:g} days"] = round(
            loss, 8
        )
        return loss

    losses = {hold: trial(hold, np.inf) for hold in HOLDS}
    best = min(HOLDS, key=lambda hold: losses[hold])
    half_life = HALF_LIFE if trial(best, HALF_LIFE) < losses[best] - CLEARLY else np.inf
    fixed, groups = found[best, half_life]
    y = targets_of("export", rows, np.ones(len(rows)), rate, unseen).target[check]
    temper = learnt_temper(y, fixed, groups)
    mean = float(groups.mean())
    p = sigmoid(fixed + mean + temper * (groups - mean))
    table = rows.features.rows(check)
    return Validation(
        Tried(best, half_life, temper),
        trials,
        y,
        p,
        table.mass_kg(),
        table.word("site").codes,
        rows.day[check],
    )


def learnt_temper(y: Floats, fixed: Floats, groups: Floats) -> float:
    """How far later outcomes bear out what holders and sites add; held towards 1.

    Holders change their ways: what was learnt of them fades before what was learnt of signals does. The trial
    knew fewer days than the fit will, so only half of the way (in logs) is gone. The signals' own scale takes
    part, or it would be laid to the holders, but is not applied: with fewer days it comes out too low, and by
    chance more than by change.
    """
    columns = np.stack([np.ones_like(fixed), fixed - fixed.mean(), groups - groups.mean()])
    centre = np.array([float(fixed.mean() + groups.mean()), 1.0, 1.0])
    ridge = np.diag([1e-6, SIGNALS_SD**-2, GROUPS_SD**-2])
    found = centre.copy()
    for _ in range(20):
        p = sigmoid(found @ columns)
        slope = columns @ (y - p) / ROWS_AS_ONE - ridge @ (found - centre)
        bend = (columns * (p * (1.0 - p))) @ columns.T / ROWS_AS_ONE + ridge
        step = np.linalg.solve(bend, slope)
        found = found + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-9:
            break
    return round(float(np.sqrt(np.clip(found[2], *GROUPS_RANGE))), 6)
