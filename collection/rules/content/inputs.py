"""What is known of a lot, checked, and brought to the units the coefficients are in."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from decimal import Decimal

from collection.rules.content.catalogue import Catalogue, ContentInputError
from collection.rules.content.coefficients import PER_ITEM, PER_MW, PER_TONNE, Product
from collection.rules.content.composition import Composition

EVIDENCE_CLASSES = {
    "A": "weighed and assayed",
    "B": "magnets weighed and XRF-typed",
    "C": "counted × catalogue factor",
    "D": "from gross weight",
    "E": "told by a third party",
}

EVIDENCE_WORDS = {
    "assay": "A",
    "assayed": "A",
    "laboratory": "A",
    "certificate": "A",
    "weighed": "B",
    "xrf": "B",
    "counted": "C",
    "count": "C",
    "gross": "D",
    "gross_weight": "D",
    "told": "E",
    "third_party": "E",
}

FREED_MAGNETS = "freed_magnets"

UNIT_WORDS: dict[str, tuple[str, Decimal]] = {
    "item": (PER_ITEM, Decimal(1)),
    "items": (PER_ITEM, Decimal(1)),
    "each": (PER_ITEM, Decimal(1)),
    "per_item": (PER_ITEM, Decimal(1)),
    "mw": (PER_MW, Decimal(1)),
    "per_mw": (PER_MW, Decimal(1)),
    "kw": (PER_MW, Decimal("0.001")),
    "tonne": (PER_TONNE, Decimal(1)),
    "tonnes": (PER_TONNE, Decimal(1)),
    "t": (PER_TONNE, Decimal(1)),
    "per_tonne_of_item": (PER_TONNE, Decimal(1)),
    "kg": (PER_TONNE, Decimal("0.001")),
    "kg_gross": (PER_TONNE, Decimal("0.001")),
    "kg_magnet": (FREED_MAGNETS, Decimal(1)),
    "kg_magnets": (FREED_MAGNETS, Decimal(1)),
}

UNIT_HELP = {
    PER_ITEM: "a number of items (unit “item”)",
    PER_MW: "nameplate megawatts (unit “MW”, or “kW”)",
    PER_TONNE: "a gross weight (unit “kg” or “tonne”)",
}

EARLIEST_BUILD_YEAR = 1900
LATEST_BUILD_YEAR = 2100
LARGEST_QUANTITY = 1e9


@dataclass(frozen=True, kw_only=True)
class LotInput:
    """One lot as somebody described it.

    ``quantity`` is in ``unit``: items, MW, kg or tonnes gross, or ``kg_magnet`` for magnets already freed.
    ``unit=None`` means the unit of the product's coefficient. ``magnet_grams_weighed`` is the weight of the
    freed magnets of the whole lot. ``composition`` replaces the catalogue's alloy with a measured one.
    """

    product_code: str
    quantity: float
    unit: str | None = None
    build_year: int | None = None
    evidence: str | None = None
    magnet_grams_weighed: float | None = None
    grade_code: str | None = None
    composition: Composition | None = None


@dataclass(frozen=True, slots=True)
class CheckedLot:
    """A lot after its checks: ``units`` counts coefficient units, ``weighed_grams`` replaces them when
    known. Magnets logged by their own weight count no units."""

    product: Product
    units: float
    weighed_grams: float | None
    build_year: int | None
    evidence_class: str
    warnings: tuple[str, ...]


def check(catalogue: Catalogue, lot: LotInput) -> CheckedLot:
    """The lot in coefficient units. Raises ContentInputError naming the field and the way out."""
    product = catalogue.product(lot.product_code)
    quantity = _quantity(lot.quantity)
    basis, factor = _unit(product, lot.unit)
    if basis == PER_ITEM and quantity != int(quantity):
        raise ContentInputError(
            "quantity", f"Count whole items: {quantity:g} is not a whole number. For a weight, give a unit."
        )
    weighed = _weighed(lot.magnet_grams_weighed)
    if basis == FREED_MAGNETS:
        weighed = weighed if weighed is not None else quantity * 1000
    evidence, warnings = _evidence(lot, basis, weighed is not None)
    year = _build_year(lot.build_year)
    units = 0.0 if basis == FREED_MAGNETS else float(Decimal(str(quantity)) * factor)
    return CheckedLot(product, units, weighed, year, evidence, warnings)


def evidence_class(text: str) -> str:
    """The letter A to E of a letter or a word such as “weighed”. Raises ContentInputError."""
    word = text.strip()
    letter = word.upper() if word.upper() in EVIDENCE_CLASSES else EVIDENCE_WORDS.get(word.lower())
    if letter is None:
        meanings = "; ".join(f"{key} {meaning}" for key, meaning in EVIDENCE_CLASSES.items())
        raise ContentInputError("evidence", f"“{word}” is not an evidence class. Use {meanings}.")
    return letter


def _quantity(value: float) -> float:
    if not math.isfinite(value) or value <= 0:
        raise ContentInputError("quantity", f"The quantity must be a number above 0, not {value:g}.")
    if value > LARGEST_QUANTITY:
        raise ContentInputError(
            "quantity", f"A quantity of {value:g} is beyond any lot: check the number and its unit."
        )
    return value


def _unit(product: Product, text: str | None) -> tuple[str, Decimal]:
    if text is None or not text.strip():
        return product.unit_basis, Decimal(1)
    word = text.strip().lower().replace(" ", "_")
    if word not in UNIT_WORDS:
        near = difflib.get_close_matches(word, UNIT_WORDS, n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        raise ContentInputError(
            "unit", f"“{text.strip()}” is not a unit. Use item, MW, kW, kg, tonne or kg_magnet.{hint}"
        )
    basis, factor = UNIT_WORDS[word]
    if basis not in (FREED_MAGNETS, product.unit_basis):
        raise ContentInputError(
            "unit",
            f"{product.code} is estimated from {UNIT_HELP[product.unit_basis]}, not from “{text.strip()}”. "
            "For magnets already taken out, give their weight with the unit “kg_magnet”.",
        )
    return basis, factor


def _weighed(grams: float | None) -> float | None:
    if grams is None:
        return None
    if not math.isfinite(grams) or grams < 0:
        raise ContentInputError(
            "magnet_kg_weighed", "The weight of the freed magnets must be 0 or more; leave it out if unknown."
        )
    return grams


def _build_year(year: int | None) -> int | None:
    if year is not None and not EARLIEST_BUILD_YEAR <= year <= LATEST_BUILD_YEAR:
        raise ContentInputError(
            "build_year", f"The build year {year} is not a year such as 2014; leave it out if unknown."
        )
    return year


def _evidence(lot: LotInput, basis: str, is_weighed: bool) -> tuple[str, tuple[str, ...]]:
    unweighed = "D" if basis == PER_TONNE else "C"
    if lot.evidence is None or not lot.evidence.strip():
        if not is_weighed:
            return unweighed, ()
        return ("A" if lot.composition is not None and lot.composition.evidence_class == "A" else "B"), ()
    asked = evidence_class(lot.evidence)
    if asked in "AB" and not is_weighed:
        return unweighed, (
            f"Evidence class {asked} ({EVIDENCE_CLASSES[asked]}) needs the weight of the freed magnets. "
            f"None was given, so the estimate stays at class {unweighed}.",
        )
    return asked, ()
