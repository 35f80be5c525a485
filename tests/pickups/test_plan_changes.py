"""What if: one change judged at once, made as a plan of its own, compared, and kept by later searches."""

import datetime as dt
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from collection.actions.plan_changes import change_plan, judge_change, search_on
from collection.actions.planning import run_next_plan
from collection.actions.rounds import confirm_plan
from collection.models import Plan, Site, Vehicle
from collection.queries.plan_snapshots import snapshot_of
from collection.rules.lifecycle import StateConflictError
from collection.rules.planning.answer import PlanAnswer
from collection.rules.planning.changes import ADD, ADD_VEHICLE, ARRANGE, DROP, MOVE, PIN, Change, ChangeError
from collection.rules.planning.comparison import compared
from collection.rules.planning.snapshot import Snapshot
from tests.cast import Cast
from tests.pickups.conftest import NOW, LogLot

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=5)


def work_off(plan: Plan) -> Plan:
    ticks = iter(range(10**9))
    assert run_next_plan(lambda: NOW + dt.timedelta(milliseconds=next(ticks)))
    plan.refresh_from_db()
    assert plan.state == "done", plan.error
    return plan


@pytest.fixture
def plan(cast: Cast, log: LogLot, van: Vehicle, ask: Callable[..., Plan]) -> Plan:
    # Sheffield and Nottingham, both within a day's reach of Birmingham.
    for person, lat, lon in ((cast.turbine_dismantler, 53.38, -1.47), (cast.scrapyard, 52.95, -1.15)):
        assert person.site is not None
        Site.unscoped.filter(pk=person.site.pk).update(lat=lat, lon=lon, nation="England")
        person.site.refresh_from_db()
    log(cast.turbine_dismantler)
    log(cast.scrapyard, quantity=Decimal(500))
    return work_off(ask(van))


def stops(plan: Plan) -> list[str]:
    answer = PlanAnswer.from_json(plan.answer)
    return [stop.key for each in answer.rounds for stop in each.stops]


def days(plan: Plan) -> list[str]:
    return list(snapshot_of(plan).brief().vehicle_days)


def test_what_a_plan_was_made_from_is_kept_to_the_letter(plan: Plan) -> None:
    kept = snapshot_of(plan)
    assert Snapshot.from_json(kept.as_json()) == kept
    assert kept.brief().problem.stops == Snapshot.from_json(plan.problem).brief().problem.stops


def test_leaving_a_stop_out_makes_a_plan_of_its_own(cast: Cast, plan: Plan) -> None:
    planner = cast.short_loop_planner.viewer
    gone = stops(plan)[0]
    began = time.monotonic()
    verdict = judge_change(planner, plan, Change(kind=DROP, stop=gone))
    assert time.monotonic() - began < 2
    assert verdict.answer is not None
    assert f"Leaving out {gone}" in verdict.sentence

    changed = change_plan(planner, plan.pk, Change(kind=DROP, stop=gone), at=LATER)

    assert gone not in stops(changed)
    assert gone in stops(plan), "the first plan stays as it was"
    assert (changed.based_on_id, changed.state) == (plan.pk, "done")
    found = compared(PlanAnswer.from_json(plan.answer), PlanAnswer.from_json(changed.answer))
    assert [stop.key for stop in found.only_first] == [gone]
    assert found.only_second == ()
    assert confirm_plan(planner, changed.pk, at=LATER)


def test_a_change_is_kept_when_the_search_goes_on(cast: Cast, plan: Plan) -> None:
    planner = cast.short_loop_planner.viewer
    gone = stops(plan)[0]
    changed = change_plan(planner, plan.pk, Change(kind=DROP, stop=gone), at=LATER)
    again = work_off(search_on(planner, changed.pk, seconds=1, at=LATER))
    assert gone not in stops(again)
    back = change_plan(planner, plan.pk, Change(kind=PIN, stop=gone), at=LATER)
    again = work_off(search_on(planner, back.pk, seconds=1, at=LATER))
    assert gone in stops(again)


