"""The estimate of one lot: a value with its interval, and everything needed to judge it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from collection.rules.content.arrays import (
    ContentArrays,
    LotArrays,
    ProductArrays,
    estimate_many,
    lot_arrays,
)
from collection.rules.content.catalogue import Catalogue
from collection.rules.content.coefficients import RARE_EARTHS, Product, holds_rare_earths
from collection.rules.content.composition import Composition
from collection.rules.content.explanation import Explanation, Reckoning, explain
from collection.rules.content.inputs import CheckedLot, LotInput, check
from collection.rules.spread import INTERVAL_STATEMENT, Spread, WholeGrams


@dataclass(frozen=True)
class ContentEstimate:
    """What is in a lot, in grams, with 80 % intervals.

    ``magnet`` and ``elements`` keep full precision; ``magnet_grams`` and ``element_grams`` are whole; what a
    ledger takes is in ``counted``. ``shared_sd_grams`` is the error shared with every other lot of this product
    type: it adds up linearly. ``own_variance`` (grams squared) is this lot's own: it adds up in quadrature.
    """

    product: Product
    lot: LotInput
    units: float
    build_year: int | None
    magnet: Spread
    elements: dict[str, Spread]
    total_ree: Spread
    ndpr: Spread
    shared: Spread
    own_variance: float
    composition: Composition
    evidence_class: str
    method: str
    grade_code: str
    magnet_family: str
    coefficient_version: str
    source: str
    warnings: tuple[str, ...]
    explanation: Explanation
    interval: str = INTERVAL_STATEMENT

    @property
    def magnet_grams(self) -> WholeGrams:
        return WholeGrams.of(self.magnet)

    @property
    def element_grams(self) -> dict[str, WholeGrams]:
        return {element: WholeGrams.of(spread) for element, spread in self.elements.items()}

    @property
    def composition_ppm(self) -> dict[str, int]:
        """Central parts per million by mass of each rare earth in the magnets."""
        return {element: self.composition.parts_per_million(element) for element in RARE_EARTHS}

    @property
    def counted(self) -> ContentEstimate:
        """As a ledger of rare-earth magnets takes it: nothing where the magnets hold no rare earths."""
        if holds_rare_earths(self.magnet_family):
            return self
        nothing = Spread.exact(0.0)
        return replace(self, magnet=nothing, shared=nothing, own_variance=0.0)

    @property
    def shared_sd_grams(self) -> int:
        return round(self.shared.equivalent_sd)

    @property
    def is_weighed(self) -> bool:
        return self.method.startswith("weighed")


def estimate(catalogue: Catalogue, lot: LotInput) -> ContentEstimate:
    """The estimate of one lot. Raises ContentInputError naming the field and the way out."""
    checked = check(catalogue, lot)
    composition = _composition_given(catalogue, lot, checked)
    products = ProductArrays.of(catalogue)
    arrays = estimate_many(catalogue, _one_row(products, checked, composition), products)
    return _from_arrays(catalogue, lot, checked, arrays)


def _composition_given(catalogue: Catalogue, lot: LotInput, checked: CheckedLot) -> Composition | None:
    if lot.composition is not None or lot.grade_code is None:
        return lot.composition
    return catalogue.composition(lot.grade_code, checked.build_year)


def _one_row(products: ProductArrays, checked: CheckedLot, composition: Composition | None) -> LotArrays:
    row = lot_arrays(products, [checked])
    if composition is None:
        return row
    return replace(row, composition=np.array([0]), compositions=(composition,))


def _from_arrays(
    catalogue: Catalogue, lot: LotInput, checked: CheckedLot, arrays: ContentArrays
) -> ContentEstimate:
    product, composition = checked.product, arrays.compositions[0]
    magnet = _with_exact_centre(arrays.magnet(0), checked)
    elements = arrays.elements(0)
    shared = Spread(
        min(float(arrays.shared_low[0]), magnet.central),
        magnet.central,
        max(float(arrays.shared_high[0]), magnet.central),
    )
    warnings = (*checked.warnings, *_warnings(checked))
    own_variance = float(arrays.own_variance[0])
    if product.is_of_one_lot:
        shared, own_variance = Spread.exact(magnet.central), own_variance + shared.equivalent_sd**2
    figures = Reckoning(composition, magnet, elements, shared, own_variance)
    grade = catalogue.grade(lot.grade_code or product.grade_code)
    version = f"{product.version}+{composition.version}"
    return ContentEstimate(
        product=product,
        lot=lot,
        units=checked.units,
        build_year=checked.build_year,
        magnet=magnet,
        elements={element: elements[element] for element in RARE_EARTHS},
        total_ree=elements["total_ree"],
        ndpr=elements["NdPr"],
        shared=shared,
        own_variance=own_variance,
        composition=composition,
        evidence_class=checked.evidence_class,
        method=_method(checked),
        grade_code=grade.code,
        magnet_family=grade.magnet_family,
        coefficient_version=version,
        source=product.source,
        warnings=warnings,
        explanation=explain(catalogue, checked, figures),
    )


def _with_exact_centre(magnet: Spread, checked: CheckedLot) -> Spread:
    """The centre as decimal arithmetic gives it: quantity × prevalence × kg per unit, with no binary
    residue."""
    if checked.weighed_grams is not None:
        return magnet
    product = checked.product
    exact = (
        Decimal(str(checked.units))
        * Decimal(str(product.prevalence))
        * Decimal(str(product.magnet_kg.central))
    )
    central = float(exact * 1000)
    return Spread(min(magnet.low, central), central, max(magnet.high, central))


def _method(checked: CheckedLot) -> str:
    if checked.weighed_grams is not None:
        return "weighed freed magnets × grade composition"
    return "quantity × prevalence × magnet kg per unit × grade composition"


def _warnings(checked: CheckedLot) -> tuple[str, ...]:
    product = checked.product
    notes = []
    if product.magnet_kg.central == 0:
        notes.append(f"{product.name} holds no magnet by design: {product.notes}")
    if product.prevalence < 0.5 and checked.weighed_grams is None:
        notes.append(
            f"Only about {product.prevalence:.0%} of such items hold this magnet: test before counting on it."
        )
    return tuple(notes)
