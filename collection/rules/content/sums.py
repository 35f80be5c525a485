"""The interval of a sum of lots.

A product's factor is wrong the same way for every lot of that product, so within a product type its error
adds linearly and does not shrink with count. Alloy errors are shared by grade in the same way. What is a
lot's own, counting and weighing, adds in quadrature. Between products and grades the errors are independent.

The sum of skewed ranges has no closed form, so it is drawn: each shared unknown gets one fixed, evenly spread
and shuffled set of normal scores, the same every time, and the sum's 10th and 90th percentiles are read off.
The centre is the sum of the centres, so that columns add up. Where many unlike skewed products meet, the
expected total lies above that centre; it is reported beside it, and the interval is widened to hold both
views if need be.
"""

from __future__ import annotations

import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from collection.rules.content.arrays import ContentArrays
from collection.rules.content.composition import COLUMNS, Composition
from collection.rules.content.estimate import ContentEstimate
from collection.rules.split_normal import Z_TENTH, Floats
from collection.rules.spread import Spread, quantile

DRAWS = 4096
NO_ERROR = Spread.exact(1.0)


@dataclass(frozen=True, slots=True)
class SumPart:
    """The lots of one product and one alloy, added up.

    ``estimated_grams`` scale with the product's shared ``factor`` (relative to 1); ``weighed_grams`` do not.
    """

    product_code: str
    composition: Composition | None
    factor: Spread
    estimated_grams: float
    weighed_grams: float
    own_variance: float

    @property
    def central_grams(self) -> float:
        return self.estimated_grams + self.weighed_grams


@dataclass(frozen=True)
class ContentSum:
    """Totals in grams with 80 % intervals. ``expected_magnet_grams`` is the mean, above the centre when
    skewed."""

    lots: int
    magnet: Spread
    expected_magnet_grams: float
    columns: dict[str, Spread] = field(default_factory=dict)

    def __getitem__(self, column: str) -> Spread:
        return self.columns[column]


@dataclass(frozen=True, slots=True)
class LedgerMass:
    """What the custody ledger keeps of one lot or of any sum of lots of one product.

    ``composition`` is the alloy of its grade and build year, where elements are wanted too.
    """

    product_code: str
    grams: int
    shared_sd_grams: float
    own_variance: float
    composition: Composition | None = None


def sum_estimates(estimates: Sequence[ContentEstimate]) -> ContentSum:
    """The total of some estimates, magnets and every element."""
    if len(estimates) == 1:
        only = estimates[0]
        columns = only.elements | {"total_ree": only.total_ree, "NdPr": only.ndpr}
        return ContentSum(1, only.magnet, _expected([_part_of(only)]), columns)
    return replace(_total(_merged(map(_part_of, estimates))), lots=len(estimates))


