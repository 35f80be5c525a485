"""The retention report over the whole ledger, beside the ORM's GROUP BY, DuckDB and one sum over the rows.

All answer one question: what moved between which places, by month and product, with every measure of a cell.
"""

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from django.db import connection
from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth

from bench.rows import Row, seconds
from collection.models import CustodyEntry
from collection.queries.columns import instant, number, read_columns, whole
from reports.flows import FlowFilter, flows
from reports.models import CountryCell, FoldMark, MonthCell, WideCell
from reports.rollups import entry_columns, fold, rebuild

TAIL = 10_000
READ_AT_ONCE = 500_000
ELEMENTS = ("nd", "pr", "dy", "tb", "sm")
KEYS = ("month", "product_id", "from_place", "to_place")
CELL_KEYS = (*KEYS, "region_id", "sector_id", "holder_id", "receiver_id")


def _orm(keys: tuple[str, ...]) -> int:
    entries = CustodyEntry.unscoped.order_by().annotate(month=TruncMonth("day"))
    sums = entries.values(*keys).annotate(
        n=Count("pk"),
        grams_=Sum("grams"),
        **{element: Sum(F("grams") * F(f"{element}_ppm")) for element in ELEMENTS},
        shared=Sum("shared_sd_grams"),
        own=Sum("own_variance"),
    )
    return len(list(sums))


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        if cursor.description:
            cursor.fetchall()


def _report() -> None:
    flows(FlowFilter(), group="month")


@contextmanager
def _parquet() -> Iterator[Path]:
    """The same rows as a Parquet file."""
    wanted = {
        name: whole(name) for name in ("from_place", "to_place", "product_id", "grams", "shared_sd_grams")
    }
    wanted |= {f"{element}_ppm": whole(f"{element}_ppm") for element in ELEMENTS}
    wanted |= {"own_variance": number("own_variance"), "seconds": instant("day")}
    last = CustodyEntry.unscoped.latest("pk").pk
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as duck:
        path = Path(folder) / "entries.parquet"
        for start in range(1, last + 1, READ_AT_ONCE):
            among = CustodyEntry.unscoped.order_by("pk").filter(pk__gte=start, pk__lt=start + READ_AT_ONCE)
            duck.register("part", read_columns(among, wanted))
            rows = "SELECT * EXCLUDE (seconds), to_timestamp(seconds)::date AS day FROM part"
            duck.sql(f"CREATE TABLE entries AS {rows}" if start == 1 else f"INSERT INTO entries {rows}")
        duck.sql(f"COPY entries TO '{path}' (FORMAT parquet)")
        yield path


def _duckdb_seconds() -> float | None:
    if connection.vendor != "postgresql":
        return None
    sums = ", ".join(f"sum(grams * {element}_ppm)" for element in ELEMENTS)
    with _parquet() as path:
        sql = (
            "SELECT date_trunc('month', day), product_id, from_place, to_place, count(*), sum(grams), "
            f"{sums}, sum(shared_sd_grams), sum(own_variance) FROM '{path}' GROUP BY 1, 2, 3, 4"
        )
        return seconds(lambda: duckdb.sql(sql).fetchall(), times=3)


def _fold_of_a_tail() -> tuple[float, float]:
    """Seconds to fold entries of the newest month that were just written; and what writing them took."""
    fold()
    newest = CustodyEntry.unscoped.order_by("-day").values_list("day", flat=True)[0]
    names = [field.column for field in CustodyEntry._meta.concrete_fields if not field.primary_key]
    values = ["sequence + 1000" if name == "sequence" else name for name in names]
    sql = (
        f"INSERT INTO collection_custodyentry ({', '.join(names)}) SELECT {', '.join(values)} "
        f"FROM collection_custodyentry WHERE day >= '{newest.replace(day=1)}' LIMIT {TAIL}"
    )
    return seconds(lambda: _execute(sql)), seconds(fold)


