"""Scoring past days as they stood, and judging the scores by what came after.

Each as-of day is scored by a model trained on what was known before the training cut, or before the as-of
day itself where that is earlier. Judging uses later records; predicting never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collection.rules.risk.columnar import iso_date
from collection.rules.risk.counterfactual import exported_by
from collection.rules.risk.early import levelled
from collection.rules.risk.features import FeatureTable, Floats
from collection.rules.risk.fitting import fit
from collection.rules.risk.history import History, Ints
from collection.rules.risk.metrics import auc, brier, calibration, caught_within, log_loss
from collection.rules.risk.model import HORIZONS, RiskModel
from collection.rules.risk.outcomes import EXPORT, UNKNOWN, ended_within, ends_known_before
from collection.rules.risk.scoring import BANDS, Scores, band, score
from collection.rules.risk.thresholds import band_thresholds
from collection.rules.risk.totals import Total, Widening, total
from collection.rules.risk.training import TrainingSet, training_set, views_of

TOP_SIGNALS = 3
DAYS_HELD_CUTS = (14.0, 30.0, 60.0, 90.0, 120.0, 182.0, 273.0, 365.0)


@dataclass(frozen=True)
class Rules:
    """The two baselines, learnt from the same rows: one rate for all, and a rate by days held."""

    base_rate: float
    by_days_held: Floats

    def days_held(self, table: FeatureTable) -> Floats:
        return self.by_days_held[_days_held_bin(table)]


@dataclass(frozen=True)
class Prediction:
    """One as-of day: open lots, their scores at the horizon, and the model's and baselines' word on each."""

    day: float
    lot: Ints
    features: FeatureTable
    scores: Scores
    p_exported: Floats
    kg: Floats
    bands: tuple[str, ...]
    top_signals: tuple[str, ...]
    total_kg: dict[str, Total]
    rules: Rules
    model: RiskModel


def _days_held_bin(table: FeatureTable) -> Ints:
    held = np.nan_to_num(table.number("days_in_stock"))
    return np.searchsorted(np.array(DAYS_HELD_CUTS), held, side="right").astype(np.int64)


def learn_rules(rows: TrainingSet) -> Rules:
    """Base rate and rates by days held; an empty bin falls back to the base rate."""
    exported = rows.outcomes.export_90.astype(np.float64)
    rate = float((exported.sum() + 1.0) / (len(exported) + 5.0))
    bins = _days_held_bin(rows.features)
    size = len(DAYS_HELD_CUTS) + 1
    count, sums = np.bincount(bins, minlength=size), np.bincount(bins, exported, minlength=size)
    return Rules(rate, (sums + 20.0 * rate) / (count + 20.0))


def backtest(history: History, days: Sequence[float], horizon: int, train_before: float) -> list[Prediction]:
    """Score the open lots of each day. ValueError for a horizon the model does not cover."""
    if not 1 <= horizon <= HORIZONS[-1]:
        raise ValueError(f"A horizon of {horizon} days is not covered; choose 1 to {HORIZONS[-1]}")
    days = sorted(set(days))
    trained: dict[float, tuple[RiskModel, Rules]] = {}
    predictions = []
    for seen in views_of(history, days):
        cut = min(train_before, seen.day)
        if cut not in trained:
            rows = training_set(history, cut)
            model = fit(rows, about={"trained_before": iso_date(cut)})
            if not model.about["trained_rows"]:
                model = levelled(model, history, cut)
            trained[cut] = model, learn_rules(rows)
        model, rules = trained[cut]
        predictions.append(_predict(seen.day, seen.lot, seen.features, model, rules, horizon))
    return predictions


def _predict(
    day: float, lot: Ints, features: FeatureTable, model: RiskModel, rules: Rules, horizon: int
) -> Prediction:
    scores = score(model, features, contributions=True)
    p = exported_by(scores, np.array([float(horizon)]))[:, 0]
    kg = features.mass_kg()
    widening = Widening.of(model.about.get("widening"))
    numbers = band(p, band_thresholds(p, kg))
    masses = {"REE": kg, "Dy": np.nan_to_num(features.number("dy_kg"))}
    return Prediction(
        day=day,
        lot=lot,
        features=features,
        scores=scores,
        p_exported=p,
        kg=kg,
        bands=tuple(BANDS[number] for number in numbers),
        top_signals=_top_signals(scores),
        total_kg={element: total(p, mass, widening) for element, mass in masses.items()},
        rules=rules,
        model=model,
    )


def _top_signals(scores: Scores) -> tuple[str, ...]:
    """The signals that add most to each score, as "name +7.2; name +3.1"."""
    parts = scores.contributions
    if parts is None or not len(parts):
        return ()
    rounded = np.round(parts, 1)
    order = np.argsort(-rounded, axis=1, kind="stable")[:, :TOP_SIGNALS]
    points = np.take_along_axis(rounded, order, axis=1)
    return tuple(
        "; ".join(
            f"{scores.signals[k]} {value:+.1f}" for k, value in zip(row, values, strict=True) if value > 0
        )
        for row, values in zip(order.tolist(), points.tolist(), strict=True)
    )


@dataclass(frozen=True)
class Verdict:
    """Figures of one way of predicting over all judged rows."""

    name: str
    brier: float
    log_loss: float
    auc: float
    slope: float
    intercept: float
    caught: float
    expected_kg: float


@dataclass(frozen=True)
class Judgement:
    """The model beside its baselines, on the rows whose horizon had passed when the history ends."""

    rows: int
    exported_kg: float
    verdicts: tuple[Verdict, ...]
    days_covered: int
    days_judged: int


def judge(history: History, predictions: Sequence[Prediction], horizon: int) -> Judgement | None:
    """None where no as-of day with open lots had its horizon passed by the last record.

    Lots that left for an unknown destination count as not exported: only recorded exports can be judged.
    """
    last = float(history.events.recorded.max()) if len(history.events.recorded) else -np.inf
    ends = ends_known_before(history, np.inf)
    judged = [
        prediction for prediction in predictions if prediction.day + horizon <= last and len(prediction.lot)
    ]
    if not judged:
        return None
    outcome = [
        ended_within(ends, prediction.lot, prediction.day, horizon, EXPORT).astype(np.float64)
        for prediction in judged
    ]
    y, kg = np.concatenate(outcome), np.concatenate([prediction.kg for prediction in judged])
    ways = {
        "model": [prediction.p_exported for prediction in judged],
        "base rate": [np.full(len(prediction.lot), prediction.rules.base_rate) for prediction in judged],
        "days held": [prediction.rules.days_held(prediction.features) for prediction in judged],
    }
    truths = [float((ended * prediction.kg).sum()) for ended, prediction in zip(outcome, judged, strict=True)]
    covered = sum(
        prediction.total_kg["REE"].low <= truth <= prediction.total_kg["REE"].high
        for truth, prediction in zip(truths, judged, strict=True)
    )
    verdicts = tuple(_verdict(name, y, np.concatenate(parts), kg) for name, parts in ways.items())
    return Judgement(len(y), float((y * kg).sum()), verdicts, covered, len(judged))


def _verdict(name: str, y: Floats, p: Floats, kg: Floats) -> Verdict:
    slope, intercept = calibration(y, p)
    return Verdict(
        name,
        brier(y, p),
        log_loss(y, p),
        auc(y, p),
        slope,
        intercept,
        caught_within(y, p, kg),
        float((p * kg).sum()),
    )


def left_unseen_share(history: History, prediction: Prediction, horizon: int) -> float:
    """Share of the rows whose lot left for an unknown destination: what no figure above can judge."""
    ends = ends_known_before(history, np.inf)
    return float(ended_within(ends, prediction.lot, prediction.day, horizon, UNKNOWN).mean())