def test_a_stop_moves_to_another_day_or_the_words_say_why_not(cast: Cast, plan: Plan) -> None:
    planner = cast.short_loop_planner.viewer
    answer = PlanAnswer.from_json(plan.answer)
    planned = answer.rounds[0]
    other_day = next(
        key for key, each in snapshot_of(plan).brief().vehicle_days.items() if each.on != planned.on
    )
    stop = planned.stops[0].key
    for kind in (MOVE, ARRANGE):
        change = Change(kind=kind, stop=stop, vehicle_day=other_day, position=0)
        verdict = judge_change(planner, plan, change)
        assert verdict.sentence
        if verdict.answer is not None:
            moved = change_plan(planner, plan.pk, change, at=LATER)
            on = [each.on for each in PlanAnswer.from_json(moved.answer).rounds if stop in stops(moved)]
            assert on


def test_an_arrangement_that_breaks_a_rule_is_refused_in_words(cast: Cast, plan: Plan) -> None:
    """With a box for 100 kg of room, neither stop may be dragged into the van's day."""
    planner = cast.short_loop_planner.viewer
    kept = plan.problem
    for vehicle in kept["fleet"]:
        vehicle["capacity_kg"] = 100
    Plan.unscoped.filter(pk=plan.pk).update(problem=kept)
    plan.refresh_from_db()
    change = Change(kind=ARRANGE, stop=stops(plan)[0], vehicle_day=days(plan)[0], position=0)
    verdict = judge_change(planner, plan, change)
    assert verdict.answer is None
    assert "kg" in verdict.sentence
    with pytest.raises(StateConflictError, match="kg"):
        change_plan(planner, plan.pk, change, at=LATER)


def test_another_vehicle_can_be_added(cast: Cast, plan: Plan, lorry: Vehicle) -> None:
    key = f"Lorry (LO25 HGV) on {plan.from_on:%a %-d %b}"
    change = Change(kind=ADD_VEHICLE, vehicle_day=key, vehicle_id=lorry.pk)
    verdict = judge_change(cast.short_loop_planner.viewer, plan, change)
    assert "Lorry" in verdict.sentence
    changed = change_plan(cast.short_loop_planner.viewer, plan.pk, change, at=LATER)
    assert key in days(changed)


@pytest.mark.parametrize("change", [Change(kind="burn"), Change(kind=ADD, stop="Nowhere")])
def test_what_the_plan_does_not_know_is_refused(cast: Cast, plan: Plan, change: Change) -> None:
    with pytest.raises(ChangeError):
        judge_change(cast.short_loop_planner.viewer, plan, change)


def test_a_confirmed_plan_is_not_changed(cast: Cast, plan: Plan) -> None:
    planner = cast.short_loop_planner.viewer
    confirm_plan(planner, plan.pk, at=LATER)
    with pytest.raises(StateConflictError, match="Change its rounds instead"):
        change_plan(planner, plan.pk, Change(kind=DROP, stop=stops(plan)[0]), at=LATER)


def test_the_pages_ask_make_and_compare(client: Client, cast: Cast, plan: Plan) -> None:
    client.force_login(cast.short_loop_planner.user)
    page = client.get(f"/plans/{plan.reference}/").content.decode()
    assert "Vehicles by the clock" in page
    stop = stops(plan)[0]
    assert client.get(f"/plans/{plan.reference}/change/", {"stop": stop}).status_code == 200
    asked = client.get(f"/plans/{plan.reference}/change/", {"stop": stop, "kind": "drop"})
    assert "This would work" in asked.content.decode()
    assert client.get(f"/plans/{plan.reference}/change/", {"stop": stop, "kind": "move"}).status_code == 422
    made = client.post(f"/plans/{plan.reference}/change/make/", {"stop": stop, "kind": "drop"})
    changed = Plan.unscoped.get(based_on=plan)
    assert made.headers["Location"] == f"/plans/{changed.reference}/"
    page = client.get("/plans/compare/", {"first": plan.reference, "second": changed.reference})
    assert "What differs" in page.content.decode()
    fragment = client.get(
        f"/plans/{plan.reference}/change/",
        {"stop": stop, "kind": "arrange", "vehicle_day": days(plan)[0], "position": "0"},
        headers={"X-Requested-With": "fragment"},
    )
    assert "<html" not in fragment.content.decode()
