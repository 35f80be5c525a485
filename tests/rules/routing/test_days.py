"""Over several days the day is part of the answer."""

from __future__ import annotations

import pytest

from collection.rules.routing import Day, ProblemError, evaluate, over_days, solve, vehicle_and_day
from collection.rules.routing.model import DAY_S
from tests.rules.routing.instances import HOUR, small_problem

ALL_DAY = ((5 * HOUR, 21 * HOUR),)
NINE_TO_FIVE = ((9 * HOUR, 17 * HOUR),)


def week(open_on: dict[str, set[int]], days: int = 3):
    base = small_problem(2, stops=len(open_on), required_share=1)
    return over_days(
        "week",
        base.depots,
        base.vehicles,
        base.stops,
        base.matrices,
        [
            Day(
                label=f"day-{number}",
                vehicles={"van": 1, "lorry": 1},
                depots_open={"A": ALL_DAY, "B": ALL_DAY},
                stops_open={stop: NINE_TO_FIVE for stop, on in open_on.items() if number in on},
            )
            for number in range(days)
        ],
    )


def test_each_stop_is_served_on_a_day_it_is_open() -> None:
    open_on = {"S0": {0}, "S1": {1}, "S2": {2}, "S3": {0, 1, 2}, "S4": {1, 2}}
    problem = week(open_on)
    plan = solve(problem, seconds=10, iterations=300)
    judged = evaluate(problem, plan)
    assert judged.is_feasible
    served = {}
    for route in judged.routes:
        for visit in route.visits:
            served[visit.stop] = visit.starts // DAY_S
            assert vehicle_and_day(route.vehicle)[1] == f"day-{visit.starts // DAY_S}"
    assert served.keys() == open_on.keys()
    assert all(day in open_on[stop] for stop, day in served.items())


def test_two_days_cost_no_more_than_one_and_duty_is_never_spread_over_nights() -> None:
    one = week({f"S{i}": {0} for i in range(5)}, days=1)
    two = week({f"S{i}": {0, 1} for i in range(5)}, days=2)
    first, second = (solve(p, seconds=10, iterations=300) for p in (one, two))
    assert second.objective <= first.objective
    assert all(route.duty_s <= 9.2 * HOUR for route in evaluate(two, second).routes)


def test_a_stop_shut_on_every_day_is_named() -> None:
    with pytest.raises(ProblemError, match="S1: shut on every day"):
        week({"S0": {0}, "S1": set()})