def _materialised() -> float | None:
    """Seconds to refresh a materialised view of the same cells."""
    if connection.vendor != "postgresql":
        return None
    grouped = ", ".join(str(place) for place in range(1, 9))
    _execute(
        f"CREATE MATERIALIZED VIEW bench_cells AS SELECT {entry_columns()}, count(*), sum(grams) AS grams, "
        + ", ".join(f"sum(grams * {element}_ppm) AS {element}" for element in ELEMENTS)
        + f", sum(shared_sd_grams) AS shared, sum(own_variance) AS own FROM collection_custodyentry "
        f"GROUP BY {grouped} WITH NO DATA"
    )
    refreshing = seconds(lambda: _execute("REFRESH MATERIALIZED VIEW bench_cells"))
    _execute("DROP MATERIALIZED VIEW bench_cells")
    return refreshing


def run() -> list[Row]:
    entries = CustodyEntry.unscoped.count()
    rebuilding = seconds(rebuild)
    inserting, folding = _fold_of_a_tail()
    if connection.vendor == "postgresql":
        for model in (CustodyEntry, MonthCell, WideCell, CountryCell):
            _execute(f"VACUUM ANALYZE {model._meta.db_table}")
    grouped, all_cells = seconds(lambda: _orm(KEYS)), seconds(lambda: _orm(CELL_KEYS))
    summed = seconds(lambda: _execute("SELECT SUM(grams) FROM collection_custodyentry"), times=3)
    empty_tail = seconds(_report, times=7)
    in_duckdb, refreshing = _duckdb_seconds(), _materialised()
    last = FoldMark.objects.get(pk=1).last_entry_id
    FoldMark.objects.filter(pk=1).update(last_entry_id=last - TAIL)
    # The cells now hold the tail twice; only the time of reading both is of interest here.
    with_tail = seconds(_report, times=7)
    FoldMark.objects.filter(pk=1).update(last_entry_id=last)
    one_year = FlowFilter(from_day=dt.date(2025, 1, 1), until_day=dt.date(2026, 1, 1))
    cells = {
        "cells": MonthCell.objects.count(),
        "of all holders": WideCell.objects.count(),
        "of the country": CountryCell.objects.count(),
    }
    orm = {"peer": "ORM GROUP BY over the entries", "peer_seconds": grouped}
    rows = [
        Row(
            name=f"retention report over {entries:,} entries, everything folded",
            ours_seconds=empty_tail,
            limit="SUM(grams) over the entries",
            limit_seconds=summed,
            reach_peer=80,
            facts=cells,
            **orm,
        ),
        Row(
            name=f"the same with {TAIL:,} entries not yet folded",
            ours_seconds=with_tail,
            reach_peer=40,
            **orm,
        ),
    ]
    if in_duckdb is not None:
        rows.append(
            Row(
                name="the same, everything folded",
                ours_seconds=empty_tail,
                peer="DuckDB over Parquet of the same rows",
                peer_seconds=in_duckdb,
                reach_peer=5,
            )
        )
    rows += [
        Row(
            name="one year of it by region",
            ours_seconds=seconds(lambda: flows(one_year, group="region"), times=5),
            **orm,
        ),
        Row(
            name=f"fold {TAIL:,} new entries",
            ours_seconds=folding,
            peer="REFRESH MATERIALIZED VIEW of the same cells" if refreshing else "",
            peer_seconds=refreshing,
            limit="inserting them",
            limit_seconds=inserting,
            reach_peer=100 if refreshing else None,
            reach_limit=1,
        ),
        Row(
            name=f"rebuild the {cells['cells']:,} cells from nothing",
            ours_seconds=rebuilding,
            limit="one ORM GROUP BY of all cells",
            limit_seconds=all_cells,
            reach_limit=2,
        ),
        Row(name="fold when nothing is new", ours_seconds=seconds(fold, times=3)),
    ]
    return rows
