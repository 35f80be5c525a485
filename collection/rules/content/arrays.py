"""Many lots at once: the arithmetic of the estimate on arrays, with nothing per row in Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from collection.rules.content.catalogue import Catalogue
from collection.rules.content.coefficients import PER_ITEM, PER_TONNE, Product
from collection.rules.content.composition import COLUMNS, Composition
from collection.rules.content.inputs import CheckedLot
from collection.rules.split_normal import Z_TENTH, Floats, Moments, combined, log_down, log_up, symmetric
from collection.rules.spread import Spread

Ints = npt.NDArray[np.int64]
NO_YEAR = 0
CLASSES = "ABCDE"
STRETCH = 8192


@dataclass(frozen=True)
class ProductArrays:
    """The products of a catalogue as columns; a lot refers to its product by position."""

    codes: tuple[str, ...]
    grams_per_unit: Floats
    down: Floats
    up: Floats
    prevalence: Floats
    is_counted: npt.NDArray[np.bool_]
    gross_limit_grams: Floats
    grade: Ints
    grade_codes: tuple[str, ...]

    @classmethod
    def of(cls, catalogue: Catalogue) -> ProductArrays:
        """The columns of a catalogue, made once."""
        return _product_arrays(catalogue)

    @classmethod
    def build(cls, catalogue: Catalogue) -> ProductArrays:
        products = list(catalogue.products.values())
        grade_codes = tuple(catalogue.grades)
        position = {code: index for index, code in enumerate(grade_codes)}
        low, central, high = np.array(
            [[p.magnet_kg.low, p.magnet_kg.central, p.magnet_kg.high] for p in products]
        ).T
        prevalence = np.array([p.prevalence for p in products])
        presence = np.array([_prevalence_error(p, catalogue) for p in products]).T
        down, up = combined((log_down(low, central), log_up(central, high)), (presence[0], presence[1]))
        return cls(
            codes=tuple(p.code for p in products),
            grams_per_unit=1000 * prevalence * central,
            down=down,
            up=up,
            prevalence=prevalence,
            is_counted=np.array([p.unit_basis == PER_ITEM for p in products]),
            gross_limit_grams=np.array([1e6 if p.unit_basis == PER_TONNE else np.inf for p in products]),
            grade=np.array([position[p.grade_code] for p in products]),
            grade_codes=grade_codes,
        )

    @cached_property
    def position(self) -> dict[str, int]:
        return {code: index for index, code in enumerate(self.codes)}

    def factor(self, index: int) -> Spread:
        """The shared factor of a product relative to its centre: 80 % interval around 1."""
        if self.grams_per_unit[index] <= 0:
            return Spread.exact(0.0)
        return Spread(float(np.exp(-self.down[index])), 1.0, float(np.exp(self.up[index])))


@lru_cache(maxsize=8)
def _product_arrays(catalogue: Catalogue) -> ProductArrays:
    return ProductArrays.build(catalogue)


def _prevalence_error(product: Product, catalogue: Catalogue) -> tuple[float, float]:
    """Log distances of the prevalence's own range, from its log-odds uncertainty; none where every item has
    one."""
    share = product.prevalence
    if share >= 1:
        return 0.0, 0.0
    sds = catalogue.assumptions.prevalence_logit_sd
    reach = Z_TENTH * sds.get(product.confidence, max(sds.values()))
    odds = share / (1 - share)
    low, high = odds / np.exp(reach), odds * np.exp(reach)
    return float(np.log(share / (low / (1 + low)))), float(np.log(high / (1 + high) / share))


@dataclass(frozen=True)
class LotArrays:
    """Lots as columns. ``units`` is in coefficient units (items, MW, tonnes); ``weighed_grams`` is NaN where
    the magnets were not weighed; ``build_year`` is 0 where unknown; ``evidence`` indexes the classes A to
    E."""

    product: Ints
    units: Floats
    build_year: Ints
    evidence: Ints
    weighed_grams: Floats
    composition: Ints | None = None
    compositions: tuple[Composition, ...] = ()

    def __len__(self) -> int:
        return len(self.product)


def lot_arrays(products: ProductArrays, lots: Sequence[CheckedLot]) -> LotArrays:
    """Checked lots as columns."""
    return LotArrays(
        product=np.array([products.position[lot.product.code] for lot in lots], dtype=np.int64),
        units=np.array([lot.units for lot in lots], dtype=float),
        build_year=np.array([lot.build_year or NO_YEAR for lot in lots], dtype=np.int64),
        evidence=np.array([CLASSES.index(lot.evidence_class) for lot in lots], dtype=np.int64),
        weighed_grams=np.array(
            [np.nan if lot.weighed_grams is None else lot.weighed_grams for lot in lots], dtype=float
        ),
    )


@dataclass(frozen=True)
class ContentArrays:
    """Estimates as columns, in grams. Element arrays have one column for each name in ``COLUMNS``."""

    products: ProductArrays
    product: Ints
    low: Floats
    central: Floats
    high: Floats
    shared_low: Floats
    shared_high: Floats
    own_variance: Floats
    composition: Ints
    compositions: tuple[Composition, ...]
    element_low: Floats
    element_central: Floats
    element_high: Floats

    def __len__(self) -> int:
        return len(self.product)

    @property
    def shared_sd(self) -> Floats:
        return (self.shared_high - self.shared_low) / (2 * Z_TENTH)

    def magnet(self, row: int) -> Spread:
        return Spread(float(self.low[row]), float(self.central[row]), float(self.high[row]))

    def elements(self, row: int) -> dict[str, Spread]:
        return {
            name: Spread(
                float(self.element_low[row, column]),
                float(self.element_central[row, column]),
                float(self.element_high[row, column]),
            )
            for column, name in enumerate(COLUMNS)
        }


def estimate_many(
    catalogue: Catalogue, lots: LotArrays, products: ProductArrays | None = None
) -> ContentArrays:
    """Estimates of many lots. ``products`` may be passed to use one set of columns over several calls."""
    products = products or ProductArrays.of(catalogue)
    of = lots.product
    is_weighed = ~np.isnan(lots.weighed_grams)
    central = np.where(is_weighed, lots.weighed_grams, lots.units * products.grams_per_unit[of])
    shared = (np.where(is_weighed, 0.0, products.down[of]), np.where(is_weighed, 0.0, products.up[of]))
    own = _own_error(catalogue, products, lots, is_weighed)
    mass = Moments.of(*shared) + Moments.of(*symmetric(Z_TENTH * own))
    down, up = mass.distances()
    ceiling = np.where(is_weighed, np.inf, products.gross_limit_grams[of]) * np.maximum(lots.units, 1e-9)
    which, compositions = _compositions(catalogue, products, lots)
    element_low, element_central, element_high = _elements(central, mass, which, compositions)
    return ContentArrays(
        products=products,
        product=of,
        low=central * np.exp(-down),
        central=central,
        high=np.minimum(central * np.exp(up), np.maximum(ceiling, central)),
        shared_low=central * np.exp(-shared[0]),
        shared_high=np.minimum(central * np.exp(shared[1]), np.maximum(ceiling, central)),
        own_variance=np.square(own * central),
        composition=which,
        compositions=compositions,
        element_low=element_low,
        element_central=element_central,
        element_high=element_high,
    )


def _elements(
    central: Floats, mass: Moments, which: Ints, compositions: tuple[Composition, ...]
) -> tuple[Floats, Floats, Floats]:
    """Low, central and high of every column: the magnet mass times the alloy, a stretch of rows at a time so
    that the working arrays stay in the processor's cache."""
    fraction, error = _fraction_arrays(compositions)
    low, centre, high = (np.empty((len(central), len(COLUMNS))) for _ in range(3))
    for start in range(0, len(central), STRETCH):
        rows = slice(start, start + STRETCH)
        alloy = which[rows]
        down, up = (mass[rows, None] + error[alloy]).distances()
        centre[rows] = central[rows, None] * fraction[alloy]
        low[rows] = centre[rows] * np.exp(-down)
        high[rows] = centre[rows] * np.exp(up)
    return low, centre, high


