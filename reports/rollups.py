"""Folding the ledger into monthly cells. `reports.flows` reads them, with the exact tail not yet folded.

The mark is moved only past entries whose writers have finished. On PostgreSQL a SHARE lock, held just long
enough to read the highest id, waits out every open writer; SQLite has one writer at a time anyway.
"""

import math

from django.db import OperationalError, connection, transaction

from reports.models import CountryCell, FoldMark, MonthCell, WideCell

DIMENSIONS = (
    "month",
    "from_place",
    "to_place",
    "region_id",
    "sector_id",
    "product_id",
    "holder_id",
    "receiver_id",
)
# The kinds of cells, coarsest first, each with what it leaves together.
LEVELS: tuple[tuple[str, frozenset[str]], ...] = (
    (CountryCell._meta.db_table, frozenset({"region_id", "holder_id", "receiver_id"})),
    (WideCell._meta.db_table, frozenset({"holder_id", "receiver_id"})),
    (MonthCell._meta.db_table, frozenset()),
)
ELEMENT_COLUMNS = ("nd_micrograms", "pr_micrograms", "dy_micrograms", "tb_micrograms", "sm_micrograms")
MEASURES = ("entries", "grams", *ELEMENT_COLUMNS, "shared_sd_grams", "own_variance")

# PostgreSQL adds bigints up as numeric: the cast keeps whole numbers whole numbers.
_SUMS = ", ".join(
    [
        "COUNT(*) AS entries",
        "CAST(SUM(grams) AS bigint) AS grams",
        *(
            f"CAST(SUM(grams * {element}_ppm) AS bigint) AS {element}_micrograms"
            for element in ("nd", "pr", "dy", "tb", "sm")
        ),
        "CAST(SUM(shared_sd_grams) AS bigint) AS shared_sd_grams",
        "SUM(own_variance) AS own_variance",
    ]
)
# What adds up cells.
ADDED_UP = ", ".join(
    f"SUM({measure})" if measure == "own_variance" else f"CAST(SUM({measure}) AS bigint)"
    for measure in MEASURES
)
LOCK_PATIENCE = "2s"


def _month_sql() -> str:
    if connection.vendor == "postgresql":
        return "CAST(date_trunc('month', day) AS date)"
    return "date(day, 'start of month')"


def entry_columns(dimensions: tuple[str, ...] = DIMENSIONS) -> str:
    """The SELECT list that turns ledger entries into the dimensions of a cell, before grouping."""
    sql = {name: name for name in dimensions} | {
        "month": _month_sql(),
        "region_id": "COALESCE(region_id, 0)",
        "product_id": "COALESCE(product_id, 0)",
        "receiver_id": "COALESCE(receiver_id, 0)",
    }
    return ", ".join(f"{sql[name]} AS {name}" for name in dimensions)


def _by(dimensions: tuple[str, ...]) -> str:
    return ", ".join(str(place) for place in range(1, len(dimensions) + 1))


def fold() -> int:
    """Fold all finished entries after the mark into the cells; how many entries that were.

    Safe to run twice and at once: the mark row is the lock. When writers do not pause within two seconds,
    nothing is folded this time.
    """
    highest = _highest_settled_entry()
    if highest is None:
        return 0
    with transaction.atomic():
        mark = locked_mark()
        if highest <= mark.last_entry_id:
            return 0
        folded = _add_to_cells(after=mark.last_entry_id, up_to=highest)
        FoldMark.objects.filter(pk=1).update(last_entry_id=highest)
    return folded


def rebuild() -> int:
    """Throw the cells away and fold everything again: the cells are never the only copy of anything.

    One transaction: readers see the old cells or the new ones, and the mark never goes back.
    """
    highest = _highest_settled_entry()
    if highest is None:
        return 0
    with transaction.atomic():
        mark = locked_mark()
        highest = max(highest, mark.last_entry_id)
        with connection.cursor() as cursor:
            for table, _ in LEVELS:
                cursor.execute(f"DELETE FROM {table}")
        folded = _add_to_cells(after=0, up_to=highest)
        FoldMark.objects.filter(pk=1).update(last_entry_id=highest)
    return folded