def sum_many(arrays: ContentArrays, rows: Floats | None = None) -> ContentSum:
    """The total of estimates in columns, or of the rows of a boolean mask."""
    chosen = np.arange(len(arrays)) if rows is None else np.flatnonzero(rows)
    width = len(arrays.compositions)
    keys, where = np.unique(arrays.product[chosen] * width + arrays.composition[chosen], return_inverse=True)
    central = arrays.central[chosen]
    is_weighed = (arrays.shared_low[chosen] == central) & (arrays.shared_high[chosen] == central)
    estimated = np.bincount(where, np.where(is_weighed, 0.0, central), len(keys))
    weighed = np.bincount(where, np.where(is_weighed, central, 0.0), len(keys))
    variance = np.bincount(where, arrays.own_variance[chosen], len(keys))
    parts = [
        SumPart(
            product_code=arrays.products.codes[key // width],
            composition=arrays.compositions[key % width],
            factor=arrays.products.factor(key // width),
            estimated_grams=float(estimated[index]),
            weighed_grams=float(weighed[index]),
            own_variance=float(variance[index]),
        )
        for index, key in enumerate(keys.tolist())
    ]
    return replace(_total(parts), lots=len(chosen))


def sum_ledger(rows: Iterable[LedgerMass]) -> ContentSum:
    """The total of ledger rows, from what the ledger keeps: centre, shared error and own variance.

    The shared error of a product is read as a lognormal factor with the same 80 % width. Elements are given
    when every row names its alloy.
    """
    by_product: dict[str, list[LedgerMass]] = defaultdict(list)
    for row in rows:
        if row.grams > 0:
            by_product[row.product_code].append(row)
    parts = [part for group in by_product.values() for part in _ledger_parts(group)]
    total = _total(_merged(parts))
    return replace(total, lots=sum(len(group) for group in by_product.values()))


def _ledger_parts(group: Sequence[LedgerMass]) -> list[SumPart]:
    """Rows of one product: their shared errors add up linearly to the error of one common factor."""
    grams = sum(row.grams for row in group)
    factor = _lognormal_factor(Z_TENTH * math.fsum(row.shared_sd_grams for row in group), grams)
    return [
        SumPart(row.product_code, row.composition, factor, float(row.grams), 0.0, row.own_variance)
        for row in group
    ]


def _lognormal_factor(half_width: float, centre: float) -> Spread:
    reach = math.exp(math.asinh(half_width / centre))
    return Spread(1 / reach, 1.0, reach)


def _part_of(estimate: ContentEstimate) -> SumPart:
    centre, shared = estimate.magnet.central, estimate.shared
    is_scaled = centre > 0 and shared.high > shared.low
    return SumPart(
        product_code=estimate.product.code,
        composition=estimate.composition,
        factor=Spread(shared.low / centre, 1.0, shared.high / centre) if is_scaled else NO_ERROR,
        estimated_grams=centre if is_scaled else 0.0,
        weighed_grams=0.0 if is_scaled else centre,
        own_variance=estimate.own_variance,
    )


def _merged(parts: Iterable[SumPart]) -> list[SumPart]:
    groups: dict[tuple[str, Composition | None, Spread], list[SumPart]] = defaultdict(list)
    for part in parts:
        groups[(part.product_code, part.composition, part.factor)].append(part)
    return [
        SumPart(
            *key,
            estimated_grams=math.fsum(p.estimated_grams for p in group),
            weighed_grams=math.fsum(p.weighed_grams for p in group),
            own_variance=math.fsum(p.own_variance for p in group),
        )
        for key, group in groups.items()
    ]


def _total(parts: Sequence[SumPart]) -> ContentSum:
    magnet = np.zeros(DRAWS)
    drawn = {column: np.zeros(DRAWS) for column in COLUMNS}
    centre = dict.fromkeys(COLUMNS, 0.0)
    in_order = sorted(parts, key=lambda part: (part.product_code, part.estimated_grams, part.weighed_grams))
    for number, part in enumerate(in_order):
        mass = _mass(part, number)
        magnet += mass
        if part.composition is not None:
            for column, fraction in _alloy(part.composition).items():
                drawn[column] += mass * fraction
                centre[column] += part.central_grams * part.composition.fractions[column].central
    total = math.fsum(part.central_grams for part in parts)
    has_alloys = all(part.composition is not None for part in parts)
    columns = {column: _interval(drawn[column], centre[column]) for column in COLUMNS} if has_alloys else {}
    return ContentSum(len(parts), _interval(magnet, total), float(magnet.mean()), columns)


def _expected(parts: Sequence[SumPart]) -> float:
    return float(sum(_mass(part, number).mean() for number, part in enumerate(parts)))


def _mass(part: SumPart, number: int) -> Floats:
    factor = quantile(part.factor, _scores(f"factor {part.product_code}"))
    own = math.sqrt(part.own_variance) * _scores(f"own {number} {part.product_code}")
    return np.maximum(0.0, part.estimated_grams * factor + part.weighed_grams + own)


def _alloy(composition: Composition) -> dict[str, Floats]:
    """Draws of every column of a composition, the four unknowns keyed by whose error they are."""
    key = composition.error_key
    total = quantile(composition.total_ree, _scores(f"total {key}"))
    dysprosium = quantile(composition.dysprosium, _scores(f"Dy {key}"))
    terbium = quantile(composition.terbium, _scores(f"Tb {key}"))
    share = quantile(composition.praseodymium_share, _scores(f"Pr {key}"))
    # A samarium alloy is its total: both are one number, so they must not be drawn apart.
    samarium = total if composition.samarium.central > 0 else np.zeros(DRAWS)
    has_light = composition.ndpr.central > 0
    light = np.maximum(0.0, total - dysprosium - terbium) if has_light else np.zeros(DRAWS)
    share = np.minimum(share, 1.0)
    figures = (light * (1 - share), light * share, dysprosium, terbium, samarium, total, light)
    return dict(zip(COLUMNS, figures, strict=True))


def _interval(drawn: Floats, centre: float) -> Spread:
    low, high = np.quantile(drawn, [0.1, 0.9])
    return Spread(min(max(0.0, float(low)), centre), centre, max(float(high), centre))


@lru_cache(maxsize=4096)
def _scores(key: str) -> Floats:
    """Normal scores at evenly spaced probabilities, in an order that depends on the key alone."""
    order = np.random.default_rng(zlib.crc32(key.encode())).permutation(DRAWS)
    scores = _even_scores()[order]
    scores.setflags(write=False)
    return scores


@lru_cache(maxsize=1)
def _even_scores() -> Floats:
    normal = NormalDist()
    return np.array([normal.inv_cdf((step + 0.5) / DRAWS) for step in range(DRAWS)])
