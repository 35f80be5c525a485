"""Two models judged side by side on later days than either's fit was tried on; and for whom each errs.

The rows are split by time: models are compared on the later days of the training window, and the fit is
repeated for this on days whose 90-day windows had ended before those days began.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collection.rules.risk import RiskModel, TrainingSet, fit, score
from collection.rules.risk.metrics import (
    auc,
    brier,
    calibration,
    caught_within,
    expected_calibration_error,
    log_loss,
    reliability,
)
from collection.rules.risk.training import HORIZON

LATER_SHARE = 0.3
FEWEST_DAYS = 6
FEWEST_IN_GROUP = 20
HIGH_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Split:
    """Row positions to learn from and to judge on."""

    learn: NDArray[np.int64]
    judge: NDArray[np.int64]


def split_by_time(rows: TrainingSet) -> Split | None:
    """None where there are too few days, or the later ones hold only one kind of end."""
    days = np.unique(rows.day)
    if len(days) < FEWEST_DAYS:
        return None
    later = rows.day >= days[int(len(days) * (1.0 - LATER_SHARE))]
    learn = np.flatnonzero(rows.day <= rows.day[later].min() - HORIZON)
    judge = np.flatnonzero(later)
    exported = rows.outcomes.export_90[judge]
    if not len(learn) or not exported.any() or exported.all():
        return None
    return Split(learn, judge)


def side_by_side(rows: TrainingSet, active: RiskModel, nations: NDArray[np.str_]) -> dict[str, Any]:
    """Figures of the active model and of the fit on the same later rows; empty where none can be judged.

    {"active": figures, "fitted": figures}, each with "metrics", "reliability" ([expected, observed, rows])
    and "groups" ({"nation" | "holder_type": [[name, rows, exported, expected, flagged wrongly], …]}).
    """
    split = split_by_time(rows)
    if split is None:
        return {}
    later = rows.rows(split.judge)
    models = {"active": active, "fitted": fit(rows.rows(split.learn))}
    return {name: figures(model, later, nations[split.judge]) for name, model in models.items()}


def figures(model: RiskModel, rows: TrainingSet, nations: NDArray[np.str_]) -> dict[str, Any]:
    """How good the model's chances of export within 90 days were on these rows."""
    y = rows.outcomes.export_90.astype(np.float64)
    p, kg = score(model, rows.features).p90, rows.features.mass_kg()
    slope, intercept = calibration(y, p)
    metrics = {
        "brier": brier(y, p),
        "log_loss": log_loss(y, p),
        "auc": auc(y, p),
        "slope": slope,
        "intercept": intercept,
        "calibration_error": expected_calibration_error(y, p),
        "caught_in_a_tenth_of_mass": caught_within(y, p, kg),
        "expected_kg": float((p * kg).sum()),
        "exported_kg": float((y * kg).sum()),
    }
    words = {"nation": nations, "holder_type": rows.features.word("holder_type").words()}
    return {
        "rows": len(y),
        "lots": len(np.unique(rows.lot)),
        "metrics": {name: round(value, 5) for name, value in metrics.items() if np.isfinite(value)},
        "reliability": [[round(e, 4), round(o, 4), n] for e, o, n in reliability(y, p)],
        "groups": {name: _groups(values, y, p) for name, values in words.items()},
    }


def _groups(words: NDArray[np.str_], y: NDArray[np.float64], p: NDArray[np.float64]) -> list[list[Any]]:
    """Observed and expected rate of each group, and the share of its kept rows in the highest quarter."""
    cut = np.quantile(p, 1.0 - HIGH_SHARE)
    found: list[list[Any]] = []
    for word in np.unique(words):
        own = words == word
        kept = own & (y < 0.5)
        if own.sum() < FEWEST_IN_GROUP or not kept.any():
            continue
        wrongly = float((p[kept] >= cut).mean())
        found.append(
            [
                str(word),
                int(own.sum()),
                round(float(y[own].mean()), 4),
                round(float(p[own].mean()), 4),
                round(wrongly, 4),
            ]
        )
    return found
