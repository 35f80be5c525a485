"""Where things are: regions, outcodes, ports and the plants of the national loop."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np

from collection.actions.reference.changes import TableChange, sync_rows
from collection.actions.reference.tables import ShippedRow, read_features, read_table
from collection.models import Facility, Outcode, Port, Region
from collection.rules import geodesy

GEOGRAPHY_FILES = ("uk_regions.geojson", "outcodes.csv", "uk_ports.csv", "uk_facilities.csv")

# Where GeoNames places say too little about an outcode's extent: a town's is about 3 km across, a rural
# one's 15.
TOWN_KM, RURAL_KM, LEAST_KM = 3.0, 15.0, 0.5
TOWN_NEIGHBOUR_METRES = 5_000


def load_geography(folder: Path, at: dt.datetime) -> list[TableChange]:
    return [_load_regions(folder), _load_outcodes(folder), _load_ports(folder), _load_facilities(folder)]


def _load_regions(folder: Path) -> TableChange:
    """ITL1 regions numbered by their code: TLC is 1, TLN is 12. The numbers are in the ledger: never
    renumber.
    """
    features = {feature["itl1_code"]: feature for feature in read_features(folder, "uk_regions.geojson")}
    rows = {
        number: {"itl1_code": code, "name": features[code]["name"], "nation": features[code]["nation"]}
        for number, code in enumerate(sorted(features), start=1)
    }
    return sync_rows(Region, "id", rows, table="regions")


def region_ids() -> dict[str, int]:
    return dict(Region.objects.values_list("itl1_code", "pk"))


def _load_outcodes(folder: Path) -> TableChange:
    table = list(read_table(folder, "outcodes.csv"))
    regions = region_ids()
    rows: dict[str, dict[str, Any]] = {}
    for row, precision_km in zip(table, _precision_km(table), strict=True):
        rows[row.text("outcode")] = {
            "lat": row.number("lat"),
            "lon": row.number("lon"),
            "place": row.text("place"),
            "nation": row.text("nation"),
            "region_id": regions.get(row.text("itl1_code")),
            "precision_km": precision_km,
            "kind": row.text("kind"),
        }
    return sync_rows(Outcode, "code", rows, table="outcodes")


def _precision_km(table: list[ShippedRow]) -> list[float]:
    """How far off an address may be: the spread of the outcode's places, or by how near the next
    outcode is.
    """
    neighbour = geodesy.neighbour_metres(
        [row.number("lat") for row in table], [row.number("lon") for row in table]
    )
    by_neighbour = np.where(neighbour < TOWN_NEIGHBOUR_METRES, TOWN_KM, RURAL_KM)
    spreads = [row.optional_number("spread_km") for row in table]
    return [
        float(fallback) if spread is None else max(spread, LEAST_KM)
        for spread, fallback in zip(spreads, by_neighbour, strict=True)
    ]


def _load_ports(folder: Path) -> TableChange:
    rows: dict[str, dict[str, Any]] = {}
    for row in read_table(folder, "uk_ports.csv"):
        rows[_port_code(row)] = {
            "name": row.text("name"),
            "nation": row.text("nation"),
            "lat": row.number("lat"),
            "lon": row.number("lon"),
            "is_container": row.is_yes("container"),
            "is_bulk_scrap": row.is_yes("bulk_scrap"),
            "is_listed": row.is_yes("role_listed"),
            "role_confidence": row.text("role_confidence"),
        }
    return sync_rows(Port, "code", rows, table="ports")


def _port_code(row: ShippedRow) -> str:
    """The UN/LOCODE, or where none is certain a code of our own that cannot be mistaken for one."""
    if locode := row.text("locode"):
        return locode
    return "x-" + "".join(c for c in row.text("name").lower() if c.isalnum())[:10]


def _load_facilities(folder: Path) -> TableChange:
    """The facility register; who runs a plant here, its permit and opening hours are people's to set."""
    rows: dict[str, dict[str, Any]] = {}
    for row in read_table(folder, "uk_facilities.csv"):
        rows[row.text("facility_code")] = {
            "name": row.text("name"),
            "operator_name": row.text("operator"),
            "town": row.text("town"),
            "nation": row.text("nation"),
            "lat": row.number("lat"),
            "lon": row.number("lon"),
            "accepts_lots": row.is_yes("accepts_collected_lots"),
            "route_code": row.text("route_code"),
            "capacity_t_per_year": row.money("feed_capacity_t_per_year_now"),
            "planned_capacity_t_per_year": row.money("feed_capacity_t_per_year_planned"),
            "status": row.text("status"),
            "status_as_of": row.optional_day("status_as_of"),
            "source": row.text("source"),
        }
    return sync_rows(Facility, "code", rows, table="facilities")
