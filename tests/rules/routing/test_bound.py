"""The lower bound lies below every plan, whatever the prices and however little care is taken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.planning_instances import solomon_text, uk_text, vrplib_text
from collection.rules.routing import NoFeasiblePlan, Problem, solve
from collection.rules.routing.bound import free_bound, lower_bound, shortest_ways
from collection.rules.routing.costing import build_model
from collection.rules.routing.formats import read_problem
from tests.rules.routing.brute_force import best_objective
from tests.rules.routing.instances import HOUR, small_problem
from tests.rules.routing.test_engine import MADE_FOR_TESTS

BEST: dict[int, int | None] = {}


def best_of(seed: int) -> int | None:
    if seed not in BEST:
        BEST[seed] = best_objective(small_problem(seed, two_windows=seed % 3 == 0, drive_hours=9 - seed % 5))
    return BEST[seed]


@settings(max_examples=120, deadline=None)
@given(
    seed=st.integers(0, 30),
    prices=st.lists(st.integers(-30, 40), min_size=5, max_size=5),
    vehicles=st.lists(st.integers(-5, 60), min_size=2, max_size=2),
    width=st.sampled_from([1, 2, 100]),
)
def test_no_plan_costs_less_than_the_bound_at_any_prices(
    seed: int, prices: list[int], vehicles: list[int], width: int
) -> None:
    best = best_of(seed)
    if best is None:
        return
    model = build_model(small_problem(seed, two_windows=seed % 3 == 0, drive_hours=9 - seed % 5))
    worth = np.array(prices, dtype=float) * 1e6
    bound = lower_bound(model, worth, np.array(vehicles, dtype=float) * 1e6, np.zeros(0), width)
    assert bound is not None
    assert bound <= best


@pytest.mark.parametrize("problem", MADE_FOR_TESTS)
def test_a_solved_problem_s_bound_is_below_the_best_and_near_it(problem: Problem) -> None:
    try:
        plan = solve(problem, seconds=5, iterations=1000)
    except NoFeasiblePlan:
        return
    best = best_objective(problem)
    assert best is not None
    assert plan.lower_bound is not None
    assert plan.lower_bound <= best
    assert plan.lower_bound > 0.6 * best


def test_the_bound_of_fifty_stops_is_within_a_few_per_cent() -> None:
    problem = read_problem(uk_text(50, 3))
    plan = solve(problem, seconds=200, iterations=600)
    assert plan.lower_bound is not None
    assert 0.9 * plan.objective < plan.lower_bound <= plan.expected_bound <= plan.objective


@pytest.mark.parametrize("text", [vrplib_text(20, 1), solomon_text(20, 1)], ids=["vrplib", "solomon"])
def test_the_literature_s_problems_are_bounded_too(text: str) -> None:
    problem = read_problem(text)
    plan = solve(problem, seconds=20, iterations=400)
    assert plan.lower_bound is not None
    assert 0 <= plan.lower_bound <= plan.objective


def test_out_of_time_there_is_no_bound() -> None:
    model = build_model(small_problem(1))
    assert lower_bound(model, np.zeros(5), np.zeros(2), np.zeros(0), 10, lambda: True) is None


def test_what_nobody_can_serve_is_lost_in_every_plan() -> None:
    problem = small_problem(1, drive_hours=0)
    model = build_model(problem)
    assert free_bound(model) == sum(stop.prize for stop in problem.stops)


def test_legs_of_no_length_are_legs() -> None:
    legs = np.array([[0, 0, 9 * HOUR], [4, 0, 3], [9, 9, 0]])
    assert shortest_ways(legs).tolist() == [[0, 0, 3], [4, 0, 3], [9, 9, 0]]
