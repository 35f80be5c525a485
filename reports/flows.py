"""What moved between places, read from the monthly cells and the exact tail of the ledger not yet folded.

Flows come as columns, not as rows: a report adds up tens of thousands of cells, and as Python objects they took
longer to build than the database took to find them.
"""

import datetime as dt
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Q, Subquery
from numpy.typing import NDArray

from collection.models import CustodyEntry
from collection.queries.columns import number, read_sql_columns, whole
from reports.models import CountryCell, FoldMark
from reports.rollups import ADDED_UP, ELEMENT_COLUMNS, LEVELS, MEASURES, entry_columns

SqlValue = str | int | dt.date
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FIRST_DAY = dt.date(1970, 1, 1)
MID_MONTH = 15


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

    @property
    def with_holders(self) -> "FlowFilter":
        """Which flows make the stock with holders.

        It is no recycler's: a lot comes in before anybody has booked it, and only what it leaves by names one.
        """
        if self.receiver_ids is None:
            return self
        return replace(self, receiver_ids=None if 0 in self.receiver_ids else ())


def is_one_of(column: str, chosen: tuple[int, ...]) -> Q:
    """A condition on a nullable column by the ids of a filter, of which 0 means "not known"."""
    found = Q(**{f"{column}__in": chosen})
    return found | Q(**{f"{column}__isnull": True}) if 0 in chosen else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """What moved between two places under one key and product: columns of equal length, one element a flow.

    `key` is the value grouped by: an id, 0 for "not known", a month as `month_key` has it. Sums of whole numbers
    are exact.
    """

    key: Ints
    product_id: Ints
    from_place: Ints
    to_place: Ints
    entries: Ints
    grams: Ints
    nd_micrograms: Ints
    pr_micrograms: Ints
    dy_micrograms: Ints
    tb_micrograms: Ints
    sm_micrograms: Ints
    shared_sd_grams: Ints
    own_variance: Floats

    def __len__(self) -> int:
        return len(self.key)


def nothing_moved(flows: int = 0) -> Flows:
    """So many flows of nothing."""
    columns: dict[str, Any] = {each.name: np.zeros(flows, np.int64) for each in fields(Flows)}
    return Flows(**(columns | {"own_variance": np.zeros(flows, np.float64)}))


def together(*several: Flows) -> Flows:
    """All of these flows, one after the other."""
    return Flows(
        **{each.name: np.concatenate([getattr(one, each.name) for one in several]) for each in fields(Flows)}
    )


def month_key(first_day: dt.date) -> int:
    """A month as a key of flows: the days from 1970 to its first."""
    return (first_day - FIRST_DAY).days


GROUPS = {
    "month": "month",
    "region": "region_id",
    "sector": "sector_id",
    "holder": "holder_id",
    "receiver": "receiver_id",
    "product": "product_id",
    "nothing": "0",
}

# What a flow is of, in one whole number: 31 bits of key, 24 of product, 4 of each place. One column is sent
# instead of four, and sorting by it brings together what belongs together.
_PACKED = "CAST({key} AS bigint) * 4294967296 + product_id * 256 + from_place * 16 + to_place"
_COLUMNS = {"packed": whole("packed")} | {
    name: number(name) if name == "own_variance" else whole(name) for name in MEASURES
}


def flows(wanted: FlowFilter, *, group: str = "nothing") -> Flows:
    """All flows of a period, summed by `group`, product and places, exact to the last entry, in one query.

    Whole months come from the cells and the tail; what part months at either end differ by from the ledger itself.
    """
    packed = _PACKED.format(key=_month_key_sql() if group == "month" else GROUPS[group])
    parts: list[str] = []
    parameters: list[SqlValue] = []
    where, values = _conditions(wanted)
    for source, condition, bounds in _pieces(wanted, group):
        # The country's cells are few and hardly fewer when added up: NumPy does that in a tenth of the time.
        is_summed = source != CountryCell._meta.db_table
        parts.append(
            f"SELECT {packed} AS packed, {ADDED_UP if is_summed else ', '.join(MEASURES)} "
            f"FROM {source} AS piece WHERE {condition}{where}{' GROUP BY 1' if is_summed else ''}"
        )
        parameters += [*bounds, *values]
    return _merged(read_sql_columns(" UNION ALL ".join(parts), parameters, _COLUMNS))


def _month_key_sql() -> str:
    if connection.vendor == "postgresql":
        return "(month - DATE '1970-01-01')"
    return "(julianday(month) - 2440587.5)"


