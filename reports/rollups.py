"""Folding the ledger into monthly cells, and reading flows back: cells, plus the exact tail not yet folded.

The mark is moved only past entries whose writers have finished. On PostgreSQL a SHARE lock, held just long
enough to read the highest id, waits out every open writer; SQLite has one writer at a time anyway.
"""

import datetime as dt
import math
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from django.db.models import Q

from reports.models import CountryCell, FoldMark, MonthCell, WideCell

SqlValue = str | int | dt.date

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
_ADDED_UP = ", ".join(
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
        mark = _locked_mark()
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
        mark = _locked_mark()
        highest = max(highest, mark.last_entry_id)
        with connection.cursor() as cursor:
            for table, _ in LEVELS:
                cursor.execute(f"DELETE FROM {table}")
        folded = _add_to_cells(after=0, up_to=highest)
        FoldMark.objects.filter(pk=1).update(last_entry_id=highest)
    return folded


def _locked_mark() -> FoldMark:
    FoldMark.objects.get_or_create(pk=1)
    return FoldMark.objects.select_for_update().get(pk=1)


def first_difference() -> str:
    """The first cell that is not what its entries add up to, in words; empty when all are."""
    with transaction.atomic():
        mark = _locked_mark().last_entry_id
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
        f"SELECT {names}, {_ADDED_UP} FROM folded WHERE true GROUP BY {_by(dimensions)} "
        f"ON CONFLICT ({names}) DO UPDATE SET {added}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFilter:
    """Which flows: None means all, an empty tuple none, id 0 "not known". From a day until before a day."""

    from_day: dt.date | None = None
    until_day: dt.date | None = None
    region_ids: tuple[int, ...] | None = None
    sector_ids: tuple[int, ...] | None = None
    without_sector_ids: tuple[int, ...] = ()
    holder_ids: tuple[int, ...] | None = None
    receiver_ids: tuple[int, ...] | None = None
    product_ids: tuple[int, ...] | None = None


def is_one_of(column: str, chosen: tuple[int, ...]) -> Q:
    """A condition on a nullable column by the ids of a filter, of which 0 means "not known"."""
    found = Q(**{f"{column}__in": chosen})
    return found | Q(**{f"{column}__isnull": True}) if 0 in chosen else found


@dataclass(frozen=True, slots=True)
class Flow:
    """What moved between two places under one key. `key` is the value grouped by."""

    key: object
    product_id: int
    from_place: int
    to_place: int
    entries: int
    grams: int
    nd_micrograms: int
    pr_micrograms: int
    dy_micrograms: int
    tb_micrograms: int
    sm_micrograms: int
    shared_sd_grams: int
    own_variance: float


GROUPS = {
    "month": "month",
    "region": "region_id",
    "sector": "sector_id",
    "holder": "holder_id",
    "receiver": "receiver_id",
    "product": "product_id",
    "nothing": "0",
}


def flows(wanted: FlowFilter, *, group: str = "nothing") -> list[Flow]:
    """All flows of a period, summed by `group` and product, exact to the last entry, in one query.

    Whole months come from the cells and the tail; part months at either end from the ledger itself.
    """
    key = GROUPS[group]
    parts: list[str] = []
    parameters: list[SqlValue] = []
    where, values = _conditions(wanted)
    for source, condition, bounds in _pieces(wanted, group):
        parts.append(
            f"SELECT {key} AS key, product_id, from_place, to_place, {', '.join(MEASURES)} "
            f"FROM {source} AS piece WHERE {condition}{where}"
        )
        parameters += [*bounds, *values]
    sql = (
        f"SELECT key, product_id, from_place, to_place, {_ADDED_UP} FROM ({' UNION ALL '.join(parts)}) AS pieces "
        "GROUP BY key, product_id, from_place, to_place"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [Flow(_as_day(row[0]) if group == "month" else row[0], *row[1:]) for row in cursor.fetchall()]


# Read in the same statement as the cells: a fold in between could otherwise count its entries twice. The mark
# never goes back, so what it was a moment ago is a second, safe bound; without a plain number PostgreSQL takes
# a third of the ledger for the tail and reads all of it.
_AFTER_THE_MARK = "id > COALESCE((SELECT last_entry_id FROM reports_foldmark WHERE id = 1), 0) AND id > %s"


def _pieces(wanted: FlowFilter, group: str) -> list[tuple[str, str, list[SqlValue]]]:
    """(source, condition, parameters) of every piece whose sum is the period."""
    mark = FoldMark.objects.values_list("last_entry_id", flat=True).first() or 0
    first, last = _whole_months(wanted.from_day, wanted.until_day)
    pieces: list[tuple[str, str, list[SqlValue]]] = []
    condition, bounds = _between("month", first, last)
    if first is None or last is None or first < last:
        pieces.append((_cells_for(wanted, group), condition, bounds))
        condition, bounds = _between("day", first, last)
        pieces.append((_entries_as_cells(), f"{_AFTER_THE_MARK} AND {condition}", [mark, *bounds]))
        if wanted.from_day and first and wanted.from_day < first:
            pieces.append((_entries_as_cells(), *_between("day", wanted.from_day, first)))
        if wanted.until_day and last and last < wanted.until_day:
            pieces.append((_entries_as_cells(), *_between("day", last, wanted.until_day)))
        return pieces
    return [(_entries_as_cells(), *_between("day", wanted.from_day, wanted.until_day))]


def _cells_for(wanted: FlowFilter, group: str) -> str:
    """The coarsest cells that can answer."""
    asked = {
        "region_id": wanted.region_ids,
        "holder_id": wanted.holder_ids,
        "receiver_id": wanted.receiver_ids,
    }
    needed = {column for column, chosen in asked.items() if chosen is not None} | {GROUPS[group]}
    return next(table for table, left_out in LEVELS if not needed & left_out)


def _whole_months(
    from_day: dt.date | None, until_day: dt.date | None
) -> tuple[dt.date | None, dt.date | None]:
    first = from_day
    if from_day is not None and from_day.day != 1:
        first = (from_day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return first, until_day.replace(day=1) if until_day else None


def _between(column: str, from_day: dt.date | None, until_day: dt.date | None) -> tuple[str, list[SqlValue]]:
    conditions, values = ["1 = 1"], []
    if from_day is not None:
        conditions.append(f"{column} >= %s")
        values.append(from_day)
    if until_day is not None:
        conditions.append(f"{column} < %s")
        values.append(until_day)
    return " AND ".join(conditions), list(values)


def _entries_as_cells() -> str:
    elements = ", ".join(f"grams * {e}_ppm AS {e}_micrograms" for e in ("nd", "pr", "dy", "tb", "sm"))
    return (
        f"(SELECT id, day, {entry_columns()}, 1 AS entries, grams, {elements}, shared_sd_grams, own_variance "
        "FROM collection_custodyentry)"
    )


def _conditions(wanted: FlowFilter) -> tuple[str, list[SqlValue]]:
    clauses: list[str] = []
    values: list[SqlValue] = []
    for column, chosen in (
        ("region_id", wanted.region_ids),
        ("sector_id", wanted.sector_ids),
        ("holder_id", wanted.holder_ids),
        ("receiver_id", wanted.receiver_ids),
        ("product_id", wanted.product_ids),
    ):
        if chosen is not None:
            # An empty choice means nothing is allowed, never everything.
            marks = ", ".join(["%s"] * len(chosen)) or "NULL"
            clauses.append(f"{column} IN ({marks})")
            values += chosen
    if wanted.without_sector_ids:
        clauses.append(f"sector_id NOT IN ({', '.join(['%s'] * len(wanted.without_sector_ids))})")
        values += wanted.without_sector_ids
    return "".join(f" AND {clause}" for clause in clauses), values


def _as_day(value: object) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
