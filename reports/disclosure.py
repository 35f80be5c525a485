"""Defence lots in totals for viewers without clearance: whole quarters of the whole country, told once.

The rule is `collection.rules.disclosure`. A block begins where the one before ended and ends with the first
quarter in which each of its figures may be told by itself, so a thin quarter waits for the next. What a block
tells is kept as it was: an entry recorded late changes no block.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from django.db import transaction
from django.db.models import Count, F, Min, QuerySet, Sum

from collection.models import SECTOR_IDS, CustodyEntry
from collection.queries.disclosure import threshold
from collection.rules.disclosure import HolderPart, may_be_told
from collection.rules.lifecycle import Place
from reports.flows import FlowFilter, Flows, nothing_moved, together
from reports.measures import FLOWS_OF_MEASURE
from reports.models import DefenceBlock, DefenceFlow
from reports.rollups import locked_mark

DEFENCE = SECTOR_IDS["defence"]
LATE_DAYS = 28
"""So long after a quarter entries of it may still come; only then is it decided."""


def tell_finished_quarters(at: dt.datetime) -> int:
    """Tell every block that has become large enough; how many that were. Safe to run twice and at once."""
    told = 0
    with transaction.atomic():
        locked_mark()
        first = _first_untold_day()
        if first is None:
            return 0
        for until in _quarter_ends(first, at.date() - dt.timedelta(days=LATE_DAYS)):
            if _tell(first, until, at=at):
                first, told = until, told + 1
    return told


def told_flows(scope: FlowFilter, from_day: dt.date | None, until_day: dt.date | None) -> Flows:
    """What may be told of the blocks that lie wholly in a period; nothing but for the whole country.

    All products are one, so that nothing can be told of any from the width of an interval; no elements.
    """
    narrowings = (scope.region_ids, scope.sector_ids, scope.holder_ids, scope.receiver_ids, scope.product_ids)
    if DEFENCE not in scope.without_sector_ids or any(chosen is not None for chosen in narrowings):
        return nothing_moved()
    found = DefenceFlow.objects.order_by()
    if from_day is not None:
        found = found.filter(block__first_day__gte=from_day)
    if until_day is not None:
        found = found.filter(block__until_day__lte=until_day)
    sums = found.values_list("from_place", "to_place").annotate(
        Sum("entries"), Sum("grams"), Sum("shared_sd_grams"), Sum("own_variance")
    )
    return together(nothing_moved(), *(_as_flows(*row) for row in sums))


def _as_flows(
    from_place: int, to_place: int, entries: int, grams: int, shared_sd_grams: int, own_variance: float
) -> Flows:
    return replace(
        nothing_moved(1),
        from_place=np.array([from_place]),
        to_place=np.array([to_place]),
        entries=np.array([entries]),
        grams=np.array([grams]),
        shared_sd_grams=np.array([shared_sd_grams]),
        own_variance=np.array([own_variance], np.float64),
    )


def _first_untold_day() -> dt.date | None:
    last = DefenceBlock.objects.order_by("until_day").last()
    if last is not None:
        return last.until_day
    oldest: dt.date | None = _entries().aggregate(day=Min("day"))["day"]
    return oldest and dt.date(oldest.year, 3 * ((oldest.month - 1) // 3) + 1, 1)


def _quarter_ends(first: dt.date, latest: dt.date) -> Iterator[dt.date]:
    """The first days after each quarter from `first`, itself the first day of one, that ended by `latest`."""
    year, month = first.year, first.month
    while True:
        year, month = (year, month + 3) if month < 10 else (year + 1, 1)
        end = dt.date(year, month, 1)
        if end > latest:
            return
        yield end


def _entries() -> "QuerySet[CustodyEntry]":
    return CustodyEntry.unscoped.filter(sector_id=DEFENCE).order_by()


def _tell(first: dt.date, until: dt.date, *, at: dt.datetime) -> bool:
    """Keep these days as a block where each of its figures may be told."""
    entries = _entries().filter(day__gte=first, day__lt=until)
    moved = list(
        entries.values_list("from_place", "to_place", "holder_id", "lot_id").annotate(grams=Sum("grams"))
    )
    if not moved or not all(may_be_told(parts, threshold()) for parts in _parts_of_measures(moved)):
        return False
    block = DefenceBlock.objects.create(
        first_day=first,
        until_day=until,
        lots=len({lot_id for *_, lot_id, _ in moved}),
        holders=len({holder_id for _, _, holder_id, *_ in moved}),
        told_at=at,
    )
    sums = entries.values("from_place", "to_place").annotate(
        entries=Count("pk"),
        mass=Sum("grams"),
        shared=Sum("shared_sd_grams"),
        own=Sum(F("own_variance")),
    )
    DefenceFlow.objects.bulk_create(
        DefenceFlow(
            block=block,
            from_place=row["from_place"],
            to_place=row["to_place"],
            entries=row["entries"],
            grams=row["mass"],
            shared_sd_grams=row["shared"],
            own_variance=row["own"],
        )
        for row in sums
    )
    return True


Moved = tuple[int, int, int, int, int]


def _parts_of_measures(moved: Sequence[Moved]) -> Iterable[list[HolderPart]]:
    """For each figure of a report in which something moved, what each holder has in it."""
    for sources, targets in FLOWS_OF_MEASURE.values():
        lots: dict[int, set[int]] = defaultdict(set)
        grams: dict[int, int] = defaultdict(int)
        for from_place, to_place, holder_id, lot_id, mass in moved:
            if Place(from_place) in sources and Place(to_place) in targets:
                lots[holder_id].add(lot_id)
                grams[holder_id] += mass
        if lots:
            yield [HolderPart(len(lots[holder_id]), grams[holder_id]) for holder_id in lots]
