"""The regulator's home: what needs a look today, and whether the country is keeping its magnets."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from collection.queries.flags import count_up_to, flags_of, open_flags_leaving_first
from collection.rules.roles import Permission
from collection.rules.spoken_mass import mass
from collection.web.access import ViewerRequest, requires
from collection.web.kit.charts import Series, lines
from collection.web.kit.components import Tile
from collection.web.kit.numbers import percent, up_to
from reports.definitions.retention import RetentionReport, build
from reports.forms import periods_on

LONDON = ZoneInfo("Europe/London")
FLAGS_SHOWN = 10
MOST_COUNTED = 1_000


@requires(Permission.RECORD_OUTCOME)
def regulator_home(request: ViewerRequest) -> HttpResponse:
    """Open flags by what they put at risk, the last twelve months, and the way to every figure."""
    viewer = request.viewer
    period = periods_on(request.now.astimezone(LONDON).date())["12-months"][1]
    report = build(viewer, period, by="month")
    flags = open_flags_leaving_first(viewer, FLAGS_SHOWN + 1)
    week = request.now - dt.timedelta(days=7)
    new_flags = count_up_to(flags_of(viewer).filter(opened_at__gte=week), MOST_COUNTED)
    context = {
        "tiles": _tiles(report, new_flags),
        "flags": flags[:FLAGS_SHOWN],
        "has_more_flags": len(flags) > FLAGS_SHOWN,
        "chart": _chart(report) if report.total.figures.rate else None,
        "nation": viewer.nation or "the United Kingdom",
        "leaves_out_defence": report.leaves_out_defence,
    }
    return render(request, "reports/regulator_home.html", context)


def _tiles(report: RetentionReport, new_flags: int) -> list[Tile]:
    rate = report.total.figures.rate
    href = reverse("retention-report")
    exported = report.total.figures["exported"]
    return [
        Tile(
            mass(report.total.at_risk_grams),
            "expected to leave within 90 days",
            reverse("at-risk"),
            "",
            "caution",
        ),
        Tile(up_to(new_flags, MOST_COUNTED), "flags opened this week", "#flags"),
        Tile(
            percent(rate.central) if rate else "–",
            "retained, last 12 months",
            href,
            f"{percent(rate.low)} to {percent(rate.high)}" if rate else "Nothing ended yet",
            "good",
        ),
        Tile(mass(round(exported.central)), "exported, last 12 months", f"{href}?by=holder", "", "bad"),
    ]


def _chart(report: RetentionReport) -> object:
    return lines(
        title="Magnets retained and exported each month",
        labels=[f"{dt.date.fromisoformat(row.key):%b %y}" for row in report.rows],
        series=[
            Series("Retained", [row.figures["retained"].central for row in report.rows], "good"),
            Series("Exported", [row.figures["exported"].central for row in report.rows], "bad"),
        ],
        text=lambda grams: mass(round(grams)),
        labels_title="Month",
    )