def locked_mark() -> FoldMark:
    FoldMark.objects.get_or_create(pk=1)
    return FoldMark.objects.select_for_update().get(pk=1)


def first_difference() -> str:
    """The first cell that is not what its entries add up to, in words; empty when all are."""
    with transaction.atomic():
        mark = locked_mark().last_entry_id
        found = (_difference(table, _without(left_out), mark) for table, left_out in LEVELS)
        return next(filter(None, found), "")


def _without(left_out: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in DIMENSIONS if name not in left_out)


def _difference(table: str, dimensions: tuple[str, ...], mark: int) -> str:
    names = ", ".join(dimensions)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names}, {', '.join(MEASURES)} FROM {table}")
        kept = _cells_by_dimensions(cursor.fetchall(), len(dimensions))
        cursor.execute(
            f"SELECT {entry_columns(dimensions)}, {_SUMS} FROM collection_custodyentry WHERE id <= %s "
            f"GROUP BY {_by(dimensions)}",
            [mark],
        )
        counted = _cells_by_dimensions(cursor.fetchall(), len(dimensions))
    for key in sorted(kept.keys() | counted.keys()):
        if not _is_same_cell(kept.get(key), counted.get(key)):
            named = ", ".join(f"{name} {value}" for name, value in zip(dimensions, key, strict=True))
            return f"{named}: the cell says {_grams_of(kept, key)} g, its entries {_grams_of(counted, key)} g"
    return ""


CellKey = tuple[str, ...]
CellValues = tuple[float, ...]


def _cells_by_dimensions(rows: list[tuple[object, ...]], size: int) -> dict[CellKey, CellValues]:
    return {tuple(map(str, row[:size])): tuple(float(str(value)) for value in row[size:]) for row in rows}


def _is_same_cell(kept: CellValues | None, counted: CellValues | None) -> bool:
    if kept is None or counted is None:
        return False
    # The variance is a floating-point sum and depends on the order of adding up; all else is whole numbers.
    return kept[:-1] == counted[:-1] and math.isclose(kept[-1], counted[-1], rel_tol=1e-9, abs_tol=1e-6)


def _grams_of(cells: dict[CellKey, CellValues], key: CellKey) -> str:
    found = cells.get(key)
    return f"{found[MEASURES.index('grams')]:,.0f}" if found else "0"


def _highest_settled_entry() -> int | None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_PATIENCE}'")
                cursor.execute("LOCK TABLE collection_custodyentry IN SHARE MODE")
            cursor.execute("SELECT MAX(id) FROM collection_custodyentry")
            row = cursor.fetchone()
    except OperationalError:
        return None
    return int(row[0]) if row and row[0] is not None else None


def _add_to_cells(*, after: int, up_to: int) -> int:
    """Group these entries once, and add the groups to every kind of cells; how many entries that were."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE folded AS SELECT {entry_columns()}, {_SUMS} "
            f"FROM collection_custodyentry WHERE id > %s AND id <= %s GROUP BY {_by(DIMENSIONS)}",
            [after, up_to],
        )
        for table, left_out in LEVELS:
            cursor.execute(_adding(table, _without(left_out)))
        cursor.execute("SELECT COALESCE(SUM(entries), 0) FROM folded")
        count = int(cursor.fetchone()[0])
        cursor.execute("DROP TABLE folded")
    return count


def _adding(table: str, dimensions: tuple[str, ...]) -> str:
    """The statement that adds what was folded to one kind of cells."""
    names = ", ".join(dimensions)
    added = ", ".join(f"{measure} = {table}.{measure} + excluded.{measure}" for measure in MEASURES)
    return (
        f"INSERT INTO {table} ({names}, {', '.join(MEASURES)}) "
        f"SELECT {names}, {ADDED_UP} FROM folded WHERE true GROUP BY {_by(dimensions)} "
        f"ON CONFLICT ({names}) DO UPDATE SET {added}"
    )
