"""The risk model: additive scores in points, held as plain numbers that can be read, stored and replayed.

Five heads are scored on one set of signals. `export` is the log-odds of leaving the country within 90 days.
`export_60` is that of leaving within 60 days given that it leaves within 90, and `export_30` within 30
given 60, so the three horizons can never contradict one another. `retained` is the log-odds of reaching a
domestic plant within 90 days given no export, and `lost` that of being lost given neither. Each head is
exactly baseline + the sum of its signals' points; 10 points double the odds.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from collection.rules.risk.features import Category, Floats
from collection.rules.risk.priors import BASE_RATE, PRIOR_BY_SIGNAL, PRIORS, Prior
from collection.rules.risk.signals import DEFAULT_SETTINGS, SIGNAL_BY_NAME

HEADS = ("export", "export_60", "export_30", "retained", "lost")
HORIZONS = (30, 60, 90)
POINTS_PER_LOGIT = 10.0 / math.log(2.0)
RECORD_VERSION = 1

PRIOR_RATES = {"export": BASE_RATE, "export_60": 0.69, "export_30": 0.52, "retained": 0.30, "lost": 0.04}


def points_of(probability: float) -> float:
    """A probability as points of log-odds."""
    return POINTS_PER_LOGIT * (math.log(probability) - math.log1p(-probability))


@dataclass(frozen=True)
class Shape:
    """How one signal's values find their points: knots of a curve, or a list of words.

    The value slots are one for each knot or word, and a last one for "not known".
    """

    knots: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()

    @property
    def slots(self) -> int:
        return len(self.knots or self.levels) + 1

    def locate(self, values: Floats | Category) -> tuple[np.ndarray, Floats | None]:
        """The slot of each value and, on a curve, the fraction of the way to the next slot."""
        if isinstance(values, Category):
            position = {level: slot for slot, level in enumerate(self.levels)}
            missing = len(self.levels)
            recode = np.array([*(position.get(level, missing) for level in values.levels), missing], np.intp)
            return recode[values.codes], None
        knots = np.asarray(self.knots)
        slot = np.clip(np.searchsorted(knots, values, side="right") - 1, 0, len(knots) - 2)
        fraction = (values - knots[slot]) / (knots[slot + 1] - knots[slot])
        fraction = np.clip(fraction, 0.0, 1.0)
        unknown = np.isnan(values)
        if unknown.any():
            slot[unknown] = len(knots)
            fraction[unknown] = 0.0
        return slot, fraction


def look_up(points: Floats, slot: np.ndarray, fraction: Floats | None) -> Floats:
    """Points at located values; `points` is one value for each slot of the shape."""
    if fraction is None:
        return points[slot]
    rise = np.append(np.diff(points[:-1]), (0.0, 0.0))
    return points[slot] + fraction * rise[slot]


@dataclass(frozen=True)
class Head:
    """One additive score: a baseline and the points of each signal's slots."""

    baseline: float
    points: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class RiskModel:
    """An immutable model record. `as_json` and `from_json` are exact; `version` is a hash of what it says."""

    shapes: Mapping[str, Shape]
    heads: Mapping[str, Head]
    settings: Mapping[str, Any]
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def signals(self) -> tuple[str, ...]:
        return tuple(self.shapes)

    @property
    def version(self) -> str:
        return hashlib.sha256(self.as_json().encode()).hexdigest()[:12]

    def as_json(self) -> str:
        """The whole record as JSON with sorted keys: equal models give equal text."""
        record = {
            "record_version": RECORD_VERSION,
            "shapes": {
                name: {"knots": list(s.knots)} if s.knots else {"levels": list(s.levels)}
                for name, s in self.shapes.items()
            },
            "signals": list(self.shapes),
            "heads": {
                name: {"baseline": head.baseline, "points": {k: list(v) for k, v in head.points.items()}}
                for name, head in self.heads.items()
            },
            "settings": dict(self.settings),
            "about": dict(self.about),
        }
        return json.dumps(record, sort_keys=True, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> RiskModel:
        """Read a record back. ValueError where it was written by another version or names unknown signals."""
        record = json.loads(text)
        if record.get("record_version") != RECORD_VERSION:
            raise ValueError(f"Model record version {record.get('record_version')} is not {RECORD_VERSION}")
        unknown = [name for name in record["signals"] if name not in SIGNAL_BY_NAME]
        if unknown:
            raise ValueError(
                f"The model record names signals this version does not know: {', '.join(unknown)}"
            )
        shapes = {
            name: Shape(
                tuple(record["shapes"][name].get("knots", ())),
                tuple(record["shapes"][name].get("levels", ())),
            )
            for name in record["signals"]
        }
        heads = {
            name: Head(head["baseline"], {k: tuple(v) for k, v in head["points"].items()})
            for name, head in record["heads"].items()
        }
        return cls(shapes, heads, record["settings"], record["about"])


def _prior_shape(prior: Prior) -> Shape:
    if prior.curve:
        return Shape(knots=tuple(float(knot) for knot, _ in prior.curve))
    return Shape(levels=tuple(prior.levels))


def prior_points(prior: Prior, head: str, shape: Shape) -> tuple[float, ...]:
    """The expert's points of one signal in one head, at the slots of a shape (its knots may be finer)."""
    stated = prior.elsewhere.get(head) if head != "export" else (prior.curve or prior.levels)
    if stated is None:
        return (0.0,) * shape.slots
    missing = prior.missing if head == "export" else 0.0
    if isinstance(stated, tuple):
        knots, values = zip(*stated, strict=True)
        return (*(float(v) for v in np.interp(shape.knots, knots, values)), missing)
    return (*(float(stated.get(level, missing)) for level in shape.levels), missing)


def prior_model() -> RiskModel:
    """The model before any outcome: the expert's points and the assumed base rate."""
    shapes = {prior.signal: _prior_shape(prior) for prior in PRIORS}
    heads = {
        head: Head(
            prior_baseline(head),
            {name: prior_points(PRIOR_BY_SIGNAL[name], head, shape) for name, shape in shapes.items()},
        )
        for head in HEADS
    }
    about = {
        "name": "Expert points",
        "trained_rows": 0,
        "closed_lots": 0,
        "note": "Prior points and an assumed base rate of 20 % in 90 days; no outcome was used.",
    }
    return RiskModel(shapes, heads, dict(DEFAULT_SETTINGS), about)


def prior_baseline(head: str) -> float:
    """Points of a lot with every signal at nought, set so that a typical lot shows the assumed base rate."""
    typical = 12.0 if head == "export" else 0.0
    return points_of(PRIOR_RATES[head]) - typical
