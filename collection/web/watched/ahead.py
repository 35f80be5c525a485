"""The years ahead: what should arise, from what holders watch and from the public register of wind farms."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from collection.queries.expected import ExpectedYear, Forecast, expected_by_year
from collection.rules.roles import Permission
from collection.rules.spoken_mass import mass
from collection.rules.spread import Spread
from collection.web.access import ViewerRequest, requires
from collection.web.kit.charts import Chart, Series, stacked_bars


@require_GET
@requires(Permission.SEE_REPORTS)
def ahead(request: ViewerRequest) -> HttpResponse:
    """Magnets expected by year, each with its interval, and the farms behind them."""
    forecast = expected_by_year(request.viewer, today=timezone.localdate(request.now))
    context = {
        "years": [(one, *_spoken(one.magnet)) for one in forecast.years if one.farms or one.watched],
        "farms": [(farm, *_spoken(farm.magnet)) for farm in forecast.farms],
        "chart": _chart(forecast),
        "may_watch": request.viewer.may(Permission.LOG_LOT),
        "nation": request.viewer.nation,
    }
    return render(request, "collection/watched/ahead.html", context)


def _spoken(magnet: Spread) -> tuple[str, str, str]:
    """Central, low and high as people read them."""
    return mass(round(magnet.central)), mass(round(magnet.low)), mass(round(magnet.high))


def _chart(forecast: Forecast) -> Chart | None:
    years = _up_to_the_last(forecast)
    if not years:
        return None
    return stacked_bars(
        title="Magnets expected by year",
        labels=[str(one.year) for one in years],
        series=[
            Series("Wind farms of the register", [one.farm_grams for one in years], "brand"),
            Series("Watched by holders", [one.watched_grams for one in years], "good"),
        ],
        text=lambda grams: mass(round(grams)),
        labels_title="Year",
    )


def _up_to_the_last(forecast: Forecast) -> list[ExpectedYear]:
    """The years until nothing more is expected."""
    last = max((number for number, one in enumerate(forecast.years) if one.farms or one.watched), default=-1)
    return list(forecast.years[: last + 1])
