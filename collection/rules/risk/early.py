"""Before any 90-day window has closed: setting only the level of the expert points, from 30-day windows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from collection.rules.risk.columnar import iso_date
from collection.rules.risk.history import History
from collection.rules.risk.model import POINTS_PER_LOGIT, RiskModel
from collection.rules.risk.outcomes import EXPORT, ended_within, ends_known_before
from collection.rules.risk.scoring import score
from collection.rules.risk.training import views_of

WINDOW, WAIT, SPACING, MOST_WINDOWS = 30, 15, 30.0, 6
PSEUDO_EXPORTS = 5.0
USUALLY_RECORDED = 0.9


def levelled(model: RiskModel, history: History, cut: float) -> RiskModel:
    """The model with its baseline moved by observed over expected exports of the windows closed before the cut.

    Five pseudo-exports hold the level where it was; without a closed window, or where no lot is known to have ended
    in any way, the model comes back unchanged: a register in which nobody records ends says nothing of them.
    """
    first = float(np.nanmin(history.numbers["logged_date"])) + 1.0
    days = np.arange(cut - WINDOW - WAIT, first, -SPACING)[:MOST_WINDOWS][::-1]
    ends, observed, expected = ends_known_before(history, cut), 0.0, 0.0
    if (ends.kind < 0).all():
        return model
    for seen in views_of(history, days):
        observed += float(ended_within(ends, seen.lot, seen.day, WINDOW, EXPORT).sum())
        expected += float(score(model, seen.features).p30.sum()) * USUALLY_RECORDED
    if not expected:
        return model
    shift = math.log((observed + PSEUDO_EXPORTS) / (expected + PSEUDO_EXPORTS)) * POINTS_PER_LOGIT
    export = model.heads["export"]
    heads = {**model.heads, "export": replace(export, baseline=round(export.baseline + shift, 6))}
    about = {**model.about, "name": "Expert points, level set", "levelled_before": iso_date(cut)}
    return replace(model, heads=heads, about=about)
