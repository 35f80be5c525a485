"""Export risk: which lots will leave the country, how likely, why, and what acting in time would save."""

from collection.rules.risk.counterfactual import exported_by, saved_kg
from collection.rules.risk.explanation import Explanation, Reason, Remedy, explain
from collection.rules.risk.features import COLUMNS, Category, Column, FeatureTable, stack
from collection.rules.risk.fitting import fit
from collection.rules.risk.model import HORIZONS, POINTS_PER_LOGIT, Head, RiskModel, Shape, prior_model
from collection.rules.risk.priors import PRIORS, Prior
from collection.rules.risk.scoring import BANDS, Scores, band, score
from collection.rules.risk.signals import SIGNALS, Signal
from collection.rules.risk.thresholds import (
    CatchCurve,
    band_thresholds,
    by_cost,
    by_mass,
    by_visits,
    catch_curve,
)
from collection.rules.risk.totals import Total, Widening, total
from collection.rules.risk.training import Outcomes, TrainingSet

__all__ = [
    "BANDS", "COLUMNS", "HORIZONS", "POINTS_PER_LOGIT", "PRIORS", "SIGNALS", "CatchCurve", "Category",
    "Column", "Explanation", "FeatureTable", "Head", "Outcomes", "Prior", "Reason", "Remedy", "RiskModel",
    "Scores", "Shape", "Signal", "Total", "TrainingSet", "Widening", "band", "band_thresholds", "by_cost",
    "by_mass", "by_visits", "catch_curve", "explain", "exported_by", "fit", "prior_model", "saved_kg",
    "score", "stack", "total",
]  # fmt: skip
