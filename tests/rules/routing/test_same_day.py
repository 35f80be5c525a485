"""The rest of a day: what is done stays done, promises are kept or their breaking is counted, little changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.planning_instances import uk_text
from collection.rules.routing import Plan, Problem, ProblemError, Route, Stop, evaluate, evaluate_route, solve
from collection.rules.routing.disruption import broken_down, closed, late, new_stop
from collection.rules.routing.formats import read_problem
from collection.rules.routing.promises import GONE, HANDED_OVER, NEW, differences, keep_with, promise
from collection.rules.routing.underway import Underway, rest_of_day, so_far
from tests.rules.routing.brute_force import best_objective
from tests.rules.routing.instances import HOUR, small_problem


def one_of_each(problem: Problem) -> Problem:
    """The problem with every vehicle named on its own, as the register has them."""
    vehicles = tuple(
        replace(v, id=f"{v.id} {number}", count=1) for v in problem.vehicles for number in range(v.count)
    )
    return replace(problem, vehicles=vehicles)


@pytest.fixture(scope="module")
def planned() -> tuple[Problem, Plan]:
    problem = one_of_each(read_problem(uk_text(60, 5)))
    return problem, solve(problem, seconds=20, iterations=500)


def after_first_stop(problem: Problem, route: Route) -> Underway:
    """The vehicle of a round as it leaves its first stop, exactly on time."""
    judged = evaluate_route(problem, route)
    vehicle = problem.vehicles[problem.vehicle_index_of[route.vehicle]]
    roads = problem.matrices[vehicle.profile]
    depot, first = problem.depot_node_of[vehicle.depot], problem.node_of[route.stops[0]]
    return Underway(
        vehicle=route.vehicle,
        left_at=judged.leaves,
        done=route.stops[:1],
        free_at=judged.visits[0].leaves,
        metres=int(roads.distance_m[depot, first]),
        driving_s=int(roads.duration_s[depot, first] - roads.not_driving_s[depot, first]),
        on_board=problem.stops[problem.stop_index_of[route.stops[0]]].load,
    )


def everybody_underway(problem: Problem, plan: Plan) -> tuple[list[Underway], int]:
    """Everybody with more than one stop has left and is bound by the first; the moment the first one left."""
    underway = [after_first_stop(problem, route) for route in plan.routes if len(route.stops) > 1]
    return underway, min(evaluate_route(problem, route).leaves for route in plan.routes)


def test_a_day_that_goes_as_planned_costs_what_was_planned(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    rest, remaining, lost = rest_of_day(problem, plan, *everybody_underway(problem, plan))
    assert lost == ()
    assert evaluate(rest, remaining).violations == ()
    planned_cost = sum(evaluate_route(problem, route).cost for route in plan.routes)
    assert sum(evaluate_route(rest, route).cost for route in remaining.routes) == planned_cost


def test_a_new_search_of_the_rest_keeps_what_is_done(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    underway, now = everybody_underway(problem, plan)
    rest, remaining, _ = rest_of_day(problem, plan, underway, now)
    again = solve(rest, seconds=10, iterations=200, warm_start=remaining)
    assert evaluate(rest, again).violations == ()
    assert again.objective <= remaining.objective
    for each in underway:
        begun = next(route for route in again.routes if route.vehicle == each.vehicle)
        assert begun.stops[0] == so_far(each.vehicle)
        assert all(each.done[0] not in route.stops for route in again.routes)


def test_nobody_leaves_before_now_and_hours_that_have_passed_are_gone(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    noon = 12 * HOUR
    rest, remaining, lost = rest_of_day(problem, plan, [], now=noon)
    for route in remaining.routes:
        assert evaluate_route(rest, route).leaves >= noon
    assert lost
    answer = late(rest, remaining, lost)
    assert answer.plan is not None
    assert evaluate(answer.problem, answer.plan).violations == ()
    assert answer.plan.objective <= remaining.objective


def test_a_van_that_breaks_down_on_the_road_hands_over_what_it_had_still_to_do(
    planned: tuple[Problem, Plan],
) -> None:
    problem, plan = planned
    route = next(route for route in plan.routes if len(route.stops) > 2 and "van" in route.vehicle)
    each = after_first_stop(problem, route)
    promised = route.stops[1]
    rest, remaining, _ = rest_of_day(problem, plan, [each], now=each.left_at)
    answer = broken_down(rest, remaining, route.vehicle, promised=[promised])
    assert answer.plan is not None
    assert evaluate(answer.problem, answer.plan).violations == ()
    assert any(promised in r.stops for r in answer.plan.routes)
    assert all(r.vehicle != route.vehicle for r in answer.plan.routes)
    order_before = {r.vehicle: r.stops for r in remaining.routes}
    for after in answer.plan.routes:
        kept = [stop for stop in after.stops if stop in order_before.get(after.vehicle, ())]
        assert kept == [stop for stop in order_before.get(after.vehicle, ()) if stop in kept]
    kinds = {
        change.stop: change.kind for change in differences((rest, remaining), (answer.problem, answer.plan))
    }
    assert kinds[promised] == HANDED_OVER
    assert kinds[so_far(route.vehicle)] == GONE


def test_a_required_stop_nobody_else_can_take_is_named_and_left_out() -> None:
    problem = small_problem(3)
    only = next(stop for stop in problem.stops if evaluate_route(problem, Route("lorry", (stop.id,))).visits)
    stops = tuple(
        replace(s, required=s.id == only.id, skills=frozenset({"TL"}) if s.id == only.id else s.skills)
        for s in problem.stops
    )
    problem = replace(problem, stops=stops)
    plan = solve(problem, seconds=5, iterations=200)
    answer = broken_down(problem, plan, "lorry")
    assert answer.plan is not None
    assert only.id in answer.sentence
    assert only.id in {omission.id for omission in answer.plan.omitted}
    assert evaluate(answer.problem, answer.plan).violations == ()


def test_a_closed_site_falls_away_and_the_rest_stays(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    stop = max((route for route in plan.routes), key=lambda route: len(route.stops)).stops[1]
    answer = closed(problem, plan, stop)
    assert answer.plan is not None
    changes = differences((problem, plan), (answer.problem, answer.plan), tolerance_s=10 * HOUR)
    assert [(change.stop, change.kind) for change in changes] == [(stop, GONE)]


def test_a_lot_that_turns_up_is_fetched_when_it_pays_or_the_planner_insists(
    planned: tuple[Problem, Plan],
) -> None:
    problem, plan = planned
    near = problem.stops[problem.stop_index_of[plan.routes[0].stops[0]]]
    lot = replace(
        near, id="new", prize=0, required=False, load={"kg": 5, "quarter_pallets": 1}, service_s=600
    )
    worthless = new_stop(problem, plan, lot, insist=False)
    assert worthless.plan is not None
    assert worthless.rise == 0
    precious = new_stop(problem, plan, replace(lot, prize=10**9), insist=False)
    assert precious.plan is not None
    assert any("new" in route.stops for route in precious.plan.routes)
    insisted = new_stop(problem, plan, lot, insist=True)
    assert insisted.plan is not None
    assert insisted.rise > 0
    kinds = {c.stop: c.kind for c in differences((problem, plan), (insisted.problem, insisted.plan))}
    assert kinds["new"] == NEW


def test_a_lot_that_turns_up_while_vehicles_are_out_goes_to_one_that_passes(
    planned: tuple[Problem, Plan],
) -> None:
    problem, plan = planned
    route = next(route for route in plan.routes if len(route.stops) > 2)
    rest, remaining, _ = rest_of_day(problem, plan, *everybody_underway(problem, plan))
    near = rest.stops[rest.stop_index_of[route.stops[1]]]
    lot = replace(near, id="new", load={"kg": 5, "quarter_pallets": 1}, service_s=300)
    answer = new_stop(rest, remaining, lot, insist=True)
    assert answer.plan is not None
    assert evaluate(answer.problem, answer.plan).violations == ()
    assert all(
        r.stops.index(so_far(r.vehicle)) == 0 for r in answer.plan.routes if r.vehicle == route.vehicle
    )


@pytest.mark.parametrize("seed", range(8))
def test_promises_are_weighed_exactly_as_by_trying_everything(seed: int) -> None:
    problem = small_problem(seed, required_share=0)
    plan = solve(problem, seconds=5, iterations=300)
    served = [visit for route in plan.routes for visit in evaluate_route(problem, route).visits]
    # Everybody was told an hour too early, at prices that are sometimes worth paying.
    told = {visit.stop: (visit.starts - 2 * HOUR, visit.starts - HOUR) for visit in served[:2]}
    promised = promise(
        keep_with(problem, plan, away_cost=700_000), told, late_cost=1_000_000 * (1 + seed % 3)
    )
    best = best_objective(promised)
    assert best is not None
    again = solve(promised, seconds=10, iterations=600)
    assert again.objective == evaluate(promised, again).objective == best


def test_a_promise_costs_nothing_kept_and_its_price_broken() -> None:
    problem = small_problem(1, required_share=0)
    stop = problem.stops[0]
    alone = next(
        Route(v.id, (stop.id,))
        for v in problem.vehicles
        if not evaluate_route(problem, Route(v.id, (stop.id,))).violations
    )
    begins = evaluate_route(problem, alone).visits[0].starts
    kept = promise(problem, {stop.id: (begins, begins + HOUR)}, late_cost=123_456)
    before = evaluate_route(problem, alone)
    assert evaluate_route(kept, alone).cost == before.cost
    missed = promise(problem, {stop.id: (begins - 5 * HOUR, begins - 5 * HOUR)}, late_cost=123_456)
    if evaluate_route(missed, alone).visits[0].starts > begins - 5 * HOUR:
        assert evaluate_route(missed, alone).cost == before.cost + 123_456


def test_a_vehicle_that_has_left_must_say_where_it_is() -> None:
    problem = small_problem(1)
    plan = solve(problem, seconds=5, iterations=100)
    lost = Underway("van", 8 * HOUR, (), 9 * HOUR, 0, 0, {})
    with pytest.raises(ProblemError, match="name at least the stop it is driving to"):
        rest_of_day(problem, plan, [lost], now=9 * HOUR)
    with pytest.raises(ProblemError, match="there is no such vehicle"):
        rest_of_day(problem, plan, [replace(lost, vehicle="boat", done=("S1",))], now=9 * HOUR)


def test_the_same_id_twice_is_refused() -> None:
    problem = small_problem(1)
    plan = solve(problem, seconds=5, iterations=100)
    stop: Stop = problem.stops[0]
    with pytest.raises(ProblemError, match="appears twice"):
        new_stop(problem, plan, stop, insist=False)
