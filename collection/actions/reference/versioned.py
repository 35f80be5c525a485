"""Tables kept whole, row by row and version by version: grades, prices, routes, plants, rates, targets."""

import datetime as dt
from pathlib import Path
from typing import Any

from collection.actions.reference.changes import TableChange, Version, sync_versions
from collection.actions.reference.tables import read_table
from collection.models import VersionedRow
from collection.rules.content.tables import TableError

# Table (the file's name without its ending) → the columns that name a row.
KEYS: dict[str, tuple[str, ...]] = {
    "product_types": ("code",),
    "magnet_grades": ("grade_code",),
    "element_prices": ("element", "product", "specification", "market", "as_of"),
    "process_routes": ("route_code",),
    "uk_facilities": ("facility_code",),
    "exchange_rates": ("as_of",),
    "policy_targets": ("code",),
}


def versioned_files(folder: Path) -> tuple[str, ...]:
    return tuple(f"{table}.csv" for table in KEYS if (folder / f"{table}.csv").exists())


def load_versioned(folder: Path, at: dt.datetime) -> list[TableChange]:
    """Every table of `KEYS`: a changed row is a new version, a dropped row is kept but no longer current.
    Rows that people entered stay."""
    latest: dict[str, dict[str, Version]] = {table: {} for table in KEYS}
    entered: set[tuple[str, str]] = set()
    rows = VersionedRow.objects.order_by("version").values_list(
        "table", "code", "pk", "version", "checksum", "is_current", "is_entered"
    )
    for table, code, pk, number, checksum, is_current, is_entered in rows:
        latest.setdefault(table, {})[code] = Version(pk, number, checksum, is_current)
        (entered.add if is_entered else entered.discard)((table, code))
    return [_load(folder, file.removesuffix(".csv"), latest, entered, at) for file in versioned_files(folder)]


def _load(
    folder: Path,
    table: str,
    latest: dict[str, dict[str, Version]],
    entered: set[tuple[str, str]],
    at: dt.datetime,
) -> TableChange:
    wanted: dict[str, dict[str, Any]] = {}
    for row in read_table(folder, f"{table}.csv"):
        code = "|".join(row.text(column) for column in KEYS[table])
        if code in wanted:
            raise TableError(f"{table}.csv, row {row.line}: “{code}” is in the file twice.")
        wanted[code] = dict(row.cells)

    def build(code: str, number: int, checksum: str, values: dict[str, Any]) -> VersionedRow:
        return VersionedRow(
            table=table, code=code, version=number, checksum=checksum, data=values, from_at=at
        )

    # What people entered is not in the file and stays.
    known = {
        code: version
        for code, version in latest[table].items()
        if code in wanted or (table, code) not in entered
    }
    return sync_versions(known, wanted, model=VersionedRow, build=build, table=f"{table}.csv")
