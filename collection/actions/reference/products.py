"""Product types, what yards call them, and how much magnet a unit holds."""

import datetime as dt
from pathlib import Path
from typing import Any

from collection.actions.reference.changes import BATCH, TableChange, Version, sync_rows, sync_versions
from collection.actions.reference.tables import ShippedRow, read_table
from collection.models import ProductCoefficient, ProductSynonym, ProductType
from collection.rules.waste_codes import read_ewc_code

PRODUCT_FILES = ("product_types.csv", "product_synonyms.csv")

_COEFFICIENT_NUMBERS = {
    "magnet_kg_low": "magnet_kg_low",
    "magnet_kg_central": "magnet_kg_central",
    "magnet_kg_high": "magnet_kg_high",
    "prevalence_central": "prevalence_central",
}
_COEFFICIENT_TEXTS = ("grade_code", "basis", "confidence", "source", "source_url", "year", "notes")


def load_products(folder: Path, at: dt.datetime) -> list[TableChange]:
    """Product types and synonyms as shipped; coefficients by version. Products added here stay."""
    types: dict[str, dict[str, Any]] = {}
    coefficients: dict[str, dict[str, Any]] = {}
    for row in read_table(folder, "product_types.csv"):
        code = row.text("code")
        types[code] = {
            "name": row.text("name"),
            "sector": row.text("source_sector"),
            "unit_basis": row.text("unit_basis"),
            "magnet_family": row.text("magnet_family"),
            "typical_form": row.text("typical_form"),
            "accessibility": row.optional_whole("accessibility") or 3,
            "service_life_years": row.optional_whole("service_life_years") or 0,
            "is_defence_controlled": row.is_yes("is_defence_controlled"),
            "holds_battery": row.is_yes("holds_battery"),
            "ewc_code": _six_digits(row),
            "preferred_route": row.text("preferred_route"),
            "is_current": True,
        }
        coefficients[code] = {field: row.money(column) for field, column in _COEFFICIENT_NUMBERS.items()}
        coefficients[code] |= {field: row.text(field) for field in _COEFFICIENT_TEXTS}
    products = sync_rows(ProductType, "code", types, table="product types")
    ids = dict(ProductType.objects.values_list("code", "pk"))
    return [products, _load_coefficients(coefficients, ids, at), _load_synonyms(folder, ids)]


def _six_digits(row: ShippedRow) -> str:
    """The suggested List of Waste code as the register keeps it: digits only, the star looked up."""
    code = row.text("suggested_low_code")
    return read_ewc_code(code) if code else ""


def _load_coefficients(
    wanted: dict[str, dict[str, Any]], product_ids: dict[str, int], at: dt.datetime
) -> TableChange:
    latest: dict[str, Version] = {}
    rows = ProductCoefficient.objects.order_by("product_id", "version").values_list(
        "product__code", "pk", "version", "checksum", "is_current"
    )
    for code, pk, number, checksum, is_current in rows:
        if code in wanted:
            latest[code] = Version(pk, number, checksum, is_current)

    def build(code: str, number: int, checksum: str, values: dict[str, Any]) -> ProductCoefficient:
        return ProductCoefficient(
            product_id=product_ids[code], version=number, checksum=checksum, from_at=at, **values
        )

    return sync_versions(latest, wanted, model=ProductCoefficient, build=build, table="product coefficients")


def _load_synonyms(folder: Path, product_ids: dict[str, int]) -> TableChange:
    """Add the shipped words. Words people added since stay; so do words no longer shipped."""
    wanted = set()
    for row in read_table(folder, "product_synonyms.csv"):
        code = row.text("product_code")
        if code not in product_ids:
            raise row.refusal("product_code", f"there is no product type “{code}”")
        wanted.add((product_ids[code], row.text("term")))
    known = set(ProductSynonym.objects.values_list("product_id", "term"))
    new = [ProductSynonym(product_id=product_id, term=term) for product_id, term in sorted(wanted - known)]
    ProductSynonym.objects.bulk_create(new, batch_size=BATCH)
    return TableChange("product synonyms", len(wanted), len(new))
