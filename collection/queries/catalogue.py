"""The catalogue as it stands in the database: what estimates, values and route advice are made from."""

from dataclasses import replace

from django.db.models import Count, Max

from collection.models import ProductCoefficient, ProductSynonym, VersionedRow
from collection.queries.kept import Stamp, kept_until_changed
from collection.rules.content import Catalogue, Spread
from collection.rules.content.coefficients import Product
from collection.rules.content.tables import (
    Row,
    exchange_rate_from,
    facility_from,
    grade_from,
    price_from,
    route_from,
)

_TABLES = (
    "magnet_grades",
    "element_prices",
    "process_routes",
    "uk_facilities",
    "exchange_rates",
    "product_types",
)


def _catalogue_stamp() -> Stamp:
    coefficients = ProductCoefficient.objects.filter(is_current=True).aggregate(Max("pk"), Count("pk"))
    rows = VersionedRow.objects.filter(is_current=True).aggregate(Max("pk"), Count("pk"))
    synonyms = ProductSynonym.objects.aggregate(Max("pk"), Count("pk"))
    return (*coefficients.values(), *rows.values(), *synonyms.values())


@kept_until_changed(_catalogue_stamp)
def current_catalogue() -> Catalogue:
    """The catalogue of the rows in force. Raises ValueError before the reference tables were loaded."""
    tables: dict[str, list[VersionedRow]] = {table: [] for table in _TABLES}
    for stored in VersionedRow.objects.filter(is_current=True, table__in=_TABLES).order_by("pk"):
        tables[stored.table].append(stored)
    rates = [exchange_rate_from(_row(stored)) for stored in tables["exchange_rates"]]
    if not rates:
        raise ValueError("The reference tables are not loaded: run manage.py load_reference.")
    return Catalogue.of(
        products=_products({stored.code: stored.data for stored in tables["product_types"]}),
        grades=[grade_from(_row(stored), _version(stored)) for stored in tables["magnet_grades"]],
        prices=[price_from(_row(stored)) for stored in tables["element_prices"]],
        routes=[route_from(_row(stored)) for stored in tables["process_routes"]],
        facilities=[facility_from(_row(stored)) for stored in tables["uk_facilities"]],
        exchange_rate=max(rates, key=lambda rate: rate.as_of),
    )


def coefficient_versions(product_code: str) -> list[ProductCoefficient]:
    """Every version of a product's coefficient, the newest first."""
    return list(ProductCoefficient.objects.filter(product__code=product_code).order_by("-version"))


def product_of_version(coefficient: ProductCoefficient) -> Product:
    """The product as a version of its coefficient has it, whichever version is in force now."""
    current = current_catalogue().products.get(coefficient.product.code)
    stood = _product(coefficient, current.synonyms if current else (), {})
    if current is None:
        return stood
    return replace(stood, typical_grade=current.typical_grade, typical_coating=current.typical_coating)


def _row(stored: VersionedRow) -> Row:
    return Row(f"{stored.table} {stored.code}", stored.version, stored.data)


def _version(stored: VersionedRow) -> str:
    return f"{stored.code} v{stored.version}"


def _products(published: dict[str, dict[str, str]]) -> list[Product]:
    """Every current product with its coefficient in force; `published` adds the columns no coefficient
    needs.
    """
    synonyms: dict[int, list[str]] = {}
    for product_id, term in ProductSynonym.objects.order_by("term").values_list("product_id", "term"):
        synonyms.setdefault(product_id, []).append(term)
    coefficients = ProductCoefficient.objects.filter(is_current=True, product__is_current=True)
    return [
        _product(coefficient, tuple(synonyms.get(coefficient.product_id, ())), published)
        for coefficient in coefficients.select_related("product").order_by("product__name")
    ]


def _product(
    coefficient: ProductCoefficient, synonyms: tuple[str, ...], published: dict[str, dict[str, str]]
) -> Product:
    product = coefficient.product
    extra = published.get(product.code, {})
    return Product(
        code=product.code,
        name=product.name,
        unit_basis=product.unit_basis,
        magnet_family=product.magnet_family,
        grade_code=coefficient.grade_code,
        magnet_kg=Spread(
            float(coefficient.magnet_kg_low),
            float(coefficient.magnet_kg_central),
            float(coefficient.magnet_kg_high),
        ),
        prevalence=float(coefficient.prevalence_central),
        version=f"{product.code} v{coefficient.version}",
        source=coefficient.source,
        source_sector=product.sector,
        source_url=coefficient.source_url,
        year=int(coefficient.year) if coefficient.year else None,
        basis=coefficient.basis,
        confidence=coefficient.confidence,
        notes=coefficient.notes,
        typical_grade=extra.get("typical_grade", ""),
        typical_coating=extra.get("typical_coating", ""),
        typical_form=product.typical_form,
        service_life_years=float(product.service_life_years),
        accessibility=product.accessibility,
        is_defence_controlled=product.is_defence_controlled,
        ewc_code=product.ewc_code,
        preferred_route=product.preferred_route,
        synonyms=synonyms,
    )
