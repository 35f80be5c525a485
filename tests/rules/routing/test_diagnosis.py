"""Hopeless problems are told in words, and problems with a plan raise no alarm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collection.rules.routing import NoFeasiblePlan, Problem, diagnose, solve
from tests.rules.routing.brute_force import best_objective
from tests.rules.routing.instances import HOUR, small_problem


def changed(problem: Problem, stop: str, **change: object) -> Problem:
    stops = tuple(replace(s, **change) if s.id == stop else s for s in problem.stops)  # type: ignore[arg-type]
    return replace(problem, stops=stops)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"skills": frozenset({"SC"})}, "There is no vehicle with security clearance, which S0 needs."),
        ({"load": {"kg": 9000, "pallets": 1}}, "can carry 9,000 kg and 1 pallets from S0, even empty."),
        ({"windows": ((2 * HOUR, 3 * HOUR),)}, "can reach S0 while it is open and return within its shift."),
        ({"service_s": 9 * HOUR}, "can reach S0 and return within 9 hours 12 minutes of duty"),
    ],
)
def test_a_required_stop_nobody_can_serve_is_named_with_the_limit(
    change: dict[str, object], words: str
) -> None:
    problem = changed(small_problem(3, required_share=0), "S0", required=True, **change)
    (finding,) = diagnose(problem)
    assert finding.startswith("S0 is required, but: ")
    assert words in finding
    with pytest.raises(NoFeasiblePlan):
        solve(problem, seconds=5, iterations=50)


def test_required_loads_beyond_all_vehicles_are_told() -> None:
    problem = small_problem(3, required_share=1)
    stops = tuple(replace(s, load={"kg": 880, "pallets": 8}, skills=frozenset()) for s in problem.stops)
    findings = diagnose(replace(problem, stops=stops))
    assert any("together hold 4,400 kg, but all vehicles together carry 3,400 kg" in f for f in findings)


def test_required_stops_that_need_a_vehicle_each_are_told() -> None:
    problem = small_problem(3, required_share=1)
    noon = ((12 * HOUR, 12 * HOUR),)
    stops = tuple(replace(s, load={"kg": 10, "pallets": 1}, windows=noon) for s in problem.stops)
    findings = diagnose(replace(problem, stops=stops))
    assert any("fit in one round" in finding for finding in findings)


def test_a_vehicle_whose_depot_is_shut_is_told() -> None:
    problem = small_problem(3, required_share=0, depot_hours=((0, 1 * HOUR),))
    assert any("van can never leave" in finding for finding in diagnose(problem))


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_found_against_a_problem_that_has_a_plan(seed: int) -> None:
    problem = small_problem(seed, stops=4, required_share=0.7)
    if best_objective(problem) is not None:
        assert diagnose(problem) == []
