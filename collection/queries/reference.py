"""Reading the reference tables: facts of a product, the point of a postcode, products by what people call
them.

Reference data belongs to nobody, so these queries take no viewer. What is read whole is kept in the process
until the tables change: every call asks the database for a stamp of its tables and rebuilds when the stamp
moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max

from collection.models import Outcode, ProductCoefficient, ProductSynonym, ProductType, Region
from collection.queries.catalogue import current_catalogue
from collection.queries.kept import Stamp, kept_until_changed
from collection.rules.answers import Problem, RefusedAnswerError
from collection.rules.geodesy import great_circle_metres
from collection.rules.plausibility import ProductFacts
from collection.rules.postcode import (
    Postcode,
    outcode_candidates,
    parse_postcode,
    postcode_without_place,
    unknown_postcode,
)
from collection.rules.product_search import ProductMatch, ProductSearch, SearchableProduct

__all__ = [
    "PostcodePoint",
    "current_catalogue",
    "facts_of_products",
    "find_products",
    "locate_postcode",
    "product_facts",
    "product_search",
]


def product_facts(product: ProductType) -> ProductFacts:
    """What the checks of a new lot need to know of a product, from its coefficient in force."""
    return facts_of_products([product])[product.pk]


def facts_of_products(products: Sequence[ProductType]) -> dict[int, ProductFacts]:
    """The same of many products, by primary key; one query."""
    in_force = ProductCoefficient.objects.filter(product__in=products, is_current=True)
    coefficients = {coefficient.product_id: coefficient for coefficient in in_force}
    return {product.pk: _facts_from(product, coefficients.get(product.pk)) for product in products}


def _facts_from(product: ProductType, coefficient: ProductCoefficient | None) -> ProductFacts:
    if coefficient is None:
        return _facts(product, 0.0, 0.0, 0.0, 1.0)
    return _facts(
        product,
        float(coefficient.magnet_kg_low),
        float(coefficient.magnet_kg_central),
        float(coefficient.magnet_kg_high),
        float(coefficient.prevalence_central),
    )


def _facts(product: ProductType, low: float, central: float, high: float, prevalence: float) -> ProductFacts:
    return ProductFacts(
        code=product.code,
        name=product.name,
        sector=product.sector,
        unit_basis=product.unit_basis,
        magnet_family=product.magnet_family,
        magnet_kg_low=low,
        magnet_kg_central=central,
        magnet_kg_high=high,
        prevalence=prevalence,
        is_defence_controlled=product.is_defence_controlled,
        is_current=product.is_current,
    )


@dataclass(frozen=True, slots=True)
class PostcodePoint:
    """Where a postcode is, about: the point of its first half, and how many km off an address may be."""

    postcode: Postcode
    outcode: str
    lat: float
    lon: float
    precision_km: float
    place: str
    nation: str
    region: Region

    def __str__(self) -> str:
        return f"{self.outcode}, {self.place} (about: within {self.precision_km:.0f} km)"


def locate_postcode(text: str, *, field: str = "postcode") -> PostcodePoint:
    """The point of a postcode people typed. Raises RefusedAnswerError with the sentence to show."""
    postcode = parse_postcode(text, field=field)
    candidates = outcode_candidates(postcode)
    found = {row.code: row for row in Outcode.objects.filter(code__in=candidates).select_related("region")}
    row = next((found[code] for code in candidates if code in found), None)
    if row is None:
        raise RefusedAnswerError(unknown_postcode(postcode, field=field))
    if row.kind == "non_geographic":
        raise RefusedAnswerError(postcode_without_place(postcode, field=field))
    if row.region is None:
        raise RefusedAnswerError(_outside_the_kingdom(postcode, row.nation, field))
    return PostcodePoint(
        postcode=postcode,
        outcode=row.code,
        lat=row.lat,
        lon=row.lon,
        precision_km=row.precision_km,
        place=row.place,
        nation=row.nation,
        region=row.region,
    )


def outcodes_near(lat: float, lon: float, *, degrees: float = 0.6) -> list[Outcode]:
    """Postcode districts with a place around a point, the nearest first."""
    found = Outcode.objects.filter(
        lat__range=(lat - degrees, lat + degrees),
        lon__range=(lon - 2 * degrees, lon + 2 * degrees),
        region__isnull=False,
    ).select_related("region")
    rows = list(found.order_by("code"))
    metres = great_circle_metres(lat, lon, [row.lat for row in rows], [row.lon for row in rows])
    return [row for _, row in sorted(zip(metres.tolist(), rows, strict=True), key=lambda pair: pair[0])]


def _outside_the_kingdom(postcode: Postcode, nation: str, field: str) -> Problem:
    return Problem(
        field,
        "outside_uk",
        f"{postcode} is in {nation}, outside the United Kingdom:",
        "give the UK postcode where the lot will be handed over.",
    )


def _search_stamp() -> Stamp:
    products = ProductType.objects.order_by("pk").values_list("pk", "name", "sector", "is_current")
    synonyms = ProductSynonym.objects.aggregate(Max("pk"), Count("pk"))
    return (*products, *synonyms.values())


@kept_until_changed(_search_stamp)
def product_search() -> ProductSearch:
    """The search over every current product's name and synonyms."""
    terms: dict[int, list[str]] = {}
    for product_id, term in ProductSynonym.objects.order_by("term").values_list("product_id", "term"):
        terms.setdefault(product_id, []).append(term)
    products = ProductType.objects.filter(is_current=True).order_by("name")
    return ProductSearch(
        SearchableProduct(
            code=product.code,
            name=product.name,
            sector=product.sector,
            synonyms=tuple(terms.get(product.pk, ())),
        )
        for product in products
    )


def find_products(text: str, *, sectors: Sequence[str] = (), limit: int = 10) -> list[ProductMatch]:
    """Products by what people call them, best first; those of `sectors` before the others."""
    return product_search().find(text, sectors=sectors, limit=limit)
