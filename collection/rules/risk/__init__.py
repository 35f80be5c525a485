"""Export risk: which lots will leave the country, how likely, why, and what acting in time would save."""

from collection.rules.risk.counterfactual import exported_by, saved_kg
from collection.rules.risk.explanation import Explanation, Reason, Remedy, explain
from collection.rules.risk.features import COLUMNS, Category, Column, FeatureTable, stack
from collection.rules.risk.model import HORIZONS, POINTS_PER_LOGIT, Head, RiskModel, Shape, prior_model
from collection.rules.risk.priors import PRIORS, Prior
from collection.rules.risk.scoring import Scores, band, score
from collection.rules.risk.signals import SIGNALS, Signal

__all__ = [
    "COLUMNS",
    "HORIZONS",
    "POINTS_PER_LOGIT",
    "PRIORS",
    "SIGNALS",
    "Category",
    "Column",
    "Explanation",
    "FeatureTable",
    "Head",
    "Prior",
    "Reason",
    "Remedy",
    "RiskModel",
    "Scores",
    "Shape",
    "Signal",
    "band",
    "explain",
    "exported_by",
    "prior_model",
    "saved_kg",
    "score",
    "stack",
]
