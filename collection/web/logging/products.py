"""Products as the pages of a new lot need them: searched, picked again, counted in their units."""

from collection.models import ProductType, Unit
from collection.queries.reference import find_products, product_facts
from collection.rules.new_lot import UNITS_OF_BASIS
from collection.rules.plausibility import ProductFacts
from collection.web.kit.lookup import Match


def find_product(words: str) -> list[Match]:
    """Current products by what people call them, best first."""
    return [Match(found.code, found.name, _also(found.matched, found.name)) for found in find_products(words)]


def resolve_product(code: str) -> Match | None:
    product = ProductType.objects.filter(code=code, is_current=True).first()
    return Match(product.code, product.name) if product else None


def facts_of(code: str) -> ProductFacts | None:
    """What the checks need to know of a current product; None for a code nobody knows."""
    product = ProductType.objects.filter(code=code, is_current=True).first()
    return product_facts(product) if product else None


def units_for(product: ProductFacts | None) -> list[tuple[str, str]]:
    """The units a product can be counted in, the usual one first, as choices."""
    allowed = UNITS_OF_BASIS.get(product.unit_basis, tuple(Unit)) if product else tuple(Unit)
    return [(unit.value, Unit(unit.value).label) for unit in allowed]


def _also(matched: str, name: str) -> str:
    return f"Also called: {matched}" if matched.casefold() != name.casefold() else ""
