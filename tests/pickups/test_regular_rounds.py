"""Rounds that come again: planned once for each day, whoever asks twice, and not on a bank holiday."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from collection.actions.planning import run_next_plan
from collection.actions.plans import PlanRefusedError
from collection.actions.regular_rounds import (
    RegularRoundRequest,
    plan_due_regular_rounds,
    save_regular_round,
    stop_regular_round,
)
from collection.models import Facility, Plan, RegularRound, Vehicle
from collection.rules.planning.answer import PlanAnswer
from collection.rules.planning.regular import days_due
from tests.cast import Cast
from tests.pickups.conftest import NOW, LogLot

MONDAY = NOW.date()


@pytest.mark.parametrize(
    ("weekdays", "nation", "due"),
    [
        ([1], "England", ["2026-11-24"]),
        ([0, 1, 3], "England", ["2026-11-24", "2026-11-26"]),
        ([5], "England", []),
    ],
)
def test_the_days_of_the_next_three_working_days(weekdays: list[int], nation: str, due: list[str]) -> None:
    found = days_due(weekdays, MONDAY, None, 3, MONDAY, nation)
    assert [day.isoformat() for day in found] == due


def test_a_bank_holiday_is_left_out_where_it_is_one() -> None:
    friday = dt.date(2026, 11, 27)
    saint_andrew = dt.date(2026, 11, 30)
    assert saint_andrew in days_due([0], MONDAY, None, 3, friday, "England")
    assert saint_andrew not in days_due([0], MONDAY, None, 3, friday, "Scotland")


def test_a_template_has_a_first_and_a_last_day() -> None:
    assert days_due([1, 2], dt.date(2026, 11, 25), dt.date(2026, 11, 25), 3, MONDAY, "England") == [
        dt.date(2026, 11, 25)
    ]


@pytest.fixture
def regular(cast: Cast, plant: Facility, van: Vehicle, log: LogLot) -> RegularRound:
    log(cast.turbine_dismantler)
    log(cast.scrapyard)
    assert cast.turbine_dismantler.site
    wanted = RegularRoundRequest(
        name="Tyne on Tuesdays",
        facility_id=plant.pk,
        vehicle_id=van.pk,
        site_ids=[cast.turbine_dismantler.site.pk],
        weekdays=[1],
        starts_on=MONDAY,
    )
    return save_regular_round(cast.short_loop_planner.viewer, wanted)


@pytest.mark.django_db
def test_it_is_planned_once_and_looks_only_at_its_sites(regular: RegularRound, cast: Cast) -> None:
    assert plan_due_regular_rounds(now=NOW, today=MONDAY) == 1
    assert plan_due_regular_rounds(now=NOW, today=MONDAY) == 0, "asked again, planned once"
    plan = Plan.unscoped.get()
    ticks = iter(range(10**9))
    Plan.unscoped.update(seconds=1)
    assert run_next_plan(lambda: NOW + dt.timedelta(milliseconds=next(ticks)))
    plan.refresh_from_db()
    answer = PlanAnswer.from_json(plan.answer)
    seen = {stop.place_name for each in answer.rounds for stop in each.stops}
    seen |= {stop.place_name for stop in answer.omitted}
    assert seen == {"Tyneside depot"}
    assert plan.from_on == dt.date(2026, 11, 24)


@pytest.mark.django_db
def test_a_paused_round_is_not_planned(regular: RegularRound, cast: Cast) -> None:
    stop_regular_round(cast.short_loop_planner.viewer, regular.pk, is_active=False)
    assert plan_due_regular_rounds(now=NOW, today=MONDAY) == 0


@pytest.mark.django_db
def test_a_name_is_given_once(regular: RegularRound, cast: Cast, plant: Facility, van: Vehicle) -> None:
    again = RegularRoundRequest(
        name=regular.name,
        facility_id=plant.pk,
        vehicle_id=van.pk,
        site_ids=list(regular.sites.values_list("pk", flat=True)),
        weekdays=[2],
        starts_on=MONDAY,
    )
    with pytest.raises(PlanRefusedError, match="of this name already"):
        save_regular_round(cast.short_loop_planner.viewer, again)


@pytest.mark.django_db
def test_the_pages_save_pause_and_are_the_organisations_own(
    client: Client, regular: RegularRound, cast: Cast, as_person: Callable[..., Client]
) -> None:
    as_person(cast.short_loop_planner)
    assert "Tyne on Tuesdays" in client.get("/regular-rounds/").content.decode()
    assert client.get(f"/regular-rounds/{regular.pk}/").status_code == 200
    refused = client.post("/regular-rounds/new/", {"name": ""})
    assert refused.status_code == 422
    client.post(f"/regular-rounds/{regular.pk}/pause/")
    regular.refresh_from_db()
    assert not regular.is_active
    as_person(cast.long_loop_planner)
    assert client.get(f"/regular-rounds/{regular.pk}/").status_code == 404
