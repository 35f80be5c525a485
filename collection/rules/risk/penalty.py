"""The expert points as a Gaussian prior: a mean, and how hard it holds each slot and step of a curve."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from collection.rules.risk.design import Design
from collection.rules.risk.features import Floats
from collection.rules.risk.model import POINTS_PER_LOGIT, Shape, prior_baseline, prior_points
from collection.rules.risk.priors import PRIOR_BY_SIGNAL

SMALLEST_SD, WIDE_SD, BASELINE_SD, STEP_SD = 4.0, 8.0, 10.0, 2.0
HELD = 1e6


def prior_mean(head: str, shapes: Mapping[str, Shape], design: Design) -> Floats:
    """Prior means in logits, laid out as the design's columns."""
    mean = np.zeros(design.width)
    mean[0] = prior_baseline(head)
    for name, start in design.offset.items():
        mean[start : start + shapes[name].slots] = prior_points(PRIOR_BY_SIGNAL[name], head, shapes[name])
    return mean / POINTS_PER_LOGIT


def prior_precision(
    head: str, shapes: Mapping[str, Shape], design: Design, mean: Floats, hold: float, held: frozenset[str]
) -> Floats:
    """Prior precision in logits. Standard deviation of a slot: half its points or 4, whichever is larger.

    On a curve, neighbours also deviate from the expert together: where there are no rows the fit follows the
    expert's slope from where the rows end.
    """
    precision = np.zeros((design.width, design.width))
    precision[0, 0] = (POINTS_PER_LOGIT / BASELINE_SD) ** 2
    for name, start in design.offset.items():
        shape, prior = shapes[name], PRIOR_BY_SIGNAL[name]
        slots = slice(start, start + shape.slots)
        least = WIDE_SD if prior.wide else SMALLEST_SD
        sd = np.maximum(np.abs(mean[slots]) * POINTS_PER_LOGIT / 2.0, least)
        strength = HELD if name in held else hold
        block = np.diag((POINTS_PER_LOGIT / sd) ** 2)
        if shape.knots:
            steps = np.diff(np.eye(shape.slots)[:-1], axis=0)
            block += steps.T @ steps * (POINTS_PER_LOGIT / STEP_SD) ** 2
        precision[slots, slots] = strength * block
    return precision
