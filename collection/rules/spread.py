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
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Z_TENTH = 1.2815515655446004
"""Standard normal distance of the 10th and 90th percentiles from the centre."""

TAIL_Z = 2.5
"""Values beyond this distance are not drawn: a catalogue range is no evidence about one case in two
hundred."""

DOWN_TO_ZERO = 1.6
"""The log distance standing in for a low of zero where errors are combined; checked against Monte Carlo."""

_LEAN_MEAN = 1 / math.sqrt(2 * math.pi)
_LEAN_CUBE = 2 * _LEAN_MEAN**3 - _LEAN_MEAN / 4 - 3 * _LEAN_MEAN * (0.25 - _LEAN_MEAN**2)
_LEAN_LIMIT = 0.5 - _LEAN_MEAN**2
"""Moments of a split normal whose half-widths differ by ``lean``: its mean is lean / √(2π), its third moment
is 3 / √(2π) × variance × lean + cube × lean³, and lean² can be at most variance / limit."""

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


def log_down(low: Floats, central: Floats) -> Floats:
    """Distance in logarithms from the centre down to the 10th percentile; infinite where low is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(central > 0, np.where(low > 0, np.log(central / low), np.inf), 0.0)


def log_up(central: Floats, high: Floats) -> Floats:
    """Distance in logarithms from the centre up to the 90th percentile."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(central > 0, np.log(high / central), 0.0)


def additive_down(half_width: Floats) -> Floats:
    """The log distance below the centre of a symmetric error given as a share of the centre."""
    with np.errstate(divide="ignore"):
        return np.where(half_width < 1, -np.log1p(-np.minimum(half_width, 1.0)), np.inf)


def additive_up(half_width: Floats) -> Floats:
    """The log distance above the centre of a symmetric error given as a share of the centre."""
    return np.log1p(half_width)


def combined(*errors: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Log distances (down, up) of a product of independent factors, each given by its own (down, up).

    The split normal with the same mean, variance and third moment as the sum of the logarithms, so that skews
    that agree add up and skews that oppose cancel. The centre stays the product of the centres; both
    distances are held at zero or more so that low ≤ central ≤ high. A factor whose low is zero makes the
    product's low zero.
    """
    mean: Floats = np.zeros(())
    variance: Floats = np.zeros(())
    third: Floats = np.zeros(())
    reaches_zero: npt.NDArray[np.bool_] = np.zeros((), dtype=np.bool_)
    for down, up in errors:
        reaches_zero = reaches_zero | np.isinf(down)
        below_sd, above_sd = np.where(np.isinf(down), DOWN_TO_ZERO, down) / Z_TENTH, up / Z_TENTH
        lean = above_sd - below_sd
        spread = (np.square(above_sd) + np.square(below_sd)) / 2 - np.square(_LEAN_MEAN * lean)
        mean = mean + _LEAN_MEAN * lean
        variance = variance + spread
        third = third + _third_moment(lean, spread)
    lean = _lean(variance, third)
    middle = np.sqrt(np.maximum(0.0, variance - (0.25 - _LEAN_MEAN**2) * np.square(lean)))
    shift = mean - _LEAN_MEAN * lean
    down = np.maximum(0.0, Z_TENTH * (middle - lean / 2) - shift)
    up = np.maximum(0.0, Z_TENTH * (middle + lean / 2) + shift)
    return np.where(reaches_zero, np.inf, down), up


def _third_moment(lean: Floats, variance: Floats) -> Floats:
    return 3 * _LEAN_MEAN * variance * lean + _LEAN_CUBE * lean**3


def _lean(variance: Floats, third: Floats) -> Floats:
    """The difference of the two half-widths that gives a third moment at a variance: three steps of
    Newton."""
    limit = np.sqrt(variance / _LEAN_LIMIT)
    slope_at_zero = 3 * _LEAN_MEAN * np.maximum(variance, 1e-300)
    lean = np.clip(third / slope_at_zero, -limit, limit)
    for _ in range(3):
        slope = slope_at_zero + 3 * _LEAN_CUBE * np.square(lean)
        lean = np.clip(lean - (_third_moment(lean, variance) - third) / slope, -limit, limit)
    return lean


def below(central: Floats, down: Floats) -> Floats:
    """The 10th percentile at a log distance below the centre."""
    return central * np.exp(-down)


def above(central: Floats, up: Floats) -> Floats:
    """The 90th percentile at a log distance above the centre."""
    return central * np.exp(up)


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
