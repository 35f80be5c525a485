"""The judge catches every kind of wrong plan, and its duty is the shortest over all starts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.rules.routing import Omission, Plan, Problem, Route, evaluate, evaluate_route, solve
from tests.rules.routing.instances import HOUR, small_problem


@pytest.fixture(scope="module")
def planned() -> tuple[Problem, Plan]:
    problem = small_problem(1, stops=7)
    plan = solve(problem, seconds=10, iterations=300)
    assert len(plan.routes) == 2
    assert evaluate(problem, plan).is_feasible
    return problem, plan


def told(problem: Problem, plan: Plan) -> str:
    return " ".join(evaluate(problem, plan).violations)


def test_a_wrong_objective_is_told(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    assert "objective" in told(problem, replace(plan, objective=plan.objective + 1))


def test_a_stop_in_two_places_or_in_none_is_told(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    stop = plan.routes[0].stops[0]
    twice = replace(plan, omitted=(*plan.omitted, Omission(stop, "", "", None)))
    assert f"{stop} appears 2 times" in told(problem, twice)
    nowhere = replace(plan, routes=(replace(plan.routes[0], stops=plan.routes[0].stops[1:]), plan.routes[1]))
    assert f"{stop} appears 0 times" in told(problem, nowhere)


def test_a_required_stop_left_out_is_told(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    stop = plan.routes[0].stops[0]
    demanding = replace(
        problem, stops=tuple(replace(s, required=s.required or s.id == stop) for s in problem.stops)
    )
    left_out = replace(
        plan,
        routes=(replace(plan.routes[0], stops=plan.routes[0].stops[1:]), plan.routes[1]),
        omitted=(*plan.omitted, Omission(stop, "", "", None)),
    )
    assert f"{stop} is required but left out" in told(demanding, left_out)


@pytest.mark.parametrize(
    ("limit", "change", "words"),
    [
        ("vehicle", {"capacity": {"kg": 1, "pallets": 1}}, "room for 1"),
        ("vehicle", {"max_duty_s": 600}, "on duty for"),
        ("vehicle", {"max_drive_s": 600}, "the limit is 10 minutes."),
        ("vehicle", {"count": 0}, "used 1 times; there are 0"),
        ("stop", {"skills": frozenset({"SC"})}, "lacking security clearance."),
        ("stop", {"windows": ((3 * HOUR, 4 * HOUR),)}, "no timetable"),
    ],
)
def test_each_broken_limit_is_told(
    planned: tuple[Problem, Plan], limit: str, change: dict[str, object], words: str
) -> None:
    problem, plan = planned
    if limit == "vehicle":
        tightened = replace(problem, vehicles=tuple(replace(v, **change) for v in problem.vehicles))  # type: ignore[arg-type]
    else:
        tightened = replace(problem, stops=tuple(replace(s, **change) for s in problem.stops))  # type: ignore[arg-type]
    assert words in told(tightened, plan)


def test_unknown_names_are_told(planned: tuple[Problem, Plan]) -> None:
    problem, plan = planned
    strange = replace(plan, routes=(*plan.routes, Route("hovercraft", ("S99",))))
    assert "no vehicle 'hovercraft'" in told(problem, strange)
    assert "no stop 'S99'" in told(problem, strange)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.permutations(["S0", "S1", "S2"]))
def test_duty_is_the_shortest_over_every_possible_start(seed: int, order: list[str]) -> None:
    """Against the obvious method: leave at every minute of the shift and walk through the day."""
    problem = small_problem(seed, stops=3, two_windows=seed % 2 == 0)
    problem = replace(problem, vehicles=tuple(replace(v, max_duty_s=24 * HOUR) for v in problem.vehicles))
    minutes = {p: replace(m, duration_s=m.duration_s // 60 * 60) for p, m in problem.matrices.items()}
    problem = replace(problem, matrices=minutes)
    judged = evaluate_route(problem, Route("lorry", tuple(order)))
    durations = [_walk(problem, order, start) for start in range(6 * HOUR, 20 * HOUR + 1, 60)]
    possible = [duration for duration in durations if duration is not None]
    if possible:
        assert judged.duty_s == min(possible)
    else:
        assert any("no timetable" in violation for violation in judged.violations)


def _walk(problem: Problem, order: list[str], start: int) -> int | None:
    seconds = problem.matrices["hgv"].duration_s
    now, here = start, 1
    for name in order:
        stop = problem.stops[problem.stop_index_of[name]]
        now += int(seconds[here, problem.node_of[name]])
        here = problem.node_of[name]
        opening = [max(now, opens) for opens, closes in stop.windows if now <= closes]
        if not opening:
            return None
        now = min(opening) + stop.service_s
    now += int(seconds[here, 1])
    return now - start if now <= 20 * HOUR else None
