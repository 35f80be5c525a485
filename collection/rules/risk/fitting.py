"""Re-fitting the expert points on the register's own outcomes, held towards the priors.

Rows come from `training`. Each head is a penalised logistic fit (`newton`) whose prior mean is the expert's
points. How strongly the priors hold is chosen on a later part of the training window. Signals common to a
whole market keep their prior until they were seen on enough separate days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from collection.rules.risk.design import Design, design_of
from collection.rules.risk.features import Floats
from collection.rules.risk.heads import solve_heads
from collection.rules.risk.model import HEADS, POINTS_PER_LOGIT, Head, RiskModel, Shape, look_up, prior_model
from collection.rules.risk.newton import Solution
from collection.rules.risk.penalty import prior_mean
from collection.rules.risk.shapes import fitted_settings, fitted_shapes
from collection.rules.risk.signals import SIGNAL_BY_NAME
from collection.rules.risk.training import TrainingSet
from collection.rules.risk.validation import validate

METHOD = "additive-2026.3"
ENOUGH_DATES = 12
FEWEST_ROWS = 30


def fit(
    rows: TrainingSet, *, about: Mapping[str, Any] | None = None, without: frozenset[str] = frozenset()
) -> RiskModel:
    """A model fitted on the rows; the prior model where there are too few rows, or no lot is known to have ended.

    `without` leaves signals out, to see what they are worth.

    Deterministic: the same rows give the same record, bit for bit.
    """
    start = prior_model()
    start = replace(start, shapes={k: v for k, v in start.shapes.items() if k not in without})
    if len(rows) < FEWEST_ROWS or not _closed_lots(rows):
        return replace(start, about={**start.about, **(about or {})})
    settings = fitted_settings(rows, start.settings)
    shapes = fitted_shapes(rows.features, start, settings)
    design = _with_days(design_of(shapes, rows.features, settings), rows)
    held = _market_held(rows)
    tried = validate(rows, design, shapes, held)
    solutions = solve_heads(rows, design, shapes, tried.tried, held)
    heads = {head: _head(head, solutions.get(head), design, shapes) for head in HEADS}
    record = {
        "name": "Fitted points",
        "method": METHOD,
        "trained_rows": len(rows),
        "lots": len(np.unique(rows.lot)),
        "closed_lots": _closed_lots(rows),
        "days": [float(rows.day.min()), float(rows.day.max())],
        "separate_days": len(np.unique(rows.day)),
        "prior_hold": tried.tried.hold,
        "half_life_days": tried.tried.half_life if np.isfinite(tried.tried.half_life) else None,
        "group_temper": tried.tried.temper,
        "prior_hold_trials": dict(tried.trials),
        "validation": tried.metrics(),
        "widening": asdict(tried.widening(solutions["export"].spread["day"] if tried.trials else 0.0)),
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


def _head(head: str, solution: Solution | None, design: Design, shapes: Mapping[str, Shape]) -> Head:
    """The solution in points, rounded to what a record needs.

    In the export head a holder's word is kept above its floor, and "not known" above the safest known value, so that
    nothing is gained by leaving a fact out; the baseline gives way, so that the rows keep their mean score.
    """
    if solution is None:
        mean = prior_mean(head, shapes, design) * POINTS_PER_LOGIT
        effects: Mapping[str, Floats] = {}
    else:
        mean, effects = solution.beta * POINTS_PER_LOGIT, solution.groups
    points: dict[str, tuple[float, ...]] = {}
    baseline = float(mean[0])
    for name, shape in shapes.items():
        if name in design.offset:
            values = mean[design.offset[name] : design.offset[name] + shape.slots]
            if head == "export":
                fitted, values = values, _raised(name, values)
                baseline -= float(look_up(values - fitted, *design.located[name]).mean())
        elif name in effects:
            values = effects[name] * POINTS_PER_LOGIT
        else:
            continue
        points[name] = tuple(float(v) for v in np.round(values, 6))
    return Head(round(baseline, 6), points)


def _raised(name: str, values: Floats) -> Floats:
    """A signal's points with those lifted that a holder could choose to look safe."""
    floor = SIGNAL_BY_NAME[name].floor
    if floor is not None:
        values = np.maximum(values, floor)
    if len(values) > 1:
        values = np.append(values[:-1], max(values[-1], values[:-1].min()))
    return values
