"""Rows to learn from: the register as it stood on past days, and what was later known of each lot.

A row counts once its whole horizon and a usual reporting delay have passed before the cut; anything
younger would look "not exported" only because nobody had said so yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collection.rules.risk.features import FeatureTable, Floats, stack
from collection.rules.risk.history import History, Ints, Snapshots, read_snapshots
from collection.rules.risk.outcomes import (
    EXPORT,
    LOST,
    PICKUP,
    UNKNOWN,
    Ends,
    ReportingDelay,
    ended_within,
    ends_known_before,
    reporting_delay,
)
from collection.rules.risk.views import View, view

HORIZON = 90
REPORTING_WAIT = 45
SPACING_DAYS = 27
MOST_DATES = 40


@dataclass(frozen=True)
class Outcomes:
    """What was known at the cut of each row's end: True where it was recorded within that many days.

    `left_unseen` marks rows whose lot left for an unknown destination within the horizon.
    `recorded_share` is the chance that an export within the row's horizon had been recorded by the cut.
    """

    export_30: np.ndarray
    export_60: np.ndarray
    export_90: np.ndarray
    retained: np.ndarray
    lost: np.ndarray
    left_unseen: np.ndarray
    recorded_share: Floats


@dataclass(frozen=True)
class TrainingSet:
    """Stacked rows of many past days. `lot` and `day` say which lot and day each row is."""

    features: FeatureTable
    lot: Ints
    day: Floats
    outcomes: Outcomes

    def __len__(self) -> int:
        return len(self.lot)

    def rows(self, rows: np.ndarray) -> TrainingSet:
        outcomes = Outcomes(*(getattr(self.outcomes, name)[rows] for name in Outcomes.__dataclass_fields__))
        return TrainingSet(self.features.rows(rows), self.lot[rows], self.day[rows], outcomes)


def outcomes_of(ends: Ends, delay: ReportingDelay, lot: Ints, day: Floats, cut: float) -> Outcomes:
    """What the ends known before `cut` say of each (lot, day)."""
    middle = [delay.recorded_within(np.maximum(cut - day - since, 0.0)) for since in (15.0, 45.0, 75.0)]
    return Outcomes(
        export_30=ended_within(ends, lot, day, 30, EXPORT),
        export_60=ended_within(ends, lot, day, 60, EXPORT),
        export_90=ended_within(ends, lot, day, HORIZON, EXPORT),
        retained=ended_within(ends, lot, day, HORIZON, PICKUP),
        lost=ended_within(ends, lot, day, HORIZON, LOST),
        left_unseen=ended_within(ends, lot, day, HORIZON, UNKNOWN),
        recorded_share=np.clip(np.mean(middle, axis=0), 0.05, 1.0),
    )


def training_days(history: History, cut: float) -> Floats:
    """About monthly days whose outcomes are known: review days where there are any, else made up."""
    latest = cut - HORIZON - REPORTING_WAIT
    first = float(np.nanmin(history.numbers["logged_date"])) + 28
    review = history.snapshot_days[(history.snapshot_days <= latest) & (history.snapshot_days >= first)]
    days = review[::-1] if len(review) else np.arange(latest, first, -30.0)
    kept: list[float] = []
    for day in days:
        if not kept or kept[-1] - day >= SPACING_DAYS:
            kept.append(float(day))
    return np.array(sorted(kept[:MOST_DATES]))


def views_of(history: History, days: Sequence[float] | Floats) -> list[View]:
    """The register on each day, with the latest review snapshot not after it."""
    review = history.snapshot_days
    place = np.searchsorted(review, np.asarray(days), side="right") - 1
    wanted = {float(review[p]) for p in place if p >= 0}
    snapshots: dict[float, Snapshots] = read_snapshots(history, wanted)
    views = []
    for day, p in zip(days, place, strict=True):
        snapshot_day = float(review[p]) if p >= 0 else np.nan
        views.append(view(history, float(day), snapshots.get(snapshot_day), snapshot_day))
    return views


def training_set(history: History, cut: float, days: Sequence[float] | Floats | None = None) -> TrainingSet:
    """Every open lot on every usable past day, with what was known of it before the cut.

    `days` takes those days instead of the usable ones.
    """
    days = training_days(history, cut) if days is None else days
    views = [seen for seen in views_of(history, days) if len(seen.lot)]
    lot = np.concatenate([seen.lot for seen in views]) if views else np.empty(0, dtype=np.int64)
    day = np.concatenate([np.full(len(seen.lot), seen.day) for seen in views]) if views else np.empty(0)
    ends = ends_known_before(history, cut)
    outcomes = outcomes_of(ends, reporting_delay(ends, cut), lot, day, cut)
    features = stack([seen.features for seen in views]) if views else FeatureTable(0)
    return TrainingSet(features, lot, day, outcomes)
