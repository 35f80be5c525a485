"""What collecting a lot by a given day is worth: the mass that would otherwise be exported after it."""

from __future__ import annotations

import numpy as np

from collection.rules.risk.features import Floats
from collection.rules.risk.model import HORIZONS
from collection.rules.risk.scoring import Scores


def exported_by(scores: Scores, days: Floats) -> Floats:
    """Probability of export by each of `days` from now: lots × days.

    Between the scored horizons the hazard is constant; beyond 90 days the curve stays flat, since
    nothing was fitted there.
    """
    days = np.atleast_1d(np.asarray(days, dtype=np.float64))
    ends = np.array([0.0, *HORIZONS])
    survival = np.log1p(
        -np.clip(np.stack([np.zeros_like(scores.p30), scores.p30, scores.p60, scores.p90]), 0, 1 - 1e-12)
    )
    step = np.clip(np.searchsorted(ends, days, side="right") - 1, 0, len(ends) - 2)
    fraction = np.clip((days - ends[step]) / (ends[step + 1] - ends[step]), 0.0, 1.0)
    return -np.expm1(survival[step].T * (1.0 - fraction) + survival[step + 1].T * fraction)


def saved_kg(scores: Scores, kg: Floats, days: Floats) -> Floats:
    """Kg expected to be kept in the country if each lot is collected `days` from now: lots × days.

    `kg` is the lot's mass (shape lots) or its mass of each element (lots × elements, giving
    lots × days × elements). The result is mass × (P(export within 90 days) − P(export by that day)):
    what would have left after the van came.
    """
    kept = scores.p90[:, None] - exported_by(scores, days)
    kept = np.maximum(kept, 0.0)
    kg = np.asarray(kg, dtype=np.float64)
    return kept * kg[:, None] if kg.ndim == 1 else kept[:, :, None] * kg[:, None, :]
