"""Where a fitted model puts its knots and words, and what it takes as usual for each kind of holder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from collection.rules.risk.features import Category, FeatureTable, Floats
from collection.rules.risk.model import RiskModel, Shape
from collection.rules.risk.signals import SIGNAL_BY_NAME, Settings
from collection.rules.risk.training import TrainingSet

QUANTILES = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)
CLOSEST = 0.04
FEWEST_IN_GROUP = 4


def fitted_shapes(table: FeatureTable, start: RiskModel, settings: Settings) -> dict[str, Shape]:
    """The prior's shapes with knots added where the rows are, and words the rows use."""
    shapes = {}
    for name, shape in start.shapes.items():
        signal = SIGNAL_BY_NAME[name]
        values = signal.read(table, settings)
        if isinstance(values, Category):
            fewest = FEWEST_IN_GROUP if signal.is_group else 1
            shapes[name] = Shape(levels=_words(shape.levels, values, fewest))
        else:
            shapes[name] = Shape(knots=_knots(shape.knots, values, by_ratio=signal.by_ratio))
    return shapes


def _words(stated: tuple[str, ...], values: Category, fewest: int) -> tuple[str, ...]:
    count = np.bincount(values.codes[values.codes >= 0], minlength=len(values.levels))
    used = sorted(level for level, n in zip(values.levels, count, strict=True) if n >= fewest)
    return (*stated, *(level for level in used if level not in stated))


def _knots(stated: tuple[float, ...], values: Floats, *, by_ratio: bool) -> tuple[float, ...]:
    """The expert's knots, and quantiles of the rows where no other knot is near.

    Near is a share of the rows' range. Where ratios count, of the range of logarithms: on a plain scale a few lots of
    ten tonnes would leave a single straight line for all others.
    """
    known = values[~np.isnan(values)]
    if len(known) < 50:
        return stated
    place = np.log1p if by_ratio else np.asarray
    inner = np.quantile(known, QUANTILES)
    gap = CLOSEST * float(np.ptp(place(inner)))
    kept = list(stated)
    for knot in (float(f"{q:.4g}") for q in inner):
        if stated[0] < knot < stated[-1] and np.abs(place(kept) - place(knot)).min() > gap:
            kept.append(knot)
    return tuple(sorted(kept))


def fitted_settings(rows: TrainingSet, start: Settings) -> dict[str, Any]:
    """Usual shares of each end by kind of holder, from the holders' counts on the last day of training."""
    last = rows.features.rows(rows.day == rows.day.max())
    closed = np.nan_to_num(last.number("holder_closed_n"))
    _, once = np.unique(last.word("holder").codes, return_index=True)
    kinds = last.word("holder_type")
    settings = dict(start)
    for kind in ("export", "pickup"):
        count = np.nan_to_num(last.number(f"holder_{kind}_n"))
        overall = _share(count[once].sum(), closed[once].sum(), float(start[f"{kind}_share"]), 20.0)
        by_type: Mapping[str, float] = {
            level: _share(
                count[once][kinds.codes[once] == code].sum(), closed[once][kinds.codes[once] == code].sum(),
                overall, 20.0,
            )
            for code, level in enumerate(kinds.levels)
        }  # fmt: skip
        settings[f"{kind}_share"] = overall
        settings[f"{kind}_share_by_type"] = dict(sorted(by_type.items()))
    return settings


def _share(part: float, whole: float, usual: float, strength: float) -> float:
    return round(float(np.clip((part + strength * usual) / (whole + strength), 0.02, 0.98)), 6)
