"""The engine against brute force, its budget, its determinism and its manners."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

import pytest

from bench.planning_instances import solomon_text, uk_text, vrplib_text
from collection.rules.routing import NoFeasiblePlan, Plan, Problem, evaluate, solve
from collection.rules.routing.formats import read_problem
from tests.rules.routing.brute_force import best_objective
from tests.rules.routing.instances import HOUR, small_problem

MADE_FOR_TESTS = [
    *(pytest.param(small_problem(seed), id=f"plain-{seed}") for seed in range(6)),
    *(pytest.param(small_problem(seed, two_windows=True), id=f"two-windows-{seed}") for seed in range(4)),
    *(pytest.param(small_problem(seed, drive_hours=3), id=f"short-driving-{seed}") for seed in range(4)),
    *(
        pytest.param(
            small_problem(seed, depot_hours=((5 * HOUR, 9 * HOUR), (14 * HOUR, 21 * HOUR))),
            id=f"siesta-{seed}",
        )
        for seed in range(4)
    ),
]


@pytest.mark.parametrize("problem", MADE_FOR_TESTS)
def test_small_problems_are_solved_as_well_as_by_trying_everything(problem: Problem) -> None:
    best = best_objective(problem)
    if best is None:
        with pytest.raises(NoFeasiblePlan):
            solve(problem, seconds=5, iterations=300)
        return
    plan = solve(problem, seconds=10, iterations=1000)
    judged = evaluate(problem, plan)
    assert judged.violations == ()
    assert plan.objective == judged.objective == best


def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    problem = read_problem(uk_text(40, 3))
    first, second = (solve(problem, seconds=30, seed=7, iterations=600) for _ in range(2))
    assert replace(first, seconds=0) == replace(second, seconds=0)


@pytest.mark.parametrize("seconds", [2, 5])
def test_the_budget_is_kept(seconds: float) -> None:
    problem = read_problem(uk_text(120, 1))
    began = process_time()
    plan = solve(problem, seconds=seconds)
    # Processor time, so that a busy machine does not fail the test: on an idle one it is the wall time.
    assert process_time() - began < seconds * 1.1 + 0.5  # the allowance: what a shared processor mislays
    assert evaluate(problem, plan).is_feasible


def test_a_feasible_plan_is_shown_within_two_seconds_and_plans_only_get_better() -> None:
    problem = read_problem(uk_text(300, 1))
    shown: list[tuple[float, Plan]] = []
    began = process_time()
    final = solve(problem, seconds=4, on_progress=lambda plan: shown.append((process_time() - began, plan)))
    assert shown[0][0] < 2
    assert all(evaluate(problem, plan).is_feasible for _, plan in shown)
    objectives = [plan.objective for _, plan in shown]
    assert objectives == sorted(objectives, reverse=True)
    assert final.objective == objectives[-1]


def test_asking_to_stop_ends_the_search_with_the_best_plan_so_far() -> None:
    problem = read_problem(uk_text(120, 2))
    shown: list[Plan] = []
    began = process_time()
    budget = 60
    plan = solve(
        problem, seconds=budget, on_progress=shown.append, should_stop=lambda: process_time() - began > 1
    )
    # Whatever the machine: without asking, all of the budget would have been used.
    assert process_time() - began < budget / 2
    assert plan.objective == shown[-1].objective
    assert all(omission.code != "undecided" for omission in plan.omitted)


def test_a_warm_start_is_never_made_worse() -> None:
    problem = read_problem(uk_text(60, 4))
    before = solve(problem, seconds=30, iterations=800)
    again = solve(problem, seconds=30, iterations=20, warm_start=before)
    assert again.objective <= before.objective


@pytest.mark.parametrize("text", [vrplib_text(40, 1), solomon_text(40, 1)], ids=["vrplib", "solomon"])
def test_the_literatures_formats_are_planned_with_every_stop_served(text: str) -> None:
    problem = read_problem(text)
    plan = solve(problem, seconds=20, iterations=400)
    assert evaluate(problem, plan).is_feasible
    assert plan.omitted == ()