def _merged(found: dict[str, NDArray[Any]]) -> Flows:
    """The pieces' flows with those of the same key, product and places added up."""
    order = np.argsort(found["packed"], kind="stable")
    packed = found["packed"][order]
    starts = np.flatnonzero(np.diff(packed, prepend=packed[:1] - 1))
    sums = {name: np.add.reduceat(found[name][order], starts) for name in MEASURES}
    # A cell all of whose entries were taken away again is no flow.
    some = np.flatnonzero(sums["entries"])
    first = packed[starts][some]
    return Flows(
        key=first >> 32,
        product_id=(first >> 8) & 0xFFFFFF,
        from_place=(first >> 4) & 0xF,
        to_place=first & 0xF,
        **{name: values[some] for name, values in sums.items()},
    )


# Read in the same statement as the cells: a fold in between could otherwise count its entries twice. The mark
# never goes back, so what it was a moment ago is a second, safe bound; without a plain number PostgreSQL takes
# a third of the ledger for the tail and reads all of it. The highest number there is bounds nothing either, but
# a range is taken for narrow also where the ledger has grown since its statistics were made.
_AFTER_THE_MARK = (
    "id > COALESCE((SELECT last_entry_id FROM reports_foldmark WHERE id = 1), 0) AND id > %s "
    "AND id <= 9223372036854775807"
)


def _pieces(wanted: FlowFilter, group: str) -> list[tuple[str, str, list[SqlValue]]]:
    """(source, condition, parameters) of every piece whose sum is the period.

    A month of which less than half is wanted is added from the ledger, one of which more is wanted comes from the
    cells, less the days that are not. So a period until today costs nothing beyond its cells.
    """
    mark, newest = _mark_and_newest_day()
    first, last = _months_to_take_whole(wanted.from_day, wanted.until_day, newest)
    if first and last and first >= last:
        return [(_entries_as_cells(), *_between("day", wanted.from_day, wanted.until_day))]
    condition, bounds = _between("day", first, last)
    pieces = [
        (_cells_for(wanted, group), *_between("month", first, last)),
        (_entries_as_cells(), f"{_AFTER_THE_MARK} AND {condition}", [mark, *bounds]),
    ]
    for start, end, is_over in (
        (wanted.from_day, first, False),
        (first, wanted.from_day, True),
        (last, wanted.until_day, False),
        (wanted.until_day, last, True),
    ):
        if start and end and start < end:
            pieces.append((_entries_as_cells(-1 if is_over else 1), *_between("day", start, end)))
    return pieces


def _mark_and_newest_day() -> tuple[int, dt.date | None]:
    newest = CustodyEntry.unscoped.order_by("-day").values("day")[:1]
    found = FoldMark.objects.values_list("last_entry_id", Subquery(newest)).first()
    return found or (0, None)


def _months_to_take_whole(
    from_day: dt.date | None, until_day: dt.date | None, newest: dt.date | None
) -> tuple[dt.date | None, dt.date | None]:
    """From the first of one month until before the first of another."""
    first, last = from_day, until_day
    if from_day and from_day.day != 1:
        first = _following_month(from_day) if from_day.day > MID_MONTH else from_day.replace(day=1)
    if until_day and until_day.day != 1:
        is_nearly_whole = until_day.day > MID_MONTH or (newest is not None and newest < until_day)
        last = _following_month(until_day) if is_nearly_whole else until_day.replace(day=1)
    return first, last


def _following_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def _cells_for(wanted: FlowFilter, group: str) -> str:
    """The coarsest cells that can answer."""
    asked = {
        "region_id": wanted.region_ids,
        "holder_id": wanted.holder_ids,
        "receiver_id": wanted.receiver_ids,
    }
    needed = {column for column, chosen in asked.items() if chosen is not None} | {GROUPS[group]}
    return next(table for table, left_out in LEVELS if not needed & left_out)


def _between(column: str, from_day: dt.date | None, until_day: dt.date | None) -> tuple[str, list[SqlValue]]:
    conditions, values = ["1 = 1"], []
    if from_day is not None:
        conditions.append(f"{column} >= %s")
        values.append(from_day)
    if until_day is not None:
        conditions.append(f"{column} < %s")
        values.append(until_day)
    return " AND ".join(conditions), list(values)


def _entries_as_cells(sign: int = 1) -> str:
    """Entries one by one as if they were cells; with -1 what takes them away again."""
    elements = ", ".join(
        f"{sign} * grams * {name.removesuffix('_micrograms')}_ppm AS {name}" for name in ELEMENT_COLUMNS
    )
    rest = ", ".join(f"{sign} * {name} AS {name}" for name in ("grams", "shared_sd_grams", "own_variance"))
    return f"(SELECT id, day, {entry_columns()}, {sign} AS entries, {elements}, {rest} FROM collection_custodyentry)"


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
