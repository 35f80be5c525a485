"""Ranges of one number: low, central, high, and the distribution they stand for.

Low and high are the 10th and 90th percentiles (an 80 % interval) and central is the median. Between and
beyond them the value follows a split lognormal: its logarithm is normal with one width below the centre and
another above, so all three figures are met exactly and nothing turns negative. A low of zero means that one
time in ten there is nothing: below the centre the value then falls along a straight line and stops at zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from collection.rules.split_normal import Z_TENTH, Floats, combined, log_down, log_up

TAIL_Z = 2.5
"""Values beyond this distance are not drawn: a catalogue range is no evidence about one case in two
hundred."""

INTERVAL_STATEMENT = (
    "80 % interval: low is the 10th percentile, central the median, high the 90th percentile. "
    "One time in ten the truth is expected below low, one time in ten above high."
)


@dataclass(frozen=True, slots=True)
class Spread:
    """One quantity with its 80 % interval. The unit is whatever the holder's name says."""

    low: float
    central: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.central <= self.high:
            raise ValueError(
                f"A range must run 0 ≤ low ≤ central ≤ high, not {self.low}, {self.central}, {self.high}."
            )

    def __mul__(self, factor: float) -> Spread:
        return Spread(self.low * factor, self.central * factor, self.high * factor)

    @property
    def relative_width(self) -> float:
        """High minus low as a share of the central value; 0 where there is nothing."""
        return (self.high - self.low) / self.central if self.central > 0 else 0.0

    @property
    def equivalent_sd(self) -> float:
        """The standard deviation of a normal distribution with the same 80 % width."""
        return (self.high - self.low) / (2 * Z_TENTH)

    @classmethod
    def exact(cls, value: float) -> Spread:
        return cls(value, value, value)

    def map(self, convert: Callable[[float], float]) -> Spread:
        """Each of the three figures through a rising function."""
        return Spread(convert(self.low), convert(self.central), convert(self.high))


@dataclass(frozen=True, slots=True)
class WholeGrams:
    """A mass at the boundary: integer grams, rounded so that low ≤ central ≤ high survives."""

    low: int
    central: int
    high: int

    @classmethod
    def of(cls, spread: Spread) -> WholeGrams:
        central = round(spread.central)
        low = min(math.floor(spread.low + 1e-6), central)
        high = max(math.ceil(spread.high - 1e-6), central)
        return cls(low, central, high)


def product_of(central: float, *parts: Spread) -> Spread:
    """The range of a product of independent quantities, around a stated centre.

    Each part is judged by its own relative range; a part whose centre is zero makes the product zero.
    """
    if central <= 0 or any(part.central <= 0 for part in parts):
        return Spread.exact(0.0)
    low, middle, high = np.array([[part.low, part.central, part.high] for part in parts]).T
    down, up = combined(*zip(log_down(low, middle), log_up(middle, high), strict=True))
    return Spread(central * float(np.exp(-down)), central, central * float(np.exp(up)))


def quantile(spread: Spread, z: Floats) -> Floats:
    """The value at standard normal distance ``z`` from the centre."""
    z = np.clip(z, -TAIL_Z, TAIL_Z)
    if spread.central <= 0:
        return np.zeros_like(z)
    up = math.log(spread.high / spread.central) / Z_TENTH
    if spread.low <= 0:
        lower = np.maximum(0.0, 1 + np.minimum(z, 0.0) / Z_TENTH)
    else:
        lower = np.exp(np.minimum(z, 0.0) * (math.log(spread.central / spread.low) / Z_TENTH))
    return spread.central * lower * np.exp(np.maximum(z, 0.0) * up)
