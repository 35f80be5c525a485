"""Re-fitting the expert points on the register's own outcomes, held towards the priors.

Rows come from `training`. Each head is a penalised logistic fit (`newton`) whose prior mean is the expert's
points. How strongly the priors hold is chosen on a later part of the training window. Signals common to a
whole market keep their prior until they were seen on enough separate days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from collection.rules.risk.design import Design, design_of
from collection.rules.risk.features import Floats
from collection.rules.risk.model import HEADS, POINTS_PER_LOGIT, Head, RiskModel, Shape, prior_model
from collection.rules.risk.newton import Solution, sigmoid, solve
from collection.rules.risk.penalty import prior_mean, prior_precision
from collection.rules.risk.shapes import fitted_settings, fitted_shapes
from collection.rules.risk.signals import SIGNAL_BY_NAME
from collection.rules.risk.training import TrainingSet

METHOD = "additive-2026.1"
ENOUGH_TO_CHOOSE = 1_500
HOLDS = (0.5, 2.0, 8.0)
USUAL_HOLD = 2.0
VALIDATION_SHARE = 0.3
GAP_DAYS = 90
GROUP_SPREAD = 0.3
ENOUGH_DATES = 12
GROUPED = {"export": ("holder", "site", "day"), "retained": ("holder", "day")}
FEWEST_TARGETS = 30
FEWEST_ROWS = 100


@dataclass(frozen=True)
class Targets:
    """What a head learns: soft targets and the rows' weights (nought where the row says nothing)."""

    target: Floats
    weight: Floats


def fit(rows: TrainingSet, *, about: Mapping[str, Any] | None = None) -> RiskModel:
    """A model fitted on the rows; the prior model where there are too few to learn anything.

    Deterministic: the same rows give the same record, bit for bit.
    """
    start = prior_model()
    if len(rows) < FEWEST_ROWS or rows.outcomes.export_90.sum() < FEWEST_TARGETS:
        return replace(start, about={**start.about, **(about or {})})
    settings = fitted_settings(rows, start.settings)
    shapes = fitted_shapes(rows.features, start, settings)
    design = _with_days(design_of(shapes, rows.features, settings), rows)
    held = _market_held(rows)
    hold, trials = _choose_hold(rows, design, shapes, held)
    solutions = _solve_heads(rows, design, shapes, hold, held)
    heads = {head: _head(head, solutions.get(head), design, shapes) for head in HEADS}
    record = {
        "name": "Fitted points",
        "method": METHOD,
        "trained_rows": len(rows),
        "lots": len(np.unique(rows.lot)),
        "closed_lots": _closed_lots(rows),
        "days": [float(rows.day.min()), float(rows.day.max())],
        "separate_days": len(np.unique(rows.day)),
        "prior_hold": hold,
        "prior_hold_trials": trials,
        "market_signals_held": sorted(held),
        "group_spread": {head: dict(solution.spread) for head, solution in solutions.items()},
        "data_hash": _data_hash(rows),
        **(about or {}),
    }
    return RiskModel(shapes, heads, settings, record)


def _closed_lots(rows: TrainingSet) -> int:
    seen = rows.outcomes
    closed = seen.export_90 | seen.retained | seen.lost | seen.left_unseen
    return len(np.unique(rows.lot[closed]))


def _data_hash(rows: TrainingSet) -> str:
    digest = hashlib.sha256(rows.lot.tobytes() + rows.day.tobytes() + rows.outcomes.export_90.tobytes())
    for name in sorted(rows.features.numbers):
        digest.update(name.encode() + rows.features.numbers[name].tobytes())
    return digest.hexdigest()[:16]


def _market_held(rows: TrainingSet) -> frozenset[str]:
    """Market signals seen on too few separate days to be learnt from."""
    few = len(np.unique(rows.day)) < ENOUGH_DATES
    return frozenset(name for name, signal in SIGNAL_BY_NAME.items() if signal.market and few)


def _with_days(design: Design, rows: TrainingSet) -> Design:
    """Add the day as a group: rows of a day share its shocks. It is fitted, and dropped when scoring."""
    _, member = np.unique(rows.day, return_inverse=True)
    groups = {**design.groups, "day": (member.astype(np.int64), int(member.max()) + 2)}
    return replace(design, groups=groups)


def row_weights(rows: TrainingSet) -> Floats:
    """Monthly rows of one lot overlap: together they count as the square root of their number.

    Every row gets the same weight; weighing each lot's own rows would favour lots that end soon.
    """
    _, count = np.unique(rows.lot, return_counts=True)
    return np.full(len(rows), float(np.sqrt(count).sum()) / len(rows))


