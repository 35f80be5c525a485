"""Combining independent skewed errors: the arithmetic under every interval.

An error is a pair of log distances: from the centre down to the 10th percentile and up to the 90th. Its
logarithm is a split normal, one half-width below the centre and another above. Products of factors add
logarithms, so their means, variances and third moments add; a split normal with those three moments stands
for the product.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Z_TENTH = 1.2815515655446004
"""Standard normal distance of the 10th and 90th percentiles from the centre."""

DOWN_TO_ZERO = 1.6
"""The log distance standing in for a low of zero where errors are combined; checked against Monte Carlo."""

_MEAN = 1 / math.sqrt(2 * math.pi)
_CUBE = 2 * _MEAN**3 - _MEAN / 4 - 3 * _MEAN * (0.25 - _MEAN**2)
_LIMIT = 0.5 - _MEAN**2
"""Moments of a split normal whose half-widths differ by ``lean``: its mean is lean / √(2π), its third moment
is 3 / √(2π) × variance × lean + cube × lean³, and lean² can be at most variance / limit."""

_NEWTON_STEPS = 2


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean, variance and third central moment of an error's logarithm; they add over independent factors.

    ``reaches_zero`` marks factors that are nothing one time in ten: their product is too.
    """

    mean: Floats
    variance: Floats
    third: Floats
    reaches_zero: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, down: Floats, up: Floats) -> Moments:
        reaches_zero = np.isinf(down)
        below_sd = np.where(reaches_zero, DOWN_TO_ZERO, down) / Z_TENTH
        above_sd = up / Z_TENTH
        lean = above_sd - below_sd
        variance = (np.square(above_sd) + np.square(below_sd)) / 2 - np.square(_MEAN * lean)
        return cls(_MEAN * lean, variance, _third(lean, variance), reaches_zero)

    def __add__(self, other: Moments) -> Moments:
        return Moments(
            self.mean + other.mean,
            self.variance + other.variance,
            self.third + other.third,
            self.reaches_zero | other.reaches_zero,
        )

    def __getitem__(self, rows: npt.NDArray[np.int64] | tuple[slice | None, ...]) -> Moments:
        return Moments(self.mean[rows], self.variance[rows], self.third[rows], self.reaches_zero[rows])

    def distances(self) -> tuple[Floats, Floats]:
        """Log distances (down, up), both held at zero or more so that low ≤ central ≤ high."""
        lean = _lean(self.variance, self.third)
        middle = np.sqrt(np.maximum(0.0, self.variance - (0.25 - _MEAN**2) * np.square(lean)))
        shift = self.mean - _MEAN * lean
        down = np.maximum(0.0, Z_TENTH * (middle - lean / 2) - shift)
        up = np.maximum(0.0, Z_TENTH * (middle + lean / 2) + shift)
        return np.where(self.reaches_zero, np.inf, down), up


def combined(*errors: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Log distances (down, up) of a product of independent factors, each given by its own (down, up).

    Skews that agree add up and skews that oppose cancel. The centre stays the product of the centres.
    """
    total = Moments.of(*errors[0])
    for error in errors[1:]:
        total = total + Moments.of(*error)
    return total.distances()


def log_down(low: Floats, central: Floats) -> Floats:
    """Distance in logarithms from the centre down to the 10th percentile; infinite where low is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(central > 0, np.where(low > 0, np.log(central / low), np.inf), 0.0)


def log_up(central: Floats, high: Floats) -> Floats:
    """Distance in logarithms from the centre up to the 90th percentile."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(central > 0, np.log(high / central), 0.0)


def symmetric(half_width: Floats) -> tuple[Floats, Floats]:
    """Log distances of a symmetric error whose 80 % half-width is given as a share of the centre."""
    with np.errstate(divide="ignore"):
        down = np.where(half_width < 1, -np.log1p(-np.minimum(half_width, 1.0)), np.inf)
    return down, np.log1p(half_width)


def _third(lean: Floats, variance: Floats) -> Floats:
    return lean * (3 * _MEAN * variance + _CUBE * np.square(lean))


def _lean(variance: Floats, third: Floats) -> Floats:
    """The difference of the half-widths that gives a third moment at a variance, by Newton's method."""
    limit = np.sqrt(variance / _LIMIT)
    slope_at_zero = 3 * _MEAN * np.maximum(variance, 1e-300)
    lean = np.minimum(limit, np.maximum(-limit, third / slope_at_zero))
    for _ in range(_NEWTON_STEPS):
        square = np.square(lean)
        excess = lean * (slope_at_zero + _CUBE * square) - third
        lean = np.clip(lean - excess / (slope_at_zero + 3 * _CUBE * square), -limit, limit)
    return lean
