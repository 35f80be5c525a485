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
        values = SIGNAL_BY_NAME[name].read(table, settings)
        if isinstance(values, Category):
            fewest = FEWEST_IN_GROUP if SIGNAL_BY_NAME[name].is_group else 1
            shapes[name] = Shape(levels=_words(shape.levels, values, fewest))
        else:
            shapes[name] = Shape(knots=_knots(shape.knots, values))
    return shapes


def _words(stated: tuple[str, ...], values: Category, fewest: int) -> tuple[str, ...]:
    count = np.bincount(values.codes[values.codes >= 0], minlength=len(values.levels))
    used = sorted(level for level, n in zip(values.levels, count, strict=True) if n >= fewest)
    return (*stated, *(level for level in used if level not in stated))


def _knots(stated: tuple[float, ...], values: Floats) -> tuple[float, ...]:
    """The expert's knots and quantiles of the rows, thinned where they crowd; the expert's ends stay."""
    known = values[~np.isnan(values)]
    if len(known) < 50:
        return stated
    inner = np.quantile(known, QUANTILES)
    gap = CLOSEST * (inner[-1] - inner[0])
    kept = [stated[0]]
    for knot in sorted({*stated[1:-1], *(float(f"{q:.4g}") for q in inner)}):
        if kept[-1] + gap < knot < stated[-1] - gap:
            kept.append(knot)
    return (*kept, stated[-1])


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