def _own_error(
    catalogue: Catalogue, products: ProductArrays, lots: LotArrays, is_weighed: npt.NDArray[np.bool_]
) -> Floats:
    """Standard deviation of a lot's own error as a share of its centre: counting or weighing, and for counted
    items how many of them hold a magnet and how much single items differ, which both average out over the
    count."""
    assumed = catalogue.assumptions
    by_class = np.array([assumed.own_error_by_class[letter] for letter in CLASSES])
    measuring = np.square(by_class[lots.evidence])
    share = products.prevalence[lots.product]
    per_item = np.square(assumed.item_variation) + (1 - share) / share
    with np.errstate(divide="ignore", invalid="ignore"):
        sampling = np.where(products.is_counted[lots.product] & ~is_weighed, per_item / lots.units, 0.0)
    return np.sqrt(measuring + sampling)


def _compositions(
    catalogue: Catalogue, products: ProductArrays, lots: LotArrays
) -> tuple[Ints, tuple[Composition, ...]]:
    """Which alloy each lot is reckoned with: one per grade and build year, or the one given with the lot."""
    width = 10_000
    keys = products.grade[lots.product] * width + lots.build_year
    if lots.composition is not None:
        keys = np.where(lots.composition >= 0, -1 - lots.composition, keys)
    unique, which = np.unique(keys, return_inverse=True)
    return which.reshape(-1), tuple(
        lots.compositions[-1 - key]
        if key < 0
        else catalogue.composition(products.grade_codes[key // width], int(key % width) or None)
        for key in unique.tolist()
    )


def _fraction_arrays(compositions: tuple[Composition, ...]) -> tuple[Floats, Moments]:
    """Central mass fractions of each alloy and the moments of their errors, one column a name."""
    figures = np.array(
        [
            [[each.fractions[c].low, each.fractions[c].central, each.fractions[c].high] for c in COLUMNS]
            for each in compositions
        ]
    ).reshape(-1, len(COLUMNS), 3)
    low, central, high = figures[..., 0], figures[..., 1], figures[..., 2]
    return central, Moments.of(log_down(low, central), log_up(central, high))
