"""Retention arithmetic: what was logged, moved, retained and lost, and how sure the rate is.

Retention rate = retained ÷ (retained + exported + lost + residue). Every measure is a sum of custody flows.
Uncertainty: the factor error of a product type is shared by all its lots, so it adds up in line within a
product; what is a lot's own adds up in quadrature; different products are taken as independent.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from collection.rules.lifecycle import Place
from reports.rollups import Flow

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


def in_grams_of_magnet(flow: Flow) -> float:
    return flow.grams


def in_grams_of(element: str) -> Callable[[Flow], float]:
    """A way of measuring a flow: by its content of one element, in grams."""
    column = f"{element.lower()}_micrograms"
    return lambda flow: getattr(flow, column) / MICROGRAMS


def in_grams_of_rare_earths(flow: Flow) -> float:
    return sum(in_grams_of(element)(flow) for element in ELEMENTS)


def way_of(element: str) -> Callable[[Flow], float]:
    """The measure of a line by element: one element, "REE" for all of them, "" for the magnets themselves."""
    if element == "REE":
        return in_grams_of_rare_earths
    return in_grams_of(element) if element else in_grams_of_magnet


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A value in grams with its 80 % interval."""

    low: float
    central: float
    high: float


@dataclass(slots=True)
class _Sum:
    """A running sum with the parts of its error kept apart."""

    value: float = 0.0
    shared_of_product: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    own_variance: float = 0.0

    def add(self, flow: Flow, measure: Callable[[Flow], float]) -> None:
        amount = measure(flow)
        scale = amount / flow.grams if flow.grams else 0.0
        self.value += amount
        self.shared_of_product[flow.product_id] += flow.shared_sd_grams * scale
        self.own_variance += flow.own_variance * scale**2

    @property
    def variance(self) -> float:
        return self.own_variance + sum(sd**2 for sd in self.shared_of_product.values())

    def interval(self) -> Uncertain:
        reach = Z_80 * math.sqrt(self.variance)
        return Uncertain(max(0.0, self.value - reach), self.value, self.value + reach)


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


def retention(
    period: Iterable[Flow], until_end: Iterable[Flow], measure: Callable[[Flow], float]
) -> Retention:
    """Measures of a period, and the stocks at its end from everything that moved until then."""
    sums = {name: _Sum() for name in FLOWS_OF_MEASURE}
    for flow in period:
        for name, (sources, targets) in FLOWS_OF_MEASURE.items():
            if flow.from_place in sources and flow.to_place in targets:
                sums[name].add(flow, measure)
    amounts = {name: total.interval() for name, total in sums.items()}
    amounts |= _stocks(until_end, measure)
    return Retention(amounts, retention_rate(sums["retained"], [sums[name] for name in LEFT_UNRETAINED]))


def _stocks(flows: Iterable[Flow], measure: Callable[[Flow], float]) -> dict[str, Uncertain]:
    """What stands in each place: arrivals less departures, for the value and for both kinds of error."""
    values: dict[Place, float] = defaultdict(float)
    shared: dict[tuple[Place, int], float] = defaultdict(float)
    own: dict[Place, float] = defaultdict(float)
    for flow in flows:
        amount = measure(flow)
        scale = amount / flow.grams if flow.grams else 0.0
        for place, sign in ((Place(flow.to_place), 1), (Place(flow.from_place), -1)):
            values[place] += sign * amount
            shared[place, flow.product_id] += sign * flow.shared_sd_grams * scale
            own[place] += sign * flow.own_variance * scale**2
    stocks = {}
    for name, place in STOCKS.items():
        factor = sum(sd**2 for (where, _), sd in shared.items() if where == place)
        reach = Z_80 * math.sqrt(max(0.0, own[place]) + factor)
        stocks[name] = Uncertain(max(0.0, values[place] - reach), values[place], values[place] + reach)
    return stocks


def retention_rate(retained: _Sum, left: list[_Sum]) -> Rate | None:
    """The rate and its interval by the delta method; None when nothing ended in the period.

    An error shared within a product moves what was retained and what left together, so it partly cancels.
    """
    gone = sum(total.value for total in left)
    ended = retained.value + gone
    if ended <= 0:
        return None
    products = set(retained.shared_of_product).union(*(total.shared_of_product for total in left))
    shared = sum(
        (
            gone * retained.shared_of_product.get(product, 0.0)
            - retained.value * sum(total.shared_of_product.get(product, 0.0) for total in left)
        )
        ** 2
        for product in products
    )
    own = gone**2 * retained.own_variance + retained.value**2 * sum(total.own_variance for total in left)
    reach = Z_80 * math.sqrt(shared + own) / ended**2
    central = retained.value / ended
    return Rate(max(0.0, central - reach), central, min(1.0, central + reach))
