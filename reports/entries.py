"""The custody entries behind a figure of the retention report."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from collection.models import CustodyEntry
from collection.rules.lifecycle import Place
from reports.definitions.retention import Period
from reports.disclosure import told_flows
from reports.flows import FlowFilter, flows, is_one_of
from reports.measures import EVERYWHERE, FLOWS_OF_MEASURE, STOCKS, signs_of, way_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class EntriesPage:
    """Newest first. `older` is the cursor of the next page, empty on the last."""

    entries: Sequence[CustodyEntry]
    older: str


def narrowed(scope: FlowFilter, by: str, key: str) -> FlowFilter:
    """The scope of one row: its key on top of what the viewer may count, never beyond it."""
    if by in ("element", "") or not key:
        return scope
    if by == "month":
        return scope
    number = int(key)
    name = {
        "region": "region_ids",
        "sector": "sector_ids",
        "holder": "holder_ids",
        "product": "product_ids",
        "receiver": "receiver_ids",
    }[by]
    allowed: tuple[int, ...] | None = getattr(scope, name)
    chosen = (number,) if allowed is None or number in allowed else ()
    changed: dict[str, Any] = {name: chosen}
    return replace(scope, **changed)


def month_within(key: str, period: Period) -> Period:
    """The part of a period in the month whose first day is `key`. Raises ValueError."""
    first = dt.date.fromisoformat(key)
    if first >= period.until_day:
        raise ValueError(key)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return Period(from_day=max(first, period.from_day), until_day=min(following, period.until_day))


def entries_behind(scope: FlowFilter, period: Period, measure: str, *, cursor: str = "") -> EntriesPage:
    """The entries that add up to a measure, a page at a time.

    Raises KeyError for an unknown measure, ValueError for a wrong cursor.

    For a stock these are all entries into and out of the place until the period's end.
    """
    found = _within(_scope_of(measure, scope)).filter(day__lt=period.until_day).filter(_moves(measure))
    if measure not in STOCKS:
        found = found.filter(day__gte=period.from_day)
    if cursor:
        day_text, _, entry_id = cursor.partition("_")
        day = dt.date.fromisoformat(day_text)
        found = found.filter(Q(day__lt=day) | Q(day=day, pk__lt=int(entry_id)))
    rows = list(found.select_related("lot", "product", "holder").order_by("-day", "-pk")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return EntriesPage(rows[:PAGE], f"{last.day.isoformat()}_{last.pk}" if last else "")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the report and how many entries it adds up: grams of magnet, or of `element`."""

    grams: float
    entries: int


def figure(scope: FlowFilter, period: Period, measure: str, element: str = "") -> Figure:
    """The figure that `entries_behind` lists the entries of, without what is told of defence in blocks."""
    is_stock = measure in STOCKS
    from_day = None if is_stock else period.from_day
    found = flows(replace(_scope_of(measure, scope), from_day=from_day, until_day=period.until_day))
    sign = signs_of(measure, found)
    return Figure(float(sign @ way_of(element)(found)), int(found.entries[sign != 0].sum()))


def told_defence(scope: FlowFilter, period: Period, measure: str, element: str = "") -> int:
    """Grams of defence lots in the figure of a report that are told in blocks and not entry by entry."""
    if measure in STOCKS or element:
        return 0
    told = told_flows(scope, period.from_day, period.until_day)
    return round(float(signs_of(measure, told) @ told.grams))


def _scope_of(measure: str, scope: FlowFilter) -> FlowFilter:
    return scope.with_holders if measure == "held" else scope


def _moves(measure: str) -> Q:
    if measure in STOCKS:
        place = STOCKS[measure]
        return Q(from_place=place) | Q(to_place=place)
    sources, targets = FLOWS_OF_MEASURE[measure]
    wanted = Q()
    if sources != EVERYWHERE:
        wanted &= Q(from_place__in=list(sources))
    if targets != EVERYWHERE:
        wanted &= Q(to_place__in=list(targets))
    return wanted


def _within(scope: FlowFilter) -> "QuerySet[CustodyEntry]":
    # Scoped by the entry's own dimensions, exactly as the report's sums are.
    found: QuerySet[CustodyEntry] = CustodyEntry.unscoped.exclude(sector_id__in=scope.without_sector_ids)
    for column in ("region_id", "sector_id", "holder_id", "product_id", "receiver_id"):
        chosen: tuple[int, ...] | None = getattr(scope, f"{column}s")
        if chosen is not None:
            found = found.filter(is_one_of(column, chosen))
    return found


def place_name(number: int) -> str:
    return Place(number).name.replace("_", " ").capitalize()
