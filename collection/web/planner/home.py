"""The planner's first page: what waits today."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from collection.queries.planner_home import MOST_COUNTED, PlannerDay, planner_day
from collection.rules.roles import Permission
from collection.rules.spoken_mass import mass, mass_range
from collection.web.access import ViewerRequest, requires
from collection.web.kit.components import Tile
from collection.web.kit.numbers import up_to


@requires(Permission.PLAN_ROUNDS)
@require_safe
def planner_home(request: ViewerRequest) -> HttpResponse:
    day = planner_day(request.viewer, timezone.localdate(request.now))
    context = {"day": day, "tiles": _tiles(day)}
    return render(request, "collection/planner/home.html", context)


def _tiles(day: PlannerDay) -> list[Tile]:
    high = reverse("available-lots") + "?band=3"
    return [
        Tile(
            mass(day.at_risk_grams),
            "of magnets expected to leave the country",
            reverse("available-lots"),
            note=f"out of {mass(round(day.held.central))} held ({mass_range(day.held)})",
            tone="caution" if day.at_risk_grams else "good",
        ),
        Tile(
            up_to(day.flag_count, MOST_COUNTED),
            _noun(day.flag_count, "open export warning"),
            high,
            tone="bad" if day.flag_count else "good",
        ),
        Tile(day.plans_under_way, _noun(day.plans_under_way, "plan") + " being worked out", reverse("plans")),
        Tile(day.rounds_today, _noun(day.rounds_today, "round") + " today", reverse("rounds")),
        Tile(
            day.stops_asking,
            _noun(day.stops_asking, "holder") + " asking for another time",
            reverse("rounds"),
            tone="caution" if day.stops_asking else "neutral",
        ),
        Tile(
            day.stops_late,
            _noun(day.stops_late, "stop") + " expected after the promised time",
            reverse("rounds"),
            tone="bad" if day.stops_late else "neutral",
        ),
        Tile(
            day.loads_to_weigh_in,
            _noun(day.loads_to_weigh_in, "load") + " to weigh in",
            reverse("receiving"),
            tone="caution" if day.loads_to_weigh_in else "neutral",
        ),
        Tile(day.loads_to_process, _noun(day.loads_to_process, "lot") + " to process", reverse("receiving")),
    ]


def _noun(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"
