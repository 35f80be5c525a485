"""Every omission and inclusion is explained, and the figures hold when the stop is forced in or out."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from bench.planning_instances import uk_text
from collection.rules.routing import Plan, Problem, Route, evaluate, evaluate_route, explain, solve
from collection.rules.routing.formats import read_problem
from tests.rules.routing.instances import small_problem

UNKNOWABLE = {"no_crew", "too_big", "out_of_reach", "closed"}


@pytest.fixture(scope="module")
def planned() -> tuple[Problem, Plan]:
    problem = read_problem(uk_text(60, 11))
    return problem, solve(problem, seconds=20, iterations=700)


def cost_of(problem: Problem, route: Route) -> int | None:
    judged = evaluate_route(problem, route)
    return None if judged.violations else judged.cost


def cheapest_place(problem: Problem, plan: Plan, stop: str) -> int | None:
    """Every vehicle, every position, with the evaluator only."""
    rises = []
    used: dict[str, int] = {}
    for route in plan.routes:
        used[route.vehicle] = used.get(route.vehicle, 0) + 1
        before = cost_of(problem, route)
        assert before is not None
        for place in range(len(route.stops) + 1):
            longer = (*route.stops[:place], stop, *route.stops[place:])
            after = cost_of(problem, replace(route, stops=longer))
            if after is not None:
                rises.append(after - before)
    for vehicle in problem.vehicles:
        if used.get(vehicle.id, 0) < vehicle.count:
            alone = cost_of(problem, Route(vehicle.id, (stop,)))
            if alone is not None:
                rises.append(alone)
    return min(rises, default=None)


def test_every_stop_is_explained_exactly_once(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    explanation = explain(problem, plan)
    named = [o.stop for o in explanation.omissions] + [i.stop for i in explanation.inclusions]
    assert sorted(named) == sorted(stop.id for stop in problem.stops)
    assert all(o.reason.endswith(".") for o in explanation.omissions)
    written = {omission.id: (omission.code, omission.flip_prize) for omission in plan.omitted}
    assert written == {o.stop: (o.code, o.flip_prize) for o in explanation.omissions}


def test_the_cheapest_insertion_is_what_forcing_the_stop_in_costs(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    for omission in explain(problem, plan).omissions:
        assert omission.insertion_cost == cheapest_place(problem, plan, omission.stop)


def test_only_stops_nobody_can_serve_have_no_flip_prize(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    for omission in explain(problem, plan).omissions:
        servable = any(cost_of(problem, Route(v.id, (omission.stop,))) is not None for v in problem.vehicles)
        assert (omission.flip_prize is None) == (not servable) == (omission.code in UNKNOWABLE)


def test_at_the_flip_prize_the_stop_is_worth_it(planned: tuple[Problem, Plan]) -> None:
    """With its prize just above the flip prize, the engine, starting from the plan, takes the stop."""
    problem, plan = planned
    omissions = [o for o in explain(problem, plan).omissions if o.flip_prize is not None]
    for omission in omissions[:: max(len(omissions) // 6, 1)]:
        assert omission.flip_prize is not None
        richer = replace(
            problem,
            stops=tuple(
                replace(s, prize=omission.flip_prize + 2000) if s.id == omission.stop else s
                for s in problem.stops
            ),
        )
        raised = omission.flip_prize + 2000 - problem.stops[problem.stop_index_of[omission.stop]].prize
        again = solve(richer, seconds=20, iterations=1, warm_start=plan)
        assert again.objective < plan.objective + raised


def test_an_inclusion_saves_what_leaving_it_out_saves(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    inclusions = {i.stop: i for i in explain(problem, plan).inclusions}
    for route in plan.routes:
        before = cost_of(problem, route)
        for stop in route.stops:
            rest = tuple(other for other in route.stops if other != stop)
            after = cost_of(problem, replace(route, stops=rest)) if rest else 0
            assert before is not None
            assert after is not None
            assert inclusions[stop].removal_saving == before - after
            assert inclusions[stop].gain == inclusions[stop].prize - inclusions[stop].removal_saving


@pytest.mark.parametrize("seed", range(4))
def test_a_stop_without_room_flips_no_later_than_dropping_one_neighbour_allows(seed: int) -> None:
    """With one small van, the flip prize is never above the best exchange that drops up to two stops."""
    problem = small_problem(seed, stops=7, required_share=0)
    problem = replace(
        problem, vehicles=(replace(problem.vehicles[0], capacity={"kg": 700, "pallets": 8}, fixed_cost=0),)
    )
    plan = solve(problem, seconds=10, iterations=300)
    assert evaluate(problem, plan).is_feasible
    for omission in explain(problem, plan).omissions:
        if omission.code != "no_room":
            continue
        assert omission.flip_prize is not None
        (route,) = plan.routes
        before = cost_of(problem, route)
        assert before is not None
        for dropped in [d for n in (1, len(route.stops)) for d in combinations(route.stops, n)]:
            kept = tuple(stop for stop in route.stops if stop not in dropped)
            lost = sum(problem.stops[problem.stop_index_of[stop]].prize for stop in dropped)
            for place in range(len(kept) + 1):
                swapped = (*kept[:place], omission.stop, *kept[place:])
                after = cost_of(problem, replace(route, stops=swapped))
                if after is not None:
                    assert omission.flip_prize <= after - before + lost
