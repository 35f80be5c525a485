"""Many rows from NumPy columns in one statement: staged in a temporary table, then moved by SQL.

The staging table is filled by one binary COPY on PostgreSQL and by executemany on SQLite. What moves the rows
on (INSERT … SELECT, ON CONFLICT) is written once and is the same on both.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_YEAR_2000 = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_TAIL = b"\xff\xff"
# Kind and size of a NumPy type: the column's type, and how PostgreSQL writes its values.
_TYPES = {
    "i8": ("bigint", ">i8"),
    "i2": ("smallint", ">i2"),
    "f8": ("double precision", ">f8"),
}


@contextmanager
def staged(name: str, columns: Mapping[str, NDArray[Any]]) -> Iterator[str]:
    """A temporary table of these equally long columns, for the statements inside the block.

    Whole numbers are int64 or int16, numbers float64, bytes void. Call it inside a transaction. The table
    stays with the connection and is emptied: making one for every lot logged would swell the catalogue.
    """
    table = f"staged_{name}"
    is_postgres = connection.vendor == "postgresql"
    types = {column: _type_of(values) for column, values in columns.items()}
    definition = ", ".join(f"{column} {sql_type}" for column, (sql_type, _) in types.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({definition})"
            + (" ON COMMIT DELETE ROWS" if is_postgres else "")
        )
        if is_postgres:
            copy_into(table, columns)
        else:
            marks = ", ".join(["?"] * len(columns))
            with closing(connection.connection.cursor()) as plain:
                plain.executemany(f"INSERT INTO {table} VALUES ({marks})", _as_rows(columns))
        yield table
        cursor.execute(f"DELETE FROM {table}")


def copy_into(table: str, columns: Mapping[str, NDArray[Any]]) -> None:
    """Append rows by one binary COPY; for PostgreSQL only. Instants are int64, as `microseconds` has them."""
    types = {column: _type_of(values) for column, values in columns.items()}
    with connection.cursor() as cursor:
        # The driver's own cursor: Django's takes the statement alone while queries are being logged.
        driver: Any = cursor.cursor
        with driver.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(_as_copied(columns, types))


def microseconds(at: dt.datetime) -> int:
    """An instant as PostgreSQL keeps it: microseconds since the year 2000."""
    return (at - _YEAR_2000) // dt.timedelta(microseconds=1)


def _type_of(values: NDArray[Any]) -> tuple[str, str]:
    if values.dtype.kind == "V":
        return "bytea" if connection.vendor == "postgresql" else "blob", f"V{values.dtype.itemsize}"
    return _TYPES[f"{values.dtype.kind}{values.dtype.itemsize}"]


def _as_copied(columns: Mapping[str, NDArray[Any]], types: Mapping[str, tuple[str, str]]) -> bytes:
    fields: list[tuple[str, str]] = [("columns", ">i2")]
    for name, (_, dtype) in types.items():
        fields += [(f"length of {name}", ">i4"), (f"value of {name}", dtype)]
    length = len(next(iter(columns.values())))
    records = np.empty(length, dtype=np.dtype(fields))
    records["columns"] = len(columns)
    for name, values in columns.items():
        records[f"length of {name}"] = values.dtype.itemsize
        records[f"value of {name}"] = (
            values.view(f"V{values.dtype.itemsize}") if values.dtype.kind == "V" else values
        )
    return _HEAD + records.tobytes() + _TAIL


def _as_rows(columns: Mapping[str, NDArray[Any]]) -> Iterator[tuple[Any, ...]]:
    return zip(
        *(
            [each.tobytes() for each in values] if values.dtype.kind == "V" else values.tolist()
            for values in columns.values()
        ),
        strict=True,
    )
