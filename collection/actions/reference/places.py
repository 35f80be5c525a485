"""Real places where magnets arise: permanent-magnet wind farms and Scottish metal recyclers."""

import datetime as dt
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from collection.actions.reference.changes import TableChange, sync_rows
from collection.actions.reference.geography import region_ids
from collection.actions.reference.tables import ShippedRow, read_table
from collection.models import ProductType, Source, SourceKind, TurbineModel

PLACE_FILES = ("uk_wind_farms.csv", "uk_wind_farm_models.csv", "turbine_models.csv", "uk_scrap_sites.csv")
WIND_REGISTER = "Renewable Energy Planning Database; turbine model from Wikipedia's lists of wind farms"
SCRAP_REGISTER = "SEPA waste sites and capacity tool, 2019"

# A company's own name may be shown; a person's may not, and some operators are people trading under their
# name.
_COMPANY_ENDINGS = (" LTD", " LIMITED", " PLC", " LLP", " COUNCIL")


def load_places(folder: Path, at: dt.datetime) -> list[TableChange]:
    regions = region_ids()
    return [
        sync_rows(Source, "code", _wind_sources(folder, regions), table="wind farm sources"),
        sync_rows(Source, "code", _scrapyard_sources(folder, regions), table="scrapyard sources"),
    ]


def _wind_sources(folder: Path, regions: dict[str, int]) -> dict[str, dict[str, Any]]:
    """One source for each turbine model with generator magnets at each farm (Walney 3 has two)."""
    farms = {row.text("repd_ref"): row for row in read_table(folder, "uk_wind_farms.csv")}
    turbines = {model.code: model for model in TurbineModel.objects.filter(has_magnets=True)}
    products = ProductType.objects.in_bulk()
    links = sorted(read_table(folder, "uk_wind_farm_models.csv"), key=lambda link: link.text("repd_ref"))
    sources: dict[str, dict[str, Any]] = {}
    for repd_ref, at_farm in groupby(links, key=lambda link: link.text("repd_ref")):
        for link in at_farm:
            model = turbines.get(link.text("model_id"))
            if model is None:
                continue
            farm = farms[repd_ref]
            code = f"repd:{repd_ref}:{model.code}"
            sources[code] = _wind_source(farm, link, model, products[model.product_id or 0], regions)
    return sources


def _wind_source(
    farm: ShippedRow, link: ShippedRow, model: TurbineModel, product: ProductType, regions: dict[str, int]
) -> dict[str, Any]:
    commissioned = farm.optional_day("operational_date")
    return {
        "kind": SourceKind.WIND,
        "name": farm.text("name"),
        "product_id": product.pk,
        "capacity_mw": _capacity_mw(farm, link, model),
        "unit_count": link.optional_whole("turbines") or farm.optional_whole("turbines"),
        "commissioned_on": commissioned,
        "expected_decommissioning_year": commissioned.year + product.service_life_years
        if commissioned
        else None,
        "status": farm.text("status_latest"),
        "lat": farm.optional_number("lat"),
        "lon": farm.optional_number("lon"),
        "nation": farm.text("country"),
        "region_id": regions.get(farm.text("itl1_code") or farm.text("nearest_itl1_code")),
        "register": WIND_REGISTER,
        "data": {
            "repd_ref": farm.text("repd_ref"),
            "setting": farm.text("kind"),
            "turbine_model": model.code,
            "turbine_model_name": str(model),
            "match_confidence": link.text("match_confidence"),
            "flags": farm.text("flags"),
        },
    }


def _capacity_mw(farm: ShippedRow, link: ShippedRow, model: TurbineModel) -> Decimal | None:
    """The nameplate of the farm's magnet machines: the register's figure where they are all of the farm's
    turbines,
    otherwise turbines times rating, never above the register's figure."""
    registered, count = farm.optional_money("capacity_mw"), link.optional_whole("turbines")
    if count is None or count == farm.optional_whole("turbines"):
        return registered
    by_rating = count * model.rated_mw
    return by_rating if registered is None else min(by_rating, registered)


def _scrapyard_sources(folder: Path, regions: dict[str, int]) -> dict[str, dict[str, Any]]:
    return {
        f"sepa:{row.text('permit')}": _scrapyard_source(row, regions)
        for row in read_table(folder, "uk_scrap_sites.csv")
        if row.text("kind") == "metal_recycler"
    }


def _scrapyard_source(row: ShippedRow, regions: dict[str, int]) -> dict[str, Any]:
    operator = row.text("operator")
    is_company = operator.upper().removesuffix(".").endswith(_COMPANY_ENDINGS)
    return {
        "kind": SourceKind.SCRAPYARD,
        "name": row.text("name"),
        "status": row.text("status"),
        "lat": row.optional_number("lat"),
        "lon": row.optional_number("lon"),
        "nation": row.text("nation"),
        "region_id": regions.get(row.text("itl1_code")),
        "register": SCRAP_REGISTER,
        "data": {
            "permit": row.text("permit"),
            "company": operator if is_company else "",
            "local_authority": row.text("local_authority"),
            "handles_vehicles": row.is_yes("handles_vehicles"),
            "year": row.optional_whole("year"),
            "tonnes_in": row.optional_number("tonnes_in"),
            "tonnes_out": row.optional_number("tonnes_out"),
        },
    }