def targets_of(head: str, rows: TrainingSet, weight: Floats, chance: Floats, unseen: float) -> Targets:
    """Soft targets of a head.

    `chance` is a first estimate of each row's chance of export, by which an export that may not have been
    recorded yet is shared out; `unseen` is the share of exports among lots that left for an unknown
    destination.
    """
    seen = rows.outcomes
    silent = ~(seen.export_90 | seen.retained | seen.lost | seen.left_unseen)
    hidden = chance * (1.0 - seen.recorded_share)
    export = np.where(silent, hidden / (hidden + 1.0 - chance), seen.export_90.astype(np.float64))
    export = np.where(seen.left_unseen, unseen, export)
    if head == "export":
        return Targets(export, weight)
    if head == "export_60":
        return Targets(seen.export_60.astype(np.float64), weight * seen.export_90)
    if head == "export_30":
        return Targets(seen.export_30.astype(np.float64), weight * seen.export_60)
    if head == "retained":
        return Targets(seen.retained.astype(np.float64), weight * (1.0 - export))
    lost = np.where(seen.left_unseen, 1.0, seen.lost.astype(np.float64))
    return Targets(lost, weight * (1.0 - export) * ~seen.retained)


def unseen_export_share(rows: TrainingSet) -> float:
    """Exports as a share of the ends that look alike once a lot is gone: export and loss."""
    exports, losses = rows.outcomes.export_90.sum(), rows.outcomes.lost.sum()
    return float((exports + 1.0) / (exports + losses + 2.0))


def _solve_heads(
    rows: TrainingSet, design: Design, shapes: Mapping[str, Shape], hold: float, held: frozenset[str]
) -> dict[str, Solution]:
    weight, unseen = row_weights(rows), unseen_export_share(rows)
    mean_rate = np.full(len(rows), rows.outcomes.export_90.mean())
    first = _solve(
        design, shapes, "export", targets_of("export", rows, weight, mean_rate, unseen), hold, held
    )
    chance = sigmoid(first.linear)
    solutions = {}
    for head in HEADS:
        targets = targets_of(head, rows, weight, chance, unseen)
        if (targets.target * (targets.weight > 0)).sum() >= FEWEST_TARGETS:
            solutions[head] = _solve(design, shapes, head, targets, hold, held)
    return solutions


def _solve(
    design: Design,
    shapes: Mapping[str, Shape],
    head: str,
    targets: Targets,
    hold: float,
    held: frozenset[str],
) -> Solution:
    mean = prior_mean(head, shapes, design)
    precision = prior_precision(head, shapes, design, mean, hold, held)
    spread = dict.fromkeys(GROUPED.get(head, ()), GROUP_SPREAD)
    rows = np.flatnonzero(targets.weight > 0)
    if len(rows) < design.size:
        design = design.rows(rows)
        targets = Targets(targets.target[rows], targets.weight[rows])
    return solve(design, targets.target, targets.weight, mean, precision, spread)


def _choose_hold(
    rows: TrainingSet, design: Design, shapes: Mapping[str, Shape], held: frozenset[str]
) -> tuple[float, dict[str, float]]:
    """The hold with the lowest log loss on the later days, fitted on days whose windows ended before them."""
    days = np.unique(rows.day)
    if _closed_lots(rows) < ENOUGH_TO_CHOOSE or len(days) < 8:
        return USUAL_HOLD, {}
    later = rows.day >= days[int(len(days) * (1 - VALIDATION_SHARE))]
    earlier = rows.day <= rows.day[later].min() - GAP_DAYS
    learn, check = np.flatnonzero(earlier), np.flatnonzero(later)
    if rows.outcomes.export_90[learn].sum() < 200:
        return USUAL_HOLD, {}
    weight, unseen = row_weights(rows), unseen_export_share(rows)
    rate = np.full(len(rows), rows.outcomes.export_90.mean())
    targets = targets_of("export", rows, weight, rate, unseen)
    small, whole = design.rows(learn), design.rows(check)
    trials = {}
    for hold in HOLDS:
        found = _solve(
            small, shapes, "export", Targets(targets.target[learn], targets.weight[learn]), hold, held
        )
        p = np.clip(sigmoid(linear_score(whole, found)), 1e-6, 1 - 1e-6)
        y = targets.target[check]
        trials[str(hold)] = float(-(y * np.log(p) + (1 - y) * np.log1p(-p)).mean())
    return min(HOLDS, key=lambda hold: trials[str(hold)]), trials


def linear_score(design: Design, solution: Solution) -> Floats:
    """Linear score of other rows than those fitted on; the day's own effect is not known ahead, so nought."""
    linear = np.empty(design.size)
    for part, matrix in design.blocks():
        linear[part] = matrix @ solution.beta
    for name, effects in solution.groups.items():
        if name != "day":
            linear += effects[design.groups[name][0]]
    return linear


def _head(head: str, solution: Solution | None, design: Design, shapes: Mapping[str, Shape]) -> Head:
    """The solution in points, rounded to what a record needs; a holder's word is kept above its floor."""
    if solution is None:
        mean = prior_mean(head, shapes, design) * POINTS_PER_LOGIT
        effects: Mapping[str, Floats] = {}
    else:
        mean, effects = solution.beta * POINTS_PER_LOGIT, solution.groups
    points: dict[str, tuple[float, ...]] = {}
    for name, shape in shapes.items():
        if name in design.offset:
            values = mean[design.offset[name] : design.offset[name] + shape.slots]
        elif name in effects:
            values = effects[name] * POINTS_PER_LOGIT
        else:
            continue
        floor = SIGNAL_BY_NAME[name].floor
        if floor is not None and head == "export":
            values = np.maximum(values, floor)
        points[name] = tuple(float(v) for v in np.round(values, 6))
    return Head(float(round(mean[0], 6)), points)
