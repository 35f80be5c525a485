"""How good probabilities are: sharpness, calibration, and mass caught within a budget."""

from __future__ import annotations

import numpy as np

from collection.rules.risk.features import Floats

SMALLEST = 1e-6


def _clipped(p: Floats) -> Floats:
    return np.clip(p, SMALLEST, 1.0 - SMALLEST)


def brier(y: Floats, p: Floats) -> float:
    """Mean squared error of a probability; lower is better."""
    return float(np.mean((p - y) ** 2))


def log_loss(y: Floats, p: Floats) -> float:
    """Mean negative log likelihood; lower is better."""
    p = _clipped(p)
    return float(-np.mean(y * np.log(p) + (1.0 - y) * np.log1p(-p)))


def auc(y: Floats, p: Floats) -> float:
    """Chance that an exported lot scores above another; NaN where all rows ended alike."""
    positive = np.asarray(y, dtype=bool)
    count, rest = int(positive.sum()), int((~positive).sum())
    if not count or not rest:
        return float("nan")
    ranks = mean_ranks(p)
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * rest))


def mean_ranks(p: Floats) -> Floats:
    """The rank of each value from 1 up; equal values share the mean of theirs.

    Written out because `scipy.stats` alone takes a second and 30 MB to import in every process.
    """
    _, group, sizes = np.unique(p, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    return np.asarray((last - (sizes - 1) / 2.0)[group], dtype=np.float64)


def calibration(y: Floats, p: Floats) -> tuple[float, float]:
    """Slope and intercept of the outcome on the score's log-odds; a perfect score has 1 and 0.

    NaN where all rows ended alike, and where the score parts them so cleanly that no finite slope is best.
    """
    y = np.asarray(y, dtype=np.float64)
    if not 0 < y.mean() < 1 or np.ptp(p) < SMALLEST:
        return float("nan"), float("nan")
    p = _clipped(p)
    score = np.log(p) - np.log1p(-p)
    design = np.stack([np.ones_like(score), score])
    coefficients = np.array([0.0, 1.0])
    for _ in range(30):
        q = 1.0 / (1.0 + np.exp(-np.clip(coefficients @ design, -40, 40)))
        hessian = (design * (q * (1 - q))) @ design.T + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, design @ (y - q))
        coefficients = coefficients + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-10:
            return float(coefficients[1]), float(coefficients[0])
    return float("nan"), float("nan")


def caught_within(y: Floats, p: Floats, kg: Floats, share: float = 0.1) -> float:
    """Share of the exported mass among the highest scores that together hold `share` of all mass.

    The lot on the border counts with the part that fits. NaN where nothing was exported.
    """
    exported = float((kg * y).sum())
    if exported <= 0:
        return float("nan")
    order = np.lexsort((np.arange(len(p)), -p))
    before = np.cumsum(kg[order]) - kg[order]
    budget = share * float(kg.sum())
    held = kg[order]
    part = np.clip((budget - before) / np.where(held > 0, held, 1.0), 0.0, 1.0)
    return float((part * held * np.asarray(y, dtype=np.float64)[order]).sum() / exported)


def ratio(above: float, below: float) -> float:
    """One sum over another; NaN where there is nothing to divide by."""
    return float(above / below) if below > 0 else float("nan")


def expected_calibration_error(y: Floats, p: Floats, bins: int = 10) -> float:
    """Mean distance of observed from expected over equally filled bins of the score."""
    order = np.argsort(p, kind="stable")
    gaps = [abs(float(y[part].mean() - p[part].mean())) * len(part) for part in np.array_split(order, bins)]
    return float(sum(gaps) / len(p))


def reliability(y: Floats, p: Floats, bins: int = 10) -> list[tuple[float, float, int]]:
    """(expected, observed, rows) of equally filled bins, for a reliability plot."""
    order = np.argsort(p, kind="stable")
    return [
        (float(p[part].mean()), float(y[part].mean()), len(part))
        for part in np.array_split(order, bins)
        if len(part)
    ]
