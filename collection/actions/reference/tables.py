"""Reading the shipped tables, and telling whether they changed."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from collection.rules.content.tables import Row, read_rows

SHIPPED = Path(__file__).resolve().parents[2] / "data"


class ShippedRow(Row):
    """A row with the readers that loading needs besides: cells that may be empty."""

    def optional_whole(self, column: str) -> int | None:
        value = self.optional_number(column)
        return None if value is None else int(value)

    def optional_money(self, column: str) -> Decimal | None:
        return self.money(column) if self.text(column) else None

    def optional_day(self, column: str) -> dt.date | None:
        return self.day(column) if self.text(column) else None

    def is_yes(self, column: str) -> bool:
        return self.text(column).lower() in {"true", "y"}


def read_table(folder: Path, file: str) -> Iterator[ShippedRow]:
    """The rows of a shipped CSV, in order. A cell that cannot be read raises TableError naming row and
    column.
    """
    for row in read_rows(folder / file):
        yield ShippedRow(row.table, row.line, row.cells)


def read_features(folder: Path, file: str) -> list[dict[str, Any]]:
    """The properties of every feature of a shipped GeoJSON file."""
    content = json.loads((folder / file).read_text(encoding="utf-8"))
    return [feature["properties"] for feature in content["features"]]


def checksum_of(folder: Path, files: tuple[str, ...], reading: int) -> str:
    """One checksum for some files and the number of the way they are read, so that a new reading loads
    again.
    """
    digest = hashlib.sha256(str(reading).encode())
    for file in files:
        digest.update((folder / file).read_bytes())
    return digest.hexdigest()


def checksum_of_values(values: dict[str, Any]) -> str:
    """A checksum of one row's values, the same whatever their order."""
    text = json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
