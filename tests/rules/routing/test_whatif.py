"""What-if answers are possible plans, exact in money, quick, and leave the rest of the plan alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import process_time

import pytest

from bench.planning_instances import uk_text
from collection.rules.routing import Plan, Problem, evaluate, evaluate_route, explain, solve
from collection.rules.routing.formats import read_problem
from collection.rules.routing.whatif import (
    Answer,
    add,
    add_vehicle,
    arranged,
    drop,
    move,
    pin,
    ways_with_stop,
)


@pytest.fixture(scope="module")
def planned() -> tuple[Problem, Plan]:
    problem = read_problem(uk_text(80, 5))
    return problem, solve(problem, seconds=20, iterations=700)


def checked(ask: Callable[[], Answer], before: Plan) -> Answer:
    began = process_time()
    answer = ask()
    assert process_time() - began < 2
    assert answer.plan is not None
    assert evaluate(answer.problem, answer.plan).violations == ()
    assert answer.rise == answer.plan.objective - before.objective
    return answer


def test_adding_a_stop_serves_it_at_the_explained_cost(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    explained = next(o for o in explain(problem, plan).omissions if o.flip_prize is not None)
    answer = checked(lambda: add(problem, plan, explained.stop), plan)
    assert any(explained.stop in route.stops for route in answer.plan.routes)
    assert answer.rise <= explained.flip_prize - problem.stops[problem.stop_index_of[explained.stop]].prize


def test_adding_a_stop_nobody_can_serve_says_why(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    stop = plan.omitted[0].id
    stops = tuple(replace(s, skills=frozenset({"SC", "CR"})) if s.id == stop else s for s in problem.stops)
    answer = add(replace(problem, stops=stops), plan, stop)
    assert answer.plan is None
    assert "a crane and security clearance" in answer.sentence.replace(
        "security clearance and a crane", "a crane and security clearance"
    )


def test_dropping_a_stop_keeps_every_other_visit_and_a_later_solve_respects_it(
    planned: tuple[Problem, Plan],
) -> None:
    problem, plan = planned
    stop = next(i.stop for i in explain(problem, plan).inclusions if i.gain > 0 and i.prize < 10**8)
    answer = checked(lambda: drop(problem, plan, stop), plan)
    assert {s for r in answer.plan.routes for s in r.stops} == {
        s for r in plan.routes for s in r.stops if s != stop
    }
    again = solve(answer.problem, seconds=10, iterations=100, warm_start=answer.plan)
    assert all(stop not in route.stops for route in again.routes)


def test_a_moved_stop_is_on_the_other_vehicle_and_stays_there(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    source, target = "TYS-t18-SC", "TYS-t75-SC"
    stop = next(
        s
        for r in plan.routes
        if r.vehicle == source
        for s in r.stops
        if move(problem, plan, s, target).plan is not None
    )
    answer = checked(lambda: move(problem, plan, stop, target), plan)
    again = solve(answer.problem, seconds=10, iterations=100, warm_start=answer.plan)
    for after in (answer.plan, again):
        assert any(stop in route.stops for route in after.routes if route.vehicle == target)


def test_a_pinned_stop_stays_with_its_vehicle_when_another_plan_would_be_cheaper(
    planned: tuple[Problem, Plan],
) -> None:
    problem, plan = planned
    route = plan.routes[0]
    answer = checked(lambda: pin(problem, plan, route.stops[0]), plan)
    assert answer.rise == 0
    worthless = tuple(replace(s, prize=0) if s.id == route.stops[0] else s for s in answer.problem.stops)
    again = solve(replace(answer.problem, stops=worthless), seconds=10, iterations=100)
    assert any(route.stops[0] in r.stops for r in again.routes if r.vehicle == route.vehicle)


def test_another_vehicle_is_used_when_it_pays(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    free = replace(problem.vehicles[0], fixed_cost=0, cost_per_m=0, cost_per_s=0, id="free")
    answer = checked(lambda: add_vehicle(problem, plan, free), plan)
    assert answer.rise < 0
    assert any(route.vehicle == "free" for route in answer.plan.routes)


def test_a_drag_is_judged_exactly_wherever_it_lands(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    possible = 0
    drags = [
        (source.stops[0], target.vehicle, position)
        for source in plan.routes
        for target in plan.routes
        for position in range(len(target.stops) + 1)
    ]
    for stop, vehicle, position in drags[::5]:
        (routes,) = ways_with_stop(problem, plan, stop, vehicle, position)
        answer = arranged(problem, plan, routes)
        judged = [evaluate_route(problem, route) for route in routes if route.stops]
        assert (answer.plan is None) == any(route.violations for route in judged)
        if answer.plan is None:
            assert vehicle in answer.sentence
        else:
            possible += 1
            assert answer.rise == sum(r.cost for r in judged) - sum(
                evaluate_route(problem, r).cost for r in plan.routes
            )
    assert possible


def test_a_drag_back_to_where_it_was_changes_nothing(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    route = next(
        route
        for number, route in enumerate(plan.routes)
        if len(route.stops) > 1 and all(r.vehicle != route.vehicle for r in plan.routes[:number])
    )
    (routes,) = ways_with_stop(problem, plan, route.stops[1], route.vehicle, 1)
    answer = checked(lambda: arranged(problem, plan, routes), plan)
    assert answer.rise == 0


def test_a_vehicle_that_cannot_make_the_stop_is_named(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    stop, vehicle = problem.stops[0], problem.vehicles[0]
    heavy = replace(stop, load={name: room + 1 for name, room in vehicle.capacity.items()})
    heavier = replace(problem, stops=(heavy, *problem.stops[1:]))
    sentence = move(heavier, plan, stop.id, vehicle.id).sentence
    assert sentence.startswith(f"{vehicle.id} cannot carry ")

    skilled = replace(problem, stops=(replace(stop, skills=frozenset({"a crane"})), *problem.stops[1:]))
    sentence = move(skilled, plan, stop.id, vehicle.id).sentence
    assert sentence == f"{vehicle.id} lacks a crane, which {stop.id} needs."
