"""Checks of a new lot against its product: do the unit, the weight, the year and the source fit it."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from collection.rules.answers import Problem, error, warning
from collection.rules.content.coefficients import holds_rare_earths
from collection.rules.mass_input import format_mass
from collection.rules.new_lot import UNITS_OF_BASIS, NewLot, Unit
from collection.rules.plausibility import (
    ProductFacts,
    is_samarium_cobalt,
    item_gross_kg,
)

FIRST_YEAR_OF_FAMILY = {"NdFeB": 1984, "SmCo5": 1967, "Sm2Co17": 1974}
LIKELY_EMPTY_BELOW = 0.1
_SECTORS_OF_SOURCE = {
    "vehicle": {"automotive", "light_electric_vehicle", "rail", "scrap_fraction"},
    "weee": {"weee", "light_electric_vehicle", "hvac", "scrap_fraction", "industrial"},
    "wind": {"wind", "scrap_fraction"},
    "medical": {"medical", "scrap_fraction"},
    "industrial": {"industrial", "hvac", "rail", "aerospace", "weee", "scrap_fraction"},
    "defence": {"defence", "aerospace", "scrap_fraction", "industrial", "weee"},
}
_UNIT_WORDS = {
    Unit.ITEMS: "the number of items",
    Unit.MEGAWATTS: "the nameplate power in MW",
    Unit.KG_GROSS: "the gross weight in kg",
    Unit.KG_MAGNETS: "the weight of the freed magnets in kg",
}


def _check_catalogue(new_lot: NewLot, product: ProductFacts) -> Iterator[Problem]:
    if not product.is_current:
        yield error(
            "product_code",
            "product_withdrawn",
            f"{product.name} is no longer in the catalogue.",
            "Search again and choose what replaced it.",
        )
    if product.is_defence_controlled and new_lot.source_kind != "defence":
        yield error(
            "source_kind",
            "defence_only",
            f"{product.name} is defence material.",
            "Choose “defence” as the kind of source, so that its hold points and need-to-know rules apply.",
        )
    usual = _SECTORS_OF_SOURCE.get(new_lot.source_kind)
    if usual is not None and product.sector not in usual and not product.is_defence_controlled:
        yield warning(
            "product_code",
            "unusual_for_source",
            f"{product.name} is unusual for this kind of source.",
            "Check the kind of source and the product.",
        )


def _check_unit_fits(new_lot: NewLot, product: ProductFacts) -> Iterator[Problem]:
    allowed = UNITS_OF_BASIS.get(product.unit_basis, tuple(Unit))
    if new_lot.unit in tuple(Unit) and new_lot.unit not in allowed:
        yield error(
            "unit",
            "unit_does_not_fit",
            f"{product.name} is not counted in {_UNIT_WORDS[Unit(new_lot.unit)]}.",
            f"Give {' or '.join(_UNIT_WORDS[unit] for unit in allowed)}.{_by_weight_hint(new_lot, allowed)}",
        )


def _by_weight_hint(new_lot: NewLot, allowed: tuple[Unit, ...]) -> str:
    if new_lot.unit != Unit.KG_GROSS or Unit.ITEMS not in allowed:
        return ""
    return " For a load known only by weight, search for it “by weight” or as mixed scrap."


def _check_contents(new_lot: NewLot, product: ProductFacts) -> Iterator[Problem]:
    """Say before logging what is likely to be empty or to hold no rare earths."""
    if product.magnet_kg_high <= 0:
        yield warning(
            "product_code",
            "holds_no_magnets",
            f"{product.name} holds no permanent magnets.",
            "Check the nameplate; log it only for the record.",
        )
    elif not holds_rare_earths(product.magnet_family):
        yield warning(
            "product_code",
            "no_rare_earths",
            f"{product.name}: {product.magnet_family} magnets hold no rare earths.",
            "It can be logged for the record, but no plant will fetch it for its magnets.",
        )
    elif product.prevalence <= LIKELY_EMPTY_BELOW:
        yield warning(
            "product_code",
            "likely_empty",
            f"Only about {product.prevalence:.0%} of {product.name} hold such magnets.",
            "Test a few with a gauss meter before logging the lot.",
        )
    elif product.magnet_kg_low <= 0:
        yield warning(
            "product_code",
            "may_be_empty",
            f"{product.name} may hold no magnets at all.",
            "Look inside one, or give the weight of the freed magnets.",
        )
    if is_samarium_cobalt(product.magnet_family):
        yield warning(
            "product_code",
            "keep_apart",
            "Samarium-cobalt magnets never join neodymium magnets.",
            "Keep this lot in its own marked container.",
        )


def _check_era(new_lot: NewLot, product: ProductFacts) -> Iterator[Problem]:
    first = FIRST_YEAR_OF_FAMILY.get(product.magnet_family)
    if first is not None and new_lot.build_year is not None and new_lot.build_year < first:
        yield warning(
            "build_year",
            "before_the_magnet",
            f"{product.magnet_family} magnets were not made before {first}.",
            "Check the build year and the product.",
        )


def _check_item_weight(new_lot: NewLot, product: ProductFacts) -> Iterator[Problem]:
    """Weigh each item against what such an item can weigh: the 3 t hard drive stops here."""
    net, quantity = new_lot.net_grams, new_lot.quantity
    if net is None or net <= 0 or not quantity.is_finite() or quantity <= 0:
        return
    if new_lot.unit == Unit.KG_MAGNETS and quantity * 1000 > net:
        yield error(
            "quantity",
            "magnets_above_net",
            f"{quantity:,f} kg of magnets is more than the net weight ({format_mass(net)}).",
            "Check both weights and their units.",
        )
    yield from check_item_weight(net, quantity, new_lot.unit, product)


def check_item_weight(
    net_grams: int, quantity: Decimal, unit: str, product: ProductFacts
) -> Iterator[Problem]:
    """Whether so many items can weigh so much, for what is counted in items; both more than 0."""
    if unit != Unit.ITEMS or product.unit_basis != "per_item":
        return
    lightest, heaviest = item_gross_kg(product)
    each_kg = net_grams / 1000 / float(quantity)
    if lightest <= each_kg <= heaviest:
        return
    what = "more" if each_kg > heaviest else "less"
    yield error(
        "gross",
        "absurd_item_weight",
        f"{format_mass(net_grams)} for {quantity.normalize():,f} is {_each(each_kg)} each; "
        f"one {product.name} weighs {_each(lightest)} to {_each(heaviest)}.",
        f"Check the count and the unit (kg or t): the weight is {what} than such items can have.",
    )


def _each(kg: float) -> str:
    return format_mass(round(kg * 1000)) if kg < 1000 else f"{kg:,.0f} kg"


def _check_gross_quantity(new_lot: NewLot, product: ProductFacts) -> Iterator[Problem]:
    """A gross weight given as the quantity must agree with the scale reading."""
    if new_lot.unit != Unit.KG_GROSS or not new_lot.quantity.is_finite() or new_lot.quantity <= 0:
        return
    net = new_lot.net_grams
    if net is not None and net > 0 and abs(int(new_lot.quantity * 1000) - net) > net // 20:
        yield error(
            "gross",
            "weights_disagree",
            f"The quantity ({new_lot.quantity:,f} kg) and the net weight ({format_mass(net)}) "
            "differ by more than 5 %.",
            "Give the same weight in both, or leave gross and tare empty.",
        )


PRODUCT_CHECKS: tuple[Callable[[NewLot, ProductFacts], Iterator[Problem]], ...] = (
    _check_catalogue,
    _check_unit_fits,
    _check_contents,
    _check_era,
    _check_item_weight,
    _check_gross_quantity,
)
