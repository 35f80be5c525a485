"""Watching an active model: has its input moved, does it still come true, and for whom does it not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from collection.rules.risk.features import Category, FeatureTable, Floats
from collection.rules.risk.metrics import calibration, ratio
from collection.rules.risk.model import RiskModel
from collection.rules.risk.scoring import score
from collection.rules.risk.signals import SIGNAL_BY_NAME

DRIFTING, MOVED = 0.1, 0.25
OE_LOW, OE_HIGH = 0.85, 1.15
SMALLEST_SHARE = 1e-4
FEWEST_FOR_GROUP = 30


@dataclass(frozen=True)
class SignalDrift:
    """Population stability index of one signal (below 0.1 steady, above 0.25 moved), and shares missing."""

    signal: str
    psi: float
    missing_before: float
    missing_now: float

    @property
    def state(self) -> str:
        return "moved" if self.psi > MOVED else "drifting" if self.psi > DRIFTING else "steady"


def drift(model: RiskModel, before: FeatureTable, now: FeatureTable) -> list[SignalDrift]:
    """Each signal's distribution over the model's own slots, then and now; the most moved first."""
    found = []
    for name, shape in model.shapes.items():
        # A day is one observation of what all lots share, and its date of the season: no drift to speak of.
        if SIGNAL_BY_NAME[name].is_group or SIGNAL_BY_NAME[name].market:
            continue
        shares = []
        for table in (before, now):
            values = SIGNAL_BY_NAME[name].read(table, model.settings)
            slot, _ = shape.locate(values)
            shares.append((np.bincount(slot, minlength=shape.slots) / max(len(table), 1), _missing(values)))
        (then, missing_then), (today, missing_now) = shares
        found.append(SignalDrift(name, stability(then, today), missing_then, missing_now))
    return sorted(found, key=lambda entry: (-entry.psi, entry.signal))


def stability(before: Floats, now: Floats) -> float:
    """Population stability index of two sets of shares over the same bins; 0 where they agree."""
    a, b = np.maximum(before, SMALLEST_SHARE), np.maximum(now, SMALLEST_SHARE)
    return float(((b - a) * np.log(b / a)).sum())


def _missing(values: Floats | Category) -> float:
    unknown = values.codes < 0 if isinstance(values, Category) else np.isnan(values)
    return float(unknown.mean()) if len(unknown) else 0.0


@dataclass(frozen=True)
class Check:
    """Outcomes against scores of one closed month: observed over expected by lots and by kg, and calibration."""

    rows: int
    observed_over_expected: float
    observed_over_expected_by_kg: float
    slope: float
    intercept: float

    @property
    def is_off(self) -> bool:
        """Out of the range in which no refit is due; twice in a row calls for one."""
        return not OE_LOW <= self.observed_over_expected <= OE_HIGH


def check(y: Floats, p: Floats, kg: Floats) -> Check:
    """Judge scores whose horizon has passed."""
    slope, intercept = calibration(y, p)
    return Check(len(y), ratio(y.sum(), p.sum()), ratio((y * kg).sum(), (p * kg).sum()), slope, intercept)


@dataclass(frozen=True)
class GroupRates:
    """How one group fares: observed over expected, share flagged, and of its exports and of the rest, flagged."""

    group: str
    rows: int
    observed_over_expected: float
    flag_rate: float
    recall: float
    false_alarm_rate: float
    is_small: bool


def fairness(groups: Category, y: Floats, p: Floats, flagged: np.ndarray) -> list[GroupRates]:
    """Rates by nation, region, kind or size of holder. Small groups are shown as such, not ranked."""
    ended, rates = np.asarray(y, dtype=bool), []
    for code, name in enumerate(groups.levels):
        rows = groups.codes == code
        if not rows.any():
            continue
        rates.append(
            GroupRates(
                group=name,
                rows=int(rows.sum()),
                observed_over_expected=ratio(float(y[rows].sum()), float(p[rows].sum())),
                flag_rate=float(flagged[rows].mean()),
                recall=ratio(float((flagged & ended & rows).sum()), float((ended & rows).sum())),
                false_alarm_rate=ratio(float((flagged & ~ended & rows).sum()), float((~ended & rows).sum())),
                is_small=int(rows.sum()) < FEWEST_FOR_GROUP,
            )
        )
    return rates


def points_moved(old: RiskModel, new: RiskModel, table: FeatureTable) -> Mapping[str, float]:
    """Mean absolute change of each signal's points on the same lots, for the side-by-side report."""
    from_each = [_contributions(model, table) for model in (old, new)]
    names = sorted(set(from_each[0]) | set(from_each[1]))
    none = np.zeros(len(table))
    return {
        name: float(np.abs(from_each[1].get(name, none) - from_each[0].get(name, none)).mean())
        for name in names
    }


def _contributions(model: RiskModel, table: FeatureTable) -> dict[str, Floats]:
    parts = score(model, table, contributions=True).contributions
    return {} if parts is None else {name: parts[:, column] for column, name in enumerate(model.signals)}
