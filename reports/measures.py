"""Retention arithmetic: what was logged, moved, retained and lost, and how sure the rate is.

Retention rate = retained ÷ (retained + exported + lost + residue). Every measure is a sum of custody flows.
Uncertainty: the factor error of a product type is shared by all its lots, so it adds up in line within a
product; what is a lot's own adds up in quadrature; different products are taken as independent.

All lines of a report are added up at once: arrays have one row a line and, for shared errors, one column a product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from collection.rules.lifecycle import Place
from reports.flows import Floats, Flows, Ints

ELEMENTS = ("Nd", "Pr", "Dy", "Tb", "Sm")

# Intervals are 80 %: the 10th to the 90th percentile, as everywhere in the product.
Z_80 = 1.2816

MICROGRAMS = 1_000_000

EVERYWHERE = frozenset(Place)

FLOWS_OF_MEASURE: dict[str, tuple[frozenset[Place], frozenset[Place]]] = {
    "logged": (frozenset({Place.SOURCE}), EVERYWHERE),
    "collected": (frozenset({Place.HELD}), frozenset({Place.IN_TRANSIT})),
    "received": (frozenset({Place.IN_TRANSIT}), frozenset({Place.RECEIVED})),
    "retained": (EVERYWHERE, frozenset({Place.RETAINED})),
    "residue": (EVERYWHERE, frozenset({Place.RESIDUE})),
    "exported": (EVERYWHERE, frozenset({Place.EXPORTED})),
    "lost": (EVERYWHERE, frozenset({Place.LOST})),
}

STOCKS = {"held": Place.HELD, "in_transit": Place.IN_TRANSIT, "awaiting_processing": Place.RECEIVED}

LEFT_UNRETAINED = ("exported", "lost", "residue")

Measure = Callable[[Flows], Floats]


def in_grams_of_magnet(flows: Flows) -> Floats:
    return flows.grams.astype(np.float64)


def in_grams_of(element: str) -> Measure:
    """A way of measuring flows: by their content of one element, in grams."""
    column = f"{element.lower()}_micrograms"
    return lambda flows: getattr(flows, column) / MICROGRAMS


def in_grams_of_rare_earths(flows: Flows) -> Floats:
    return np.sum([in_grams_of(element)(flows) for element in ELEMENTS], axis=0)


def way_of(element: str) -> Measure:
    """The measure of a line by element: one element, "REE" for all of them, "" for the magnets themselves."""
    if element == "REE":
        return in_grams_of_rare_earths
    return in_grams_of(element) if element else in_grams_of_magnet


def sign_of(measure: str, from_place: int, to_place: int) -> int:
    """How a movement counts in a measure: 1 adds, -1 takes away (only from a stock), 0 does not count."""
    if measure in STOCKS:
        place = STOCKS[measure]
        return int(to_place == place) - int(from_place == place)
    sources, targets = FLOWS_OF_MEASURE[measure]
    return int(from_place in sources and to_place in targets)


_SIGNS = {
    measure: np.array(
        [
            [sign_of(measure, source, target) for target in range(max(Place) + 1)]
            for source in range(max(Place) + 1)
        ],
        dtype=np.float64,
    )
    for measure in (*FLOWS_OF_MEASURE, *STOCKS)
}


def signs_of(measure: str, flows: Flows) -> Floats:
    """The same of many movements."""
    return np.asarray(_SIGNS[measure][flows.from_place, flows.to_place])


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A value in grams with its 80 % interval."""

    low: float
    central: float
    high: float


