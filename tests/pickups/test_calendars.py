"""Feeds as calendar programs read them."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from icalendar import Calendar

from collection.actions.calling_off import cancel_round
from collection.actions.planning import run_next_plan
from collection.actions.rounds import confirm_plan
from collection.models import Pickup, Plan, Round, Vehicle
from tests.cast import Cast
from tests.pickups.conftest import NOW, LogLot
from tests.pickups.test_working_off import clock_from

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(cast: Cast, log: LogLot, van: Vehicle, ask: Callable[..., Plan]) -> Round:
    log(cast.turbine_dismantler)
    plan = ask(van)
    assert run_next_plan(clock_from(NOW))
    (made,) = confirm_plan(cast.short_loop_planner.viewer, plan.pk, at=NOW)
    return made


def _events(address: str) -> list[dict[str, object]]:
    answer = Client().get(address)
    assert answer.status_code == 200
    return [dict(event) for event in Calendar.from_ical(answer.content).walk("VEVENT")]


def test_a_vehicle_s_feed_shows_its_round_with_the_stops(made: Round) -> None:
    (event,) = _events(f"/calendar/vehicle/{made.vehicle.calendar_token}.ics")
    starts = event["DTSTART"].dt  # type: ignore[attr-defined]
    assert starts == made.starts_at
    assert "Tyneside depot" in str(event["DESCRIPTION"])
    assert str(event["STATUS"]) == "CONFIRMED"


def test_a_holder_s_feed_shows_only_its_own_pickups(cast: Cast, made: Round) -> None:
    pickup = Pickup.unscoped.get()
    own = cast.turbine_dismantler.organisation.calendar_token
    (event,) = _events(f"/calendar/organisation/{own}.ics")
    ends = event["DTEND"].dt  # type: ignore[attr-defined]
    assert ends == pickup.planned_arrival_at + dt.timedelta(minutes=pickup.service_minutes)
    rival = cast.scrapyard.organisation.calendar_token
    assert _events(f"/calendar/organisation/{rival}.ics") == []


def test_a_round_called_off_is_cancelled_in_calendars_that_know_it(cast: Cast, made: Round) -> None:
    address = f"/calendar/vehicle/{made.vehicle.calendar_token}.ics"
    (before,) = _events(address)
    cancel_round(cast.short_loop_planner.viewer, made.pk, why="The holder asked for it.", at=NOW)
    (after,) = _events(address)
    assert (str(after["UID"]), str(after["STATUS"])) == (str(before["UID"]), "CANCELLED")
    assert int(str(after["SEQUENCE"])) > int(str(before["SEQUENCE"]))
