"""Penalised logistic regression towards a prior mean, with shrunk group effects, by Newton's method in NumPy.

Targets may be soft (between 0 and 1). Fixed effects have a Gaussian prior (mean, precision matrix); each
group's effects have mean nought and a variance estimated from the data, so a group with few rows stays
near nought.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from collection.rules.risk.design import Design
from collection.rules.risk.features import Floats

ROUNDS = 12
CURVATURE_ROUNDS = 4
SMALLEST_STEP = 1e-5


@dataclass(frozen=True)
class Solution:
    """Fixed effects in logits, group effects and their spread, and each row's linear score."""

    beta: Floats
    groups: Mapping[str, Floats]
    spread: Mapping[str, float]
    linear: Floats


def sigmoid(linear: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(linear, -40, 40)))


def solve(
    design: Design,
    target: Floats,
    weight: Floats,
    mean: Floats,
    precision: Floats,
    spread: Mapping[str, float],
    group_weight: float = 1.0,
) -> Solution:
    """Fit. `spread` gives the starting standard deviation of each group that takes part."""
    beta = mean.copy()
    groups = {name: np.zeros(design.groups[name][1]) for name in spread}
    spread = dict(spread)
    linear = fixed_score(design, beta)
    factor = None
    for turn in range(ROUNDS):
        probability = sigmoid(linear)
        curvature = weight * probability * (1.0 - probability)
        gradient = _gradient(design, weight * (target - probability)) - precision @ (beta - mean)
        if turn < CURVATURE_ROUNDS:
            factor = scipy.linalg.cho_factor(_hessian(design, curvature) + precision, lower=True)
        step = scipy.linalg.cho_solve(factor, gradient)
        step *= min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-12))
        beta += step
        linear = linear + fixed_score(design, step)
        for name in spread:
            linear = _update_group(design, name, target, weight * group_weight, linear, groups, spread)
        if float(np.abs(step).max()) < SMALLEST_STEP and turn >= CURVATURE_ROUNDS:
            break
    return Solution(beta, groups, spread, linear)


def fixed_score(design: Design, beta: Floats) -> Floats:
    """Linear score of every row from the fixed effects alone, without forming the matrix."""
    linear = np.full(design.size, beta[0])
    for name, (slot, fraction) in design.located.items():
        start = design.offset[name]
        linear += beta[start + slot] if fraction is None else (1.0 - fraction) * beta[start + slot]
        if fraction is not None:
            linear += fraction * beta[np.minimum(start + slot + 1, design.width - 1)]
    return linear


def _gradient(design: Design, residual: Floats) -> Floats:
    """The residuals' sum over each column, without forming the matrix."""
    gradient = np.zeros(design.width + 1)
    gradient[0] = residual.sum()
    for name, (slot, fraction) in design.located.items():
        place, width = design.offset[name] + slot, design.width + 1
        if fraction is None:
            gradient += np.bincount(place, residual, width)
            continue
        gradient += np.bincount(place, residual * (1.0 - fraction), width)
        gradient += np.bincount(place + 1, residual * fraction, width)
    return gradient[:-1]


def _hessian(design: Design, curvature: Floats) -> Floats:
    hessian = np.zeros((design.width, design.width))
    for rows, matrix in design.blocks():
        matrix *= np.sqrt(curvature[rows])[:, None]
        hessian += matrix.T @ matrix
    return hessian


def _update_group(
    design: Design,
    name: str,
    target: Floats,
    weight: Floats,
    linear: Floats,
    groups: dict[str, Floats],
    spread: dict[str, float],
) -> Floats:
    """One Newton step for every member of a group at once, then a new estimate of their spread."""
    member, count = design.groups[name]
    probability = sigmoid(linear)
    slope = np.bincount(member, weight * (target - probability), count)
    bend = np.bincount(member, weight * probability * (1.0 - probability), count)
    slope[-1], bend[-1] = 0.0, 0.0
    ridge = 1.0 / spread[name] ** 2
    effect = groups[name]
    moved = (slope - ridge * effect) / (bend + ridge)
    moved[-1] = 0.0
    groups[name] = effect + np.clip(moved, -1.0, 1.0)
    seen = bend > 0
    if seen.any():
        variance = float(np.mean(groups[name][seen] ** 2 + 1.0 / (bend[seen] + ridge)))
        spread[name] = float(np.sqrt(np.clip(variance, 1e-4, 4.0)))
    return linear + (groups[name] - effect)[member]
