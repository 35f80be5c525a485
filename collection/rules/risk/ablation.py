"""What each family of signals is worth: the fit repeated without it and judged on the same later days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from collection.rules.risk.features import Floats
from collection.rules.risk.fitting import fit
from collection.rules.risk.metrics import auc, brier, caught_within
from collection.rules.risk.scoring import score
from collection.rules.risk.training import TrainingSet

FAMILIES: dict[str, tuple[str, ...]] = {
    "Domestic offer, contract or hold": ("status", "contract", "hold", "offer_age"),
    "Owner": ("defence", "public"),
    "Kind of holder": ("holder_type",),
    "Holder’s and site’s own record": ("holder_exports", "holder_trend", "holder_pickups", "holder", "site"),
    "Prices": ("price_gap", "ndpr_change"),
    "Material": ("form", "heavy", "chemistry", "hazard"),
    "Loads at the site": ("fill", "own_load", "trader_load", "dispatches", "dispatch_due"),
    "Distances": ("port", "bulk_dock", "recycler"),
    "Time in stock": ("days_in_stock", "days_logged"),
    "What the holder declares": ("intent",),
    "Broker on site": ("broker",),
    "Market and rules": ("backlog", "licence", "season"),
    "Compliance": ("compliance",),
}


@dataclass(frozen=True, slots=True)
class Ablation:
    """Figures on the later days without one family; `without` is empty for the whole model."""

    without: str
    brier: float
    auc: float
    caught: float


def ablate(
    learn: TrainingSet, later: TrainingSet, families: Iterable[str] = tuple(FAMILIES)
) -> Iterator[Ablation]:
    """The whole model first, then without each family. `later` must lie after the windows of `learn`."""
    y, kg = later.outcomes.export_90.astype(np.float64), later.features.mass_kg()
    yield _judged("", y, score(fit(learn), later.features).p90, kg)
    for name in families:
        lesser = fit(learn, without=frozenset(FAMILIES[name]))
        yield _judged(name, y, score(lesser, later.features).p90, kg)


def _judged(without: str, y: Floats, p: Floats, kg: Floats) -> Ablation:
    return Ablation(without, round(brier(y, p), 6), round(auc(y, p), 5), round(caught_within(y, p, kg), 5))
