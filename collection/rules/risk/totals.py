"""Expected exported mass of many lots, with an interval that allows for what lots share.

Lots share prices, rules and loads. Independent-lot intervals are far too narrow, so two widenings are
learnt from the model's own past: `clump`, how much lots of one site move together, and `shock`, a shared
shift in log-odds of all lots of a day. Few past days are seen, so the shock is held towards a cautious
prior, which is wider where the market was restless while the model was trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from collection.rules.risk.features import Floats
from collection.rules.risk.history import Ints

# A trial on later days of the same window has not seen what a price shock or a new rule does after it, nor how far a
# market wanders in a year from where its training days stood.
CALM_SHOCK, WANDERS = 0.35, 2.5
USUAL_CLUMP, USUAL_SHOCK = 2.0, 0.45
PRIOR_DAYS, DAYS_PER_WINDOW = 6.0, 3.0


@dataclass(frozen=True)
class Widening:
    """What past errors said: variance factor of lots of one site, and standard deviation of a day's shock."""

    clump: float = USUAL_CLUMP
    shock: float = USUAL_SHOCK

    @classmethod
    def of(cls, record: Mapping[str, float] | None) -> Widening:
        return cls() if not record else cls(float(record["clump"]), float(record["shock"]))


@dataclass(frozen=True)
class Total:
    """Kg expected to leave, and the interval that holds the truth `level` of the time.

    `low` is nought where it is likely enough that nothing leaves at all.
    """

    mean: float
    low: float
    high: float
    level: float


def total(p: Floats, kg: Floats, widening: Widening, *, level: float = 0.9, content_cv: float = 0.0) -> Total:
    """Expected exported kg of some lots. `content_cv`: shared relative error of the masses, 0 if weighed."""
    mean = float((p * kg).sum())
    if mean <= 0:
        return Total(0.0, 0.0, 0.0, level)
    spread = p * (1.0 - p)
    variance = (
        widening.clump * float((kg**2 * spread).sum())
        + (widening.shock * float((kg * spread).sum())) ** 2
        + (content_cv * mean) ** 2
    )
    sigma = float(np.sqrt(np.log1p(variance / mean**2)))
    reach = NormalDist().inv_cdf(0.5 + level / 2.0)
    none_leaves = np.exp(np.log1p(-np.minimum(p[kg > 0], 1 - 1e-12)).sum() / widening.clump)
    low = 0.0 if none_leaves > (1.0 - level) / 2.0 else mean * float(np.exp(-reach * sigma))
    return Total(mean, low, mean * float(np.exp(reach * sigma)), level)


def learnt_widening(y: Floats, p: Floats, kg: Floats, site: Ints, day: Floats, day_spread: float) -> Widening:
    """From predictions made ahead of their outcomes, and from the spread of the training days' own effects in logits.

    Days of overlapping windows count for a third each.
    """
    usual = float(np.hypot(CALM_SHOCK, WANDERS * day_spread))
    spread = p * (1.0 - p)
    days, member = np.unique(day, return_inverse=True)
    cell = (site - site.min()) * len(days) + member
    error, alone = np.bincount(cell, kg * (y - p)), np.bincount(cell, kg**2 * spread)
    clump = float(np.clip((error**2).sum() / max(alone.sum(), 1e-12), 1.0, 6.0))
    error, alone = np.bincount(member, kg * (y - p)), np.bincount(member, kg**2 * spread)
    reach = np.maximum(np.bincount(member, kg * spread), 1e-12)
    shocks = np.maximum(error**2 - clump * alone, 0.0) / reach**2
    seen = len(days) / DAYS_PER_WINDOW
    shock = (seen * float(shocks.mean()) + PRIOR_DAYS * usual**2) / (seen + PRIOR_DAYS)
    return Widening(round(clump, 4), round(float(np.sqrt(shock)), 4))
