"""The retention report as a page: choose a period, read the table, follow any figure to its entries."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.kit.charts import Series, stacked_bars
from collection.web.kit.numbers import mass, percent
from reports.definitions.retention import (
    BREAKDOWNS,
    COLUMNS,
    Period,
    RetentionReport,
    Row,
    build,
    scope_of,
)
from reports.entries import entries_behind, narrowed, place_name
from reports.forms import PeriodForm
from reports.renderers import as_csv
from reports.web.figures import cells_of

LONDON = ZoneInfo("Europe/London")
CHARTED = ("retained", "exported", "lost", "residue")


@requires(Permission.SEE_REPORTS)
def retention_page(request: ViewerRequest) -> HttpResponse:
    """The report of a period by one breakdown; `format=csv` downloads the same rows."""
    today = request.now.astimezone(LONDON).date()
    form = PeriodForm(request.GET.dict(), today=today)
    period, by = form.choice()
    report = build(request.viewer, period, by=by)
    if request.GET.get("format") == "csv" and form.is_usable:
        return _download(report)
    context = {
        "form": form,
        "report": report,
        "columns": COLUMNS.values(),
        "breakdown": BREAKDOWNS[by],
        "rows": [(row, cells_of(row, period, by)) for row in report.rows],
        "total_cells": cells_of(report.total, period, ""),
        "chart": _chart(report) if report.rows and by != "element" else None,
        "rate": _rate_words(report.total),
        "period_words": f"{period.from_day:%-d %B %Y} to {period.until_day - dt.timedelta(days=1):%-d %B %Y}",
        "csv_href": f"?{urlencode(form.query(period, by) | {'format': 'csv'})}",
    }
    return render(request, "reports/retention.html", context, status=200 if form.is_usable else 422)


@requires(Permission.SEE_REPORTS)
def entries_page(request: ViewerRequest) -> HttpResponse:
    """The custody entries behind one figure, newest first."""
    today = request.now.astimezone(LONDON).date()
    form = PeriodForm(request.GET.dict(), today=today)
    period, by = form.choice()
    measure, key = request.GET.get("measure", ""), request.GET.get("key", "")
    if measure not in COLUMNS or not form.is_usable:
        raise Http404("There is no such figure.")
    try:
        if by == "month" and key:
            period = _month_within(key, period)
        scope = narrowed(scope_of(request.viewer), by, key)
        page = entries_behind(scope, period, measure, cursor=request.GET.get("cursor", ""))
    except ValueError as error:
        raise Http404("There is no such figure.") from error
    query = form.query(period, by) | {"measure": measure, "key": key}
    shown = [(entry, place_name(entry.from_place), place_name(entry.to_place)) for entry in page.entries]
    context: dict[str, Any] = {
        "measure": COLUMNS[measure],
        "period_words": f"{period.from_day:%-d %B %Y} to {period.until_day - dt.timedelta(days=1):%-d %B %Y}",
        "entries": shown,
        "older_href": f"?{urlencode(query | {'cursor': page.older})}" if page.older else "",
        "back_href": f"{reverse('retention-report')}?{urlencode(form.query(*form.choice()))}",
    }
    return render(request, "reports/entries.html", context)


def _month_within(key: str, period: Period) -> Period:
    first = dt.date.fromisoformat(key)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return Period(from_day=max(first, period.from_day), until_day=min(following, period.until_day))


def _download(report: RetentionReport) -> HttpResponse:
    response = HttpResponse(as_csv(report), content_type="text/csv; charset=utf-8")
    name = f"retention-by-{report.by}-{report.period.from_day}-{report.period.until_day}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chart(report: RetentionReport) -> Any:
    rows = report.rows if report.by == "month" else report.rows[:12]
    return stacked_bars(
        title="How lots ended, by magnet mass",
        labels=[_short(row, report.by) for row in rows],
        series=[Series(COLUMNS[name], [row.figures[name].central for row in rows]) for name in CHARTED],
        text=lambda grams: mass(round(grams)),
        summary="Retained, exported, lost and residue for each line of the table below.",
        labels_title=BREAKDOWNS[report.by],
    )


def _short(row: Row, by: str) -> str:
    return f"{dt.date.fromisoformat(row.key):%b %y}" if by == "month" else row.label[:18]


def _rate_words(row: Row) -> str:
    rate = row.figures.rate
    if rate is None:
        return "No lot ended in this period, so there is no retention rate yet."
    return (
        f"{percent(rate.central, 1)} of the magnet mass that ended in this period was retained in the UK "
        f"(80% interval {percent(rate.low, 1)} to {percent(rate.high, 1)})."
    )