NOTHING = Uncertain(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share between 0 and 1 with its 80 % interval."""

    low: float
    central: float
    high: float


@dataclass(frozen=True, slots=True)
class Retention:
    """The measures of one row of a report. Masses in grams."""

    amounts: dict[str, Uncertain]
    rate: Rate | None

    def __getitem__(self, name: str) -> Uncertain:
        return self.amounts[name]

    def holding(self, held: Uncertain) -> Retention:
        """The same with another stock with holders."""
        return Retention(self.amounts | {"held": held}, self.rate)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums with the parts of their error kept apart: (lines), (lines, products) and (lines)."""

    value: Floats
    shared: Floats
    own_variance: Floats

    def running(self) -> _Sums:
        """Each line with all lines before it."""
        return _Sums(self.value.cumsum(), self.shared.cumsum(axis=0), self.own_variance.cumsum())

    def intervals(self) -> list[Uncertain]:
        reach = Z_80 * np.sqrt(np.maximum(0.0, self.own_variance) + (self.shared**2).sum(axis=1))
        low, high = np.maximum(0.0, self.value - reach), self.value + reach
        return [
            Uncertain(*line) for line in zip(low.tolist(), self.value.tolist(), high.tolist(), strict=True)
        ]


class _Lines:
    """Flows on the lines of a report, as one measure weighs them."""

    def __init__(self, flows: Flows, line: Ints, lines: int, measure: Measure) -> None:
        self.flows, self.line, self.lines = flows, line, lines
        products, place = np.unique(flows.product_id, return_inverse=True)
        self.products = products
        self.cell = line * len(products) + place
        self.amount = measure(flows)
        scale = np.divide(self.amount, flows.grams, out=np.zeros(len(flows)), where=flows.grams > 0)
        self.shared_sd = flows.shared_sd_grams * scale
        self.own_variance = flows.own_variance * scale**2

    def sums(self, measure: str) -> _Sums:
        """What counts in a measure, on each line."""
        sign = signs_of(measure, self.flows)
        some = np.flatnonzero(sign)
        sign, line = sign[some], self.line[some]
        shared = _added_up(self.cell[some], sign * self.shared_sd[some], self.lines * len(self.products))
        return _Sums(
            _added_up(line, sign * self.amount[some], self.lines),
            shared.reshape(self.lines, len(self.products)),
            _added_up(line, sign * self.own_variance[some], self.lines),
        )


def _added_up(place: Ints, values: Floats, size: int) -> Floats:
    """(size): the sum of the values at each place."""
    return np.asarray(np.bincount(place, values, size), dtype=np.float64)


def retention(period: Flows, until_end: Flows, measure: Measure) -> Retention:
    """Measures of a period, and the stocks at its end from everything that moved until then."""
    return _retentions(
        _Lines(period, np.zeros(len(period), np.int64), 1, measure),
        _Lines(until_end, np.zeros(len(until_end), np.int64), 1, measure),
    )[0]


def rate_of(period: Flows, measure: Measure) -> Rate | None:
    """The retention rate alone."""
    return _rates(_Lines(period, np.zeros(len(period), np.int64), 1, measure))[0]


def retentions(
    period: Flows, until_end: Flows, measure: Measure, keys: Sequence[int], *, is_running: bool = False
) -> list[Retention]:
    """The same for each of the ascending `keys`, of the flows under it; `keys` leave none of the period's out.

    With `is_running` the keys are points of time, and what stands at one is of everything up to it.
    """
    many = len(keys)
    if not many:
        return []
    return _retentions(
        _Lines(period, np.searchsorted(keys, period.key), many, measure),
        _Lines(until_end, np.searchsorted(keys, until_end.key), many, measure),
        is_running=is_running,
    )


def _retentions(period: _Lines, until_end: _Lines, *, is_running: bool = False) -> list[Retention]:
    sums = {name: period.sums(name) for name in FLOWS_OF_MEASURE}
    stocks = {name: until_end.sums(name) for name in STOCKS}
    if is_running:
        stocks = {name: stock.running() for name, stock in stocks.items()}
    names = [*sums, *stocks]
    columns = [found.intervals() for found in (*sums.values(), *stocks.values())]
    return [
        Retention(dict(zip(names, amounts, strict=True)), rate)
        for *amounts, rate in zip(*columns, _rates(period), strict=True)
    ]


def _rates(period: _Lines) -> list[Rate | None]:
    """The rates and their intervals by the delta method; None on a line where nothing ended in the period.

    An error shared within a product moves what was retained and what left together, so it partly cancels.
    """
    retained, left = period.sums("retained"), [period.sums(name) for name in LEFT_UNRETAINED]
    gone = np.sum([part.value for part in left], axis=0)
    ended = retained.value + gone
    both = gone[:, None] * retained.shared - retained.value[:, None] * np.sum(
        [part.shared for part in left], axis=0
    )
    own = gone**2 * retained.own_variance + retained.value**2 * np.sum(
        [part.own_variance for part in left], axis=0
    )
    whole = np.where(ended > 0, ended, 1.0)
    reach = Z_80 * np.sqrt((both**2).sum(axis=1) + np.maximum(0.0, own)) / whole**2
    central = retained.value / whole
    low, high = np.maximum(0.0, central - reach), np.minimum(1.0, central + reach)
    return [
        Rate(*line) if has_ended else None
        for has_ended, *line in zip(
            (ended > 0).tolist(), low.tolist(), central.tolist(), high.tolist(), strict=True
        )
    ]
