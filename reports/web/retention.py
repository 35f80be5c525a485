"""The retention report as a page: choose a period, read the table, follow any figure to its entries."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from collection.models import CustodyEntry
from collection.rules.roles import Permission
from collection.rules.spoken_mass import mass
from collection.web.access import ViewerRequest, requires
from collection.web.kit.charts import Series, stacked_bars
from reports.definitions.retention import (
    BREAKDOWNS,
    COLUMNS,
    RetentionReport,
    build,
    element_words,
    row_label,
    scope_of,
)
from reports.entries import entries_behind, figure, month_within, narrowed, place_name, told_defence
from reports.forms import PeriodForm, period_words
from reports.measures import STOCKS, sign_of
from reports.renderers import as_csv, as_json
from reports.web.figures import COLUMN_GROUPS, cells_of
from reports.web.headline import ENDINGS, change_words, ended_bars

LONDON = ZoneInfo("Europe/London")
FORMATS = {"csv": (as_csv, "text/csv; charset=utf-8"), "json": (as_json, "application/json")}


@requires(Permission.SEE_REPORTS)
def retention_page(request: ViewerRequest) -> HttpResponse:
    """The report of a period by one breakdown; `format=csv` and `format=json` download the same rows."""
    today = request.now.astimezone(LONDON).date()
    form = PeriodForm(request.GET.dict(), today=today)
    period, by = form.choice()
    report = build(request.viewer, period, by=by)
    if request.GET.get("format") in FORMATS and form.is_usable:
        return _download(report, request.GET["format"])
    context = {
        "form": form,
        "report": report,
        "groups": [(name, columns.values()) for name, columns in COLUMN_GROUPS.items()],
        "breakdown": BREAKDOWNS[by],
        "rows": [(row, cells_of(row, period, by)) for row in report.lines],
        "total_cells": cells_of(report.total, period, ""),
        "chart": _chart(report) if by == "month" and report.total.figures.rate else None,
        "bars": ended_bars(report) if by != "month" else [],
        "endings": [(COLUMNS[name], look) for name, look in ENDINGS.items()],
        "change": change_words(report.total.figures.rate, period, scope_of(request.viewer)),
        "period_words": period_words(period),
        "csv_href": f"?{urlencode(form.query(period, by) | {'format': 'csv'})}",
        "json_href": f"?{urlencode(form.query(period, by) | {'format': 'json'})}",
        "sees_risk_page": request.viewer.may(Permission.RECORD_OUTCOME),
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
            period = month_within(key, period)
        scope = narrowed(scope_of(request.viewer), by, key)
        element = key if by == "element" else ""
        total = figure(scope, period, measure, element)
        page = entries_behind(scope, period, measure, cursor=request.GET.get("cursor", ""))
    except (ValueError, AttributeError) as error:
        raise Http404("There is no such figure.") from error
    query = form.query(period, by) | {"measure": measure, "key": key}
    context: dict[str, Any] = {
        "measure": COLUMNS[measure],
        "of_what": f" of {element_words(element)}" if element else "",
        "row_words": row_label(by, key) if key and by not in ("month", "element") else "",
        "period_words": f"Until {period.until_day - dt.timedelta(days=1):%-d %B %Y}"
        if measure in STOCKS
        else period_words(period),
        "total": total,
        "total_grams": round(total.grams),
        "told_defence": told_defence(scope, period, measure, element) if not key else 0,
        "entries": [_line(entry, measure) for entry in page.entries],
        "older_href": f"?{urlencode(query | {'cursor': page.older})}" if page.older else "",
        "back_href": f"{reverse('retention-report')}?{urlencode(form.query(*form.choice()))}",
    }
    return render(request, "reports/entries.html", context)


def _line(entry: CustodyEntry, measure: str) -> tuple[CustodyEntry, str, str, str]:
    """An entry, where it moved from and to, and the sign with which it counts in a stock."""
    sign = sign_of(measure, entry.from_place, entry.to_place) if measure in STOCKS else 1
    return entry, place_name(entry.from_place), place_name(entry.to_place), "−" if sign < 0 else ""


def _download(report: RetentionReport, form: str) -> HttpResponse:
    render_as, content_type = FORMATS[form]
    response = HttpResponse(render_as(report), content_type=content_type)
    name = f"retention-by-{report.by}-{report.period.from_day}-{report.period.until_day}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chart(report: RetentionReport) -> Any:
    rows = report.rows
    return stacked_bars(
        title="How lots ended, by magnet mass",
        labels=[f"{dt.date.fromisoformat(row.key):%b %y}" for row in rows],
        series=[
            Series(COLUMNS[name], [row.figures[name].central for row in rows], look)
            for name, look in ENDINGS.items()
        ],
        text=lambda grams: mass(round(grams)),
        labels_title=BREAKDOWNS[report.by],
    )
