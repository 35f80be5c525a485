"""Learning from evidence: how far off each coefficient was, and what it should become.

A product's observations are estimates with the truth that replaced them. Their ratios are pooled only partly:
few observations move a coefficient little, because one yard's lots speak mostly for that yard. A refit starts
from the published figure every time, with every observation brought to it, so that learning twice from the
same lots changes nothing.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from collection.rules.content.catalogue import Catalogue
from collection.rules.content.coefficients import PER_TONNE, Product
from collection.rules.split_normal import Z_TENTH
from collection.rules.spread import Spread

PRIOR_LOTS = 5.0
"""The catalogue's figure counts as this many lots: one new lot moves it a sixth of the way, five move it
half."""

NOMINAL_COVERAGE = 0.8
LEAST_TO_JUDGE = 5
"""With fewer truths nothing is said about coverage: one lot outside is no finding."""

LEAST_PRIOR_ERROR = 0.02
MOST_KG_PER_TONNE = 1000.0


@dataclass(frozen=True, slots=True)
class Observation:
    """An estimate and the truth that replaced it, in grams; the estimate must be above zero."""

    product_code: str
    low: float
    central: float
    high: float
    truth: float

    @property
    def log_ratio(self) -> float:
        return math.log(self.truth / self.central)

    @property
    def is_usable(self) -> bool:
        return self.truth > 0 and self.central > 0

    @property
    def is_inside(self) -> bool:
        return self.low <= self.truth <= self.high

    def scaled(self, factor: float) -> Observation:
        """The same lot estimated by a coefficient that many times as large; the truth stays."""
        return replace(self, low=self.low * factor, central=self.central * factor, high=self.high * factor)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of truths inside the stated interval, with a 95 % interval of that share (Wilson's).

    ``below`` counts truths under the low end; the rest outside lie above the high end.
    """

    inside: int
    count: int
    below: int = 0

    @property
    def above(self) -> int:
        return self.count - self.inside - self.below

    @property
    def share(self) -> float | None:
        return self.inside / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.inside, self.count)

    @property
    def is_honest(self) -> bool:
        """Whether the nominal 80 % is still believable."""
        low, high = self.interval
        return low <= NOMINAL_COVERAGE <= high

    @property
    def verdict(self) -> str:
        """The finding in two or three words."""
        if self.count < LEAST_TO_JUDGE:
            return "Too few to say"
        return "Believable" if self.is_honest else "Not believable"

    @property
    def sentence(self) -> str:
        """The finding in words, with what it rests on."""
        if not self.count:
            return "No truth has been compared with an estimate yet."
        low, high = (f"{round(100 * end)} %" for end in self.interval)
        found = (
            f"{self.inside:,} of {self.count:,} truths ({self.inside / self.count:.0%}) lay inside the stated "
            f"80 % interval; {self.below:,} below it and {self.above:,} above. "
            f"On so many, the true share is between {low} and {high}"
        )
        if self.is_honest:
            return f"{found}, so 80 % is believable."
        word = "too narrow" if self.interval[1] < NOMINAL_COVERAGE else "wider than they need be"
        return f"{found}: the intervals are {word}."


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How one product's coefficient did. ``bias`` is the typical truth over estimate, less one; ``spread``
    the standard deviation of that ratio's logarithm."""

    product_code: str
    count: int
    bias: float
    spread: float | None
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Proposal:
    """A coefficient refitted to evidence, for a person to review. ``weight`` is how much the evidence
    counted."""

    product_code: str
    count: int
    weight: float
    bias: float
    current: Spread
    proposed: Spread

    @property
    def finding(self) -> str:
        """How far off the published figure was, and how much that counts."""
        lots = "1 lot was" if self.count == 1 else f"{self.count} lots were"
        they = "it counts" if self.count == 1 else "they count"
        return f"{lots} {self.bias:+.0%} off; {they} for {self.weight:.0%}."

    @property
    def sentence(self) -> str:
        return (
            f"{self.finding} "
            f"From {self.current.central:g} kg ({self.current.low:g} to {self.current.high:g}) "
            f"to {self.proposed.central:.4g} kg ({self.proposed.low:.4g} to {self.proposed.high:.4g})."
        )


def accuracies(observations: Iterable[Observation]) -> dict[str, Accuracy]:
    """Bias, spread and coverage by product."""
    return {code: _accuracy(code, group) for code, group in _by_product(observations).items()}


