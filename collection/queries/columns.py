"""A queryset read as NumPy columns instead of rows: one binary COPY on PostgreSQL, plain rows elsewhere.

Every column is made as wide in each row as in every other, NULL included, so that the bytes of a COPY are an
array already and nothing is looked at row by row in Python.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

Array = NDArray[Any]

# A binary COPY begins with a signature and two lengths (19 bytes) and ends with a row of -1 columns (2 bytes).
_HEAD, _TAIL = 19, 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column wanted: where it is found, and how a value of it becomes a number.

    `sql` is what PostgreSQL makes of the value ({} stands for it), `read` what Python makes of it elsewhere.
    """

    path: str
    dtype: str
    sql: str
    read: Callable[[Any], float]
    words: tuple[str, ...] = ()


def whole(path: str) -> Column:
    """Whole numbers as int64; NULL is -1."""
    return Column(path, ">i8", "COALESCE({}::int8, -1)", lambda value: -1 if value is None else int(value))


def yes(path: str) -> Column:
    """Truth values as int64: 1, 0, and -1 for NULL."""
    sql = "COALESCE({}::int4::int8, -1)"
    return Column(path, ">i8", sql, lambda value: -1 if value is None else int(value))


def number(path: str) -> Column:
    """Any number as float64; NULL is NaN."""
    sql = "COALESCE({}::float8, 'NaN')"
    return Column(path, ">f8", sql, lambda value: np.nan if value is None else float(value))


def instant(path: str) -> Column:
    """Instants as seconds since 1970 in float64; NULL is NaN."""
    sql = "COALESCE(extract(epoch FROM {})::float8, 'NaN')"
    return Column(path, ">f8", sql, lambda value: np.nan if value is None else value.timestamp())


def word(path: str, words: Sequence[str]) -> Column:
    """Words of a closed list as their positions in it; -1 for NULL and any other word."""
    position = {each: place for place, each in enumerate(words)}
    sql = "COALESCE(array_position(%s::text[], {}::text) - 1, -1)::int2"
    return Column(path, ">i2", sql, lambda value: position.get(value, -1), tuple(words))


def read_columns(rows: "QuerySet[Any, Any]", wanted: dict[str, Column]) -> dict[str, Array]:
    """The wanted columns of all rows, in the queryset's order, each under its name."""
    found = rows.values_list(*(column.path for column in wanted.values()))
    try:
        table = _copied(found, wanted) if connection.vendor == "postgresql" else _fetched(found, wanted)
    except EmptyResultSet:
        table = _fetched(found.none(), wanted)
    return {
        name: np.ascontiguousarray(table[name], dtype=np.dtype(column.dtype).newbyteorder("="))
        for name, column in wanted.items()
    }


def _copied(found: "QuerySet[Any, Any]", wanted: dict[str, Column]) -> Array:
    sql, parameters = found.query.sql_with_params()
    names = [f"c{place}" for place in range(len(wanted))]
    values = ", ".join(column.sql.format(name) for name, column in zip(names, wanted.values(), strict=True))
    words = [list(column.words) for column in wanted.values() if column.words]
    statement = f"COPY (SELECT {values} FROM ({sql}) AS found ({', '.join(names)})) TO STDOUT (FORMAT BINARY)"
    fields: list[tuple[str, str]] = [("", ">i2")]
    for name, column in wanted.items():
        fields += [(f"length of {name}", ">i4"), (name, column.dtype)]
    with connection.cursor() as cursor:
        driver: Any = cursor
        with driver.copy(statement, [*words, *parameters]) as copy:
            data = b"".join(copy)
    record = np.dtype(fields)
    return np.frombuffer(data, record, count=(len(data) - _HEAD - _TAIL) // record.itemsize, offset=_HEAD)


def _fetched(found: "QuerySet[Any, Any]", wanted: dict[str, Column]) -> dict[str, Array]:
    columns = list(zip(*found, strict=True)) or [()] * len(wanted)
    return {
        name: np.array([column.read(value) for value in values], dtype=column.dtype)
        for (name, column), values in zip(wanted.items(), columns, strict=True)
    }
