"""A plan's row is the queue: worked off once, by one worker at a time, and never lost."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest

from collection.actions import planning
from collection.actions.planning import LEASE, MOST_ATTEMPTS, run_next_plan
from collection.actions.plans import PlanRefusedError, cancel_plan, stop_searching
from collection.models import Membership, Plan, Vehicle
from collection.rules.routing.problem import Plan as RoutePlan
from collection.rules.routing.problem import Problem
from collection.tasks.plans import run_waiting_plans
from tests.cast import Cast
from tests.pickups.conftest import NOW, LogLot

pytestmark = pytest.mark.django_db
Ask = Callable[..., Plan]
Clock = Callable[[], dt.datetime]
real_solve = planning.solve


def clock_from(start: dt.datetime, step: float = 0.01) -> Clock:
    """A clock that moves `step` seconds at every look."""
    looks = iter(range(10**9))
    return lambda: start + dt.timedelta(seconds=step * next(looks))


def test_the_task_run_twice_changes_nothing_the_second_time(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask
) -> None:
    log(cast.turbine_dismantler)
    plan = ask(van)
    run_waiting_plans()
    plan.refresh_from_db()
    finished = (plan.state, plan.finished_at, plan.answer)

    run_waiting_plans()

    plan.refresh_from_db()
    assert plan.state == "done"
    assert (plan.state, plan.finished_at, plan.answer) == finished


def test_a_killed_worker_s_plan_is_taken_over_when_its_lease_runs_out(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(cast.turbine_dismantler)
    plan = ask(van)

    def killed(problem: Problem, **_: object) -> RoutePlan:
        raise KeyboardInterrupt

    monkeypatch.setattr(planning, "solve", killed)
    with pytest.raises(KeyboardInterrupt):
        run_next_plan(clock_from(NOW))
    monkeypatch.setattr(planning, "solve", real_solve)

    assert not run_next_plan(clock_from(NOW + LEASE / 2)), "the lease still holds"
    assert run_next_plan(clock_from(NOW + LEASE * 2))
    plan.refresh_from_db()
    assert (plan.state, plan.attempts) == ("done", 2)
    assert plan.answer["rounds"]


def test_whoever_lost_the_lease_stops_and_writes_nothing(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker was only asleep: it wakes up after a second one has finished the plan."""
    log(cast.turbine_dismantler)
    plan = ask(van)
    answers = []

    def sleepy(problem: Problem, **options: object) -> RoutePlan:
        monkeypatch.setattr(planning, "solve", real_solve)
        assert run_next_plan(clock_from(NOW + LEASE * 2))
        plan.refresh_from_db()
        answers.append(plan.answer)
        return real_solve(problem, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(planning, "solve", sleepy)
    run_next_plan(clock_from(NOW))

    plan.refresh_from_db()
    assert plan.state == "done"
    assert plan.answer == answers[0]


def test_a_plan_that_kills_its_workers_is_given_up_with_a_way_out(cast: Cast, van: Vehicle, ask: Ask) -> None:
    plan = ask(van)
    Plan.unscoped.filter(pk=plan.pk).update(
        state="running", attempts=MOST_ATTEMPTS, leased_until=NOW - dt.timedelta(seconds=1)
    )
    assert run_next_plan(clock_from(NOW))
    plan.refresh_from_db()
    assert plan.state == "failed"
    assert "Try a smaller reach" in plan.error


def test_a_running_search_hears_a_cancellation(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(cast.turbine_dismantler)
    plan = ask(van)
    looks = []

    def searching(problem: Problem, **options: Callable[..., object]) -> RoutePlan:
        cancel_plan(cast.short_loop_planner.viewer, plan.pk, at=NOW)
        while not options["should_stop"]():
            looks.append(1)
        return real_solve(problem, seconds=0.2)

    monkeypatch.setattr(planning, "solve", searching)
    run_next_plan(clock_from(NOW, step=0.1))

    plan.refresh_from_db()
    assert plan.state == "cancelled"
    assert plan.answer == {}
    assert len(looks) * 0.1 < 1, "within a second"


def test_a_waiting_plan_is_cancelled_at_once(cast: Cast, van: Vehicle, ask: Ask) -> None:
    plan = ask(van)
    cancel_plan(cast.short_loop_planner.viewer, plan.pk, at=NOW)
    assert not run_next_plan(clock_from(NOW))
    plan.refresh_from_db()
    assert plan.state == "cancelled"


def test_a_planner_may_be_content_with_the_best_so_far(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(cast.turbine_dismantler)
    plan = ask(van)

    def searching(problem: Problem, **options: Callable[..., object]) -> RoutePlan:
        # What the weights cost is looked for afterwards, within its own time.
        monkeypatch.setattr(planning, "solve", real_solve)
        stop_searching(cast.short_loop_planner.viewer, plan.pk)
        while not options["should_stop"]():
            pass
        return real_solve(problem, seconds=0.2)

    monkeypatch.setattr(planning, "solve", searching)
    run_next_plan(clock_from(NOW, step=0.1))
    plan.refresh_from_db()
    assert plan.state == "done"
    assert plan.answer["rounds"]


def test_the_best_so_far_is_on_the_row_while_the_search_runs(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(cast.turbine_dismantler)
    plan = ask(van)
    seen = []

    def watched(problem: Problem, **options: Callable[..., None]) -> RoutePlan:
        monkeypatch.setattr(planning, "solve", real_solve)

        def on_progress(best: RoutePlan) -> None:
            options["on_progress"](best)
            seen.append(Plan.unscoped.values_list("progress", flat=True).get(pk=plan.pk))

        return real_solve(problem, seconds=0.5, on_progress=on_progress)

    monkeypatch.setattr(planning, "solve", watched)
    run_next_plan(clock_from(NOW))
    assert seen[0]["sketch"]["rounds"][0]["stops"][0]["place_name"] == "Tyneside depot"


def test_no_lot_within_reach_is_an_answer_not_a_failure(cast: Cast, van: Vehicle, ask: Ask) -> None:
    plan = ask(van)
    run_waiting_plans()
    plan.refresh_from_db()
    assert (plan.state, plan.answer["rounds"]) == ("done", [])


def test_no_lot_that_can_be_reached_in_a_day_is_an_answer_with_the_reason(
    cast: Cast, log: LogLot, lorry: Vehicle, ask: Ask
) -> None:
    log(cast.scrapyard)
    plan = ask(lorry)
    run_waiting_plans()
    plan.refresh_from_db()
    assert plan.state == "done"
    (omitted,) = plan.answer["omitted"]
    assert "Govan yard" in omitted["why"]


def test_a_lot_left_out_by_the_planner_is_not_considered(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask
) -> None:
    lot = log(cast.turbine_dismantler)
    plan = ask(van, without_lot_ids=[lot.pk])
    run_waiting_plans()
    plan.refresh_from_db()
    assert (plan.answer["rounds"], plan.answer["omitted"]) == ([], [])


def test_a_lot_insisted_on_is_fetched_whatever_it_costs(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask
) -> None:
    lot = log(cast.turbine_dismantler, quantity=Decimal(1))
    plain, insisted = ask(van), ask(van, must_lot_ids=[lot.pk])
    run_waiting_plans()
    plain.refresh_from_db()
    insisted.refresh_from_db()
    assert plain.answer["rounds"] == []
    assert insisted.answer["totals"]["lots"] == 1


def test_insisting_on_the_impossible_is_answered_with_what_is_in_the_way(
    cast: Cast, log: LogLot, lorry: Vehicle, ask: Ask
) -> None:
    lot = log(cast.scrapyard)
    plan = ask(lorry, must_lot_ids=[lot.pk])
    run_waiting_plans()
    plan.refresh_from_db()
    assert plan.state == "failed"
    assert "Govan yard is required, but" in plan.error
    assert "more days or vehicles" in plan.error


def test_somebody_who_may_not_plan_any_more_gets_no_plan(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask
) -> None:
    plan = ask(van)
    Membership.objects.filter(user=cast.short_loop_planner.user).delete()
    run_waiting_plans()
    plan.refresh_from_db()
    assert plan.state == "failed"


@pytest.mark.parametrize("lots", [1, 5])
def test_reading_what_a_plan_is_about_takes_the_same_queries_for_any_number_of_lots(
    lots: int, cast: Cast, log: LogLot, van: Vehicle, ask: Ask, django_assert_max_num_queries: object
) -> None:
    for _ in range(lots):
        log(cast.turbine_dismantler)
    plan = ask(van)
    viewer = cast.short_loop_planner.viewer
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        brief = planning.brief_for(plan, viewer)
    assert sum(len(group.lots) for group in brief.groups.values()) == lots


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"days": 0}, "days"),
        ({"from_on": dt.date(2026, 11, 20)}, "from_on"),
        ({"from_on": dt.date(2031, 12, 1)}, "from_on"),
        ({"from_on": dt.date(2026, 11, 28)}, "days"),
        ({"seconds": 9999}, "seconds"),
        ({"saving_weight": 0}, "saving_weight"),
        ({"reach_km": 0}, "reach_km"),
        ({"box": "ferrite"}, "box"),
        ({"vehicle_ids": []}, "vehicles"),
        ({"facility_id": 0}, "facility"),
    ],
)
def test_what_cannot_be_planned_is_refused_by_field(
    changes: dict[str, object], field: str, cast: Cast, van: Vehicle, ask: Ask
) -> None:
    with pytest.raises(PlanRefusedError) as refusal:
        ask(van, **changes)
    assert refusal.value.field == field