def coverage(observations: Iterable[Observation]) -> Coverage:
    """Coverage over all observations given."""
    known = list(observations)
    return Coverage(
        inside=sum(each.is_inside for each in known),
        count=len(known),
        below=sum(each.truth < each.low for each in known),
    )


def wilson(inside: int, count: int) -> tuple[float, float]:
    """A 95 % interval for a share; (0, 1) when nothing was seen."""
    if count == 0:
        return 0.0, 1.0
    z = 1.959963984540054
    share = inside / count
    centre = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    reach = z / (1 + z**2 / count) * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return max(0.0, centre - reach), min(1.0, centre + reach)


def propose(catalogue: Catalogue, observations: Iterable[Observation]) -> list[Proposal]:
    """Refitted coefficients for every product with evidence, most observed first.

    The catalogue holds the published figures; the observations are as those would have estimated.
    """
    groups = {
        code: group
        for code, group in _by_product(observations).items()
        if code in catalogue.products and catalogue.products[code].magnet_kg.central > 0
    }
    stretch = _pooled_stretch(catalogue, groups)
    proposals = [_proposal(catalogue.products[code], group, stretch) for code, group in groups.items()]
    return sorted(proposals, key=lambda each: (-each.count, each.product_code))


def _by_product(observations: Iterable[Observation]) -> dict[str, list[Observation]]:
    groups: dict[str, list[Observation]] = defaultdict(list)
    for observation in observations:
        if observation.is_usable:
            groups[observation.product_code].append(observation)
    return groups


def _accuracy(code: str, group: Sequence[Observation]) -> Accuracy:
    ratios = [observation.log_ratio for observation in group]
    return Accuracy(
        product_code=code,
        count=len(group),
        bias=math.exp(statistics.fmean(ratios)) - 1,
        spread=statistics.stdev(ratios) if len(ratios) > 1 else None,
        coverage=coverage(group),
    )


def _pooled_stretch(catalogue: Catalogue, groups: Mapping[str, Sequence[Observation]]) -> float:
    """How much larger lots vary than the published ranges say, as a ratio of variances over every product
    with two or more lots; 1 while there are none."""
    ratios, freedom = 0.0, 0
    for code, group in groups.items():
        if len(group) > 1:
            seen = statistics.variance([each.log_ratio for each in group])
            ratios += seen / _stated_variance(catalogue.products[code]) * (len(group) - 1)
            freedom += len(group) - 1
    return ratios / freedom if freedom else 1.0


def _stated_variance(product: Product) -> float:
    """Variance of the logarithm that the published range stands for."""
    return max(_log_width(product.magnet_kg) / (2 * Z_TENTH), LEAST_PRIOR_ERROR) ** 2


def _proposal(product: Product, group: Sequence[Observation], stretch: float) -> Proposal:
    current, count = product.magnet_kg, len(group)
    mean = statistics.fmean([each.log_ratio for each in group])
    weight = count / (count + PRIOR_LOTS)
    prior = _stated_variance(product)
    lots = _lot_variance(group, prior * stretch)
    variance = (1 - weight) * prior + weight * lots * (1 + 1 / count)
    central = current.central * math.exp(weight * mean)
    return Proposal(
        product_code=product.code,
        count=count,
        weight=weight,
        bias=math.exp(mean) - 1,
        current=current,
        proposed=_within(
            MOST_KG_PER_TONNE if product.unit_basis == PER_TONNE else math.inf,
            _rescaled(current, central, math.sqrt(variance / prior)),
        ),
    )


def _within(most: float, spread: Spread) -> Spread:
    return spread.map(lambda kilograms: min(kilograms, most))


def _lot_variance(group: Sequence[Observation], usual: float) -> float:
    """This product's lot-to-lot variance, drawn towards what is usual for it where it has few lots."""
    if len(group) < 2:
        return usual
    own = statistics.variance([each.log_ratio for each in group])
    freedom = len(group) - 1
    return (freedom * own + PRIOR_LOTS * usual) / (freedom + PRIOR_LOTS)


def _log_width(spread: Spread) -> float:
    return math.log(spread.high / max(spread.low, spread.central / 5))


def _rescaled(current: Spread, central: float, scale: float) -> Spread:
    """The current range moved to a new centre, its log distances stretched or shrunk alike. A low of zero
    stays."""
    low = central * (current.low / current.central) ** scale if current.low > 0 else 0.0
    return Spread(low, central, central * (current.high / current.central) ** scale)
