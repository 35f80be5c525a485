"""A queryset read as NumPy columns instead of rows.

PostgreSQL gathers each column into one array and sends its bytes, all elements equally wide, NULL included:
nothing is looked at row by row in Python. (A COPY is handed over row by row by the driver, each with a wait of
its own, and was ten times slower.) Elsewhere plain rows are fetched.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

Array = NDArray[Any]

# Dimensions, flags, type, length and lower bound, of four bytes each, come before the elements of an array.
_HEAD = 20


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
    return Column(path, ">i2", sql, lambda value: position.get(value, -1), tuple(map(str, words)))


def read_columns(rows: "QuerySet[Any, Any]", wanted: dict[str, Column]) -> dict[str, Array]:
    """The wanted columns of all rows, in the queryset's order, each under its name."""
    found = rows.values_list(*(column.path for column in wanted.values()))
    try:
        if connection.vendor == "postgresql":
            return _gathered(*found.query.sql_with_params(), wanted)
        return _in_columns(found, wanted)
    except EmptyResultSet:
        return _in_columns((), wanted)


def read_sql_columns(sql: str, parameters: Sequence[Any], wanted: dict[str, Column]) -> dict[str, Array]:
    """The same of a SELECT of one's own, whose columns are the wanted ones in this order."""
    if connection.vendor == "postgresql":
        return _gathered(sql, parameters, wanted)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return _in_columns(cursor.fetchall(), wanted)


def _gathered(sql: str, parameters: Sequence[Any], wanted: dict[str, Column]) -> dict[str, Array]:
    names = [f"c{place}" for place in range(len(wanted))]
    values = ", ".join(
        f"array_send(array_agg({column.sql.format(name)}))"
        for name, column in zip(names, wanted.values(), strict=True)
    )
    words = [list(column.words) for column in wanted.values() if column.words]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {values} FROM ({sql}) AS found ({', '.join(names)})", [*words, *parameters])
        sent = cursor.fetchone()
    return {
        name: _native(_elements(data, column.dtype), column)
        for (name, column), data in zip(wanted.items(), sent, strict=True)
    }


def _elements(data: bytes | None, dtype: str) -> Array:
    """The elements of an array as PostgreSQL sends it: a head, then each with its length before it."""
    if data is None:
        return np.empty(0, dtype=dtype)
    return np.frombuffer(data, dtype=[("length", ">i4"), ("value", dtype)], offset=_HEAD)["value"]


def _in_columns(rows: Iterable[Sequence[Any]], wanted: dict[str, Column]) -> dict[str, Array]:
    columns = list(zip(*rows, strict=True)) or [()] * len(wanted)
    return {
        name: _native(np.array([column.read(value) for value in values], dtype=column.dtype), column)
        for (name, column), values in zip(wanted.items(), columns, strict=True)
    }


def _native(values: Array, column: Column) -> Array:
    """In the machine's own order of bytes, which they are not sent in."""
    return np.ascontiguousarray(values, dtype=np.dtype(column.dtype).newbyteorder("="))
