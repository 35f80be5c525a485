"""Writing what differs and nothing else: rows compared as sets, written in bulk, counted for the report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from collection.actions.reference.tables import checksum_of_values

BATCH = 500


@dataclass(frozen=True, slots=True)
class TableChange:
    """What a loading did to one table. `gone` counts rows no longer in the file (kept, no longer current)."""

    table: str
    rows: int
    added: int = 0
    changed: int = 0
    gone: int = 0

    @property
    def is_nothing(self) -> bool:
        return not (self.added or self.changed or self.gone)

    def __str__(self) -> str:
        if self.is_nothing:
            return f"{self.table}: nothing changed ({self.rows:,} rows)"
        parts = [("added", self.added), ("changed", self.changed), ("no longer listed", self.gone)]
        return f"{self.table}: " + ", ".join(f"{count:,} {what}" for what, count in parts if count)


def sync_rows(
    model: type[models.Model], key: str, rows: Mapping[Any, dict[str, Any]], *, table: str = ""
) -> TableChange:
    """Make the model's rows equal `rows` (key value → field values), writing only what differs.

    Fields not named in `rows` keep what people set. Rows no longer listed stay, because others point at them.
    """
    manager = model._base_manager
    columns = list(next(iter(rows.values()))) if rows else []
    existing = {getattr(row, key): row for row in manager.only("pk", key, *columns)}
    new = [model(**{key: value}, **fields) for value, fields in rows.items() if value not in existing]
    differing = []
    for value, fields in rows.items():
        row = existing.get(value)
        if row is not None and any(getattr(row, column) != wanted for column, wanted in fields.items()):
            for column, wanted in fields.items():
                setattr(row, column, wanted)
            differing.append(row)
    manager.bulk_create(new, batch_size=BATCH)
    if differing:
        manager.bulk_update(differing, columns, batch_size=BATCH)
    return TableChange(table or model._meta.db_table, len(rows), len(new), len(differing))


@dataclass(frozen=True, slots=True)
class Version:
    """The latest version of one row in the database."""

    pk: int
    number: int
    checksum: str
    is_current: bool


def sync_versions(
    latest: Mapping[Any, Version],
    wanted: Mapping[Any, dict[str, Any]],
    *,
    model: type[models.Model],
    build: Callable[[Any, int, str, dict[str, Any]], models.Model],
    table: str,
) -> TableChange:
    """Give every changed row a new version; the old one stays, no longer current.

    `build` makes the unsaved new row from key, version number, checksum and values.
    """
    new: list[models.Model] = []
    replaced: list[int] = []
    for key, values in wanted.items():
        checksum = checksum_of_values(values)
        before = latest.get(key)
        if before and before.is_current:
            if before.checksum == checksum:
                continue
            replaced.append(before.pk)
        new.append(build(key, before.number + 1 if before else 1, checksum, values))
    gone = [version.pk for key, version in latest.items() if key not in wanted and version.is_current]
    manager = model._base_manager
    manager.filter(pk__in=replaced + gone).update(is_current=False)
    manager.bulk_create(new, batch_size=BATCH)
    return TableChange(table, len(wanted), len(new) - len(replaced), len(replaced), len(gone))
