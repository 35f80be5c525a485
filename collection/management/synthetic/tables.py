"""Writing many rows fast: COPY on PostgreSQL, executemany on SQLite; constraints and triggers hold."""

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

Cell = str | int | float | bytes | None

IS_COPY = connection.vendor == "postgresql"
NULL: str | None = "\\N" if IS_COPY else None
TRUE: Cell = "t" if IS_COPY else 1
FALSE: Cell = "f" if IS_COPY else 0


def blob(value: bytes) -> Cell:
    """Bytes as the table wants them."""
    return f"\\\\x{value.hex()}" if IS_COPY else value


def instant(value: dt.datetime) -> str:
    """An aware UTC instant as Django itself stores it."""
    return str(connection.ops.adapt_datetimefield_value(value))


def write(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Append rows to a model's table. Texts may hold no tab, line feed or backslash: nothing is escaped."""
    table, names = model._meta.db_table, ", ".join(columns)
    with connection.cursor() as cursor:
        if not IS_COPY:
            marks = ", ".join(["?"] * len(columns))
            # The driver's own cursor: rows go down as they are, none is kept for a query log.
            with closing(connection.connection.cursor()) as plain:
                plain.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
            return
        raw: Any = cursor
        with raw.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for lines in _batches(rows):
                copy.write(lines)


def _batches(rows: Iterable[Sequence[Cell]], length: int = 500) -> Iterable[str]:
    lines: list[str] = []
    for row in rows:
        lines.append("\t".join(map(str, row)))
        if len(lines) == length:
            yield "\n".join(lines) + "\n"
            lines = []
    if lines:
        yield "\n".join(lines) + "\n"


def settle() -> None:
    """Check foreign keys now: PostgreSQL would keep every row of a long transaction in mind until its end."""
    if IS_COPY:
        connection.check_constraints()


def next_id(model: type[models.Model]) -> int:
    last = model._base_manager.aggregate(last=models.Max("pk"))["last"]
    return (last or 0) + 1


def sequences_past(*written: type[models.Model]) -> None:
    """Let the tables count on after keys that were written outright."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), written):
            cursor.execute(sql)
