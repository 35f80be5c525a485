"""The retention report over the whole ledger, beside the ORM's GROUP BY and beside one sum over the rows."""

import datetime as dt

from django.db import connection
from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth

from bench.rows import Row, seconds
from collection.models import CustodyEntry
from reports.models import FoldMark, MonthCell
from reports.rollups import FlowFilter, flows, fold, rebuild

TAIL = 10_000


def _orm() -> int:
    entries = CustodyEntry.unscoped.order_by().annotate(month=TruncMonth("day"))
    sums = entries.values(
        "month", "from_place", "to_place", "region_id", "sector_id", "product_id", "holder_id", "receiver_id"
    ).annotate(
        n=Count("pk"),
        grams_=Sum("grams"),
        nd=Sum(F("grams") * F("nd_ppm")),
        pr=Sum(F("grams") * F("pr_ppm")),
        dy=Sum(F("grams") * F("dy_ppm")),
        tb=Sum(F("grams") * F("tb_ppm")),
        sm=Sum(F("grams") * F("sm_ppm")),
        shared=Sum("shared_sd_grams"),
        own=Sum("own_variance"),
    )
    return len(list(sums))


def _plain_sum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT SUM(grams) FROM collection_custodyentry")
        cursor.fetchone()


def _report() -> None:
    flows(FlowFilter(), group="month")


def run() -> list[Row]:
    entries = CustodyEntry.unscoped.count()
    rebuilding = seconds(rebuild)
    grouped = seconds(_orm)
    summed = seconds(_plain_sum, times=3)
    empty_tail = seconds(_report, times=5)
    last = FoldMark.objects.get(pk=1).last_entry_id
    FoldMark.objects.filter(pk=1).update(last_entry_id=last - TAIL)
    # The cells now hold the tail twice; only the time of reading both is of interest here.
    with_tail = seconds(_report, times=5)
    FoldMark.objects.filter(pk=1).update(last_entry_id=last)
    one_year = FlowFilter(from_day=dt.date(2025, 1, 1), until_day=dt.date(2026, 1, 1))
    cells = MonthCell.objects.count()
    return [
        Row(
            name=f"retention report over {entries:,} entries, everything folded",
            ours_seconds=empty_tail,
            peer="ORM GROUP BY over the entries",
            peer_seconds=grouped,
            limit="SUM(grams) over the entries",
            limit_seconds=summed,
            reach_peer=80,
            facts={"cells": cells},
        ),
        Row(
            name=f"the same with {TAIL:,} entries not yet folded",
            ours_seconds=with_tail,
            peer="ORM GROUP BY over the entries",
            peer_seconds=grouped,
            reach_peer=40,
        ),
        Row(
            name="one year of it",
            ours_seconds=seconds(lambda: flows(one_year, group="region"), times=5),
            peer="ORM GROUP BY over the entries",
            peer_seconds=grouped,
        ),
        Row(
            name=f"rebuild the {cells:,} cells from nothing",
            ours_seconds=rebuilding,
            limit="ORM GROUP BY over the entries",
            limit_seconds=grouped,
            reach_limit=2,
        ),
        Row(name="fold when nothing is new", ours_seconds=seconds(fold, times=3)),
    ]
