"""Breaks, what is kept apart, permits, room at plants, reloading: judged by hand, planned as by trying all."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.rules.routing import (
    Breaks,
    NoFeasiblePlan,
    Omission,
    Plan,
    Problem,
    Route,
    diagnose,
    evaluate,
    evaluate_route,
    explain,
    solve,
)
from collection.rules.routing.costing import build_model, cost_sequences, padded, route_of
from collection.rules.routing.model import RELOAD
from tests.rules.routing.brute_force import best_objective
from tests.rules.routing.instances import HOUR, small_problem

SOON, LASTING = HOUR, 20 * 60
"""Breaks come often in the small problems, so that they matter there."""


def with_breaks(problem: Problem, after_s: int = SOON, lasting_s: int = LASTING) -> Problem:
    return replace(
        problem, vehicles=tuple(replace(v, breaks=Breaks(after_s, lasting_s)) for v in problem.vehicles)
    )


def kept_apart(problem: Problem, seed: int) -> Problem:
    kinds = np.random.default_rng(seed).choice(
        ["", "", "hazardous waste", "defence loads"], len(problem.stops)
    )
    return replace(
        problem,
        stops=tuple(replace(s, kept_apart=str(k)) for s, k in zip(problem.stops, kinds, strict=True)),
    )


def with_permits(problem: Problem, seed: int) -> Problem:
    codes = np.random.default_rng(seed).choice(["160216", "160214", "170407"], len(problem.stops))
    return replace(
        problem,
        depots=tuple(
            replace(depot, permitted=permitted)
            for depot, permitted in zip(
                problem.depots, (frozenset({"160216"}), frozenset({"160216", "160214"})), strict=True
            )
        ),
        stops=tuple(
            replace(s, codes=frozenset({str(code)}), required=False)
            for s, code in zip(problem.stops, codes, strict=True)
        ),
    )


def with_room(problem: Problem, kg: int) -> Problem:
    return replace(problem, depots=tuple(replace(depot, room={"kg": kg}) for depot in problem.depots))


def with_reloads(problem: Problem, trips: int = 2) -> Problem:
    """Small vans, so that unloading in between is worth the way."""
    return replace(
        problem,
        vehicles=tuple(
            replace(v, max_trips=trips, unloading_s=900, capacity={"kg": 850, "pallets": 9})
            for v in problem.vehicles
        ),
        stops=tuple(replace(s, windows=((7 * HOUR, 19 * HOUR),)) for s in problem.stops),
    )


def everything(seed: int) -> Problem:
    problem = with_reloads(kept_apart(with_breaks(small_problem(seed, stops=4)), seed))
    return with_room(with_permits(problem, seed), 1200)


CASES = [
    *(pytest.param(with_breaks(small_problem(seed)), id=f"breaks-{seed}") for seed in range(5)),
    *(pytest.param(kept_apart(small_problem(seed), seed), id=f"kept-apart-{seed}") for seed in range(5)),
    *(pytest.param(with_permits(small_problem(seed), seed), id=f"permits-{seed}") for seed in range(4)),
    *(pytest.param(with_room(small_problem(seed), 700), id=f"room-{seed}") for seed in range(5)),
    *(pytest.param(with_reloads(small_problem(seed, stops=4)), id=f"reloads-{seed}") for seed in range(5)),
    *(pytest.param(everything(seed), id=f"everything-{seed}") for seed in range(5)),
]


@pytest.mark.parametrize("problem", CASES)
def test_each_limit_is_planned_with_as_well_as_by_trying_everything(problem: Problem) -> None:
    best = best_objective(problem)
    if best is None:
        with pytest.raises(NoFeasiblePlan):
            solve(problem, seconds=10, iterations=300)
        return
    plan = solve(problem, seconds=20, iterations=1000)
    judged = evaluate(problem, plan)
    assert judged.violations == ()
    assert plan.objective == judged.objective == best
    assert plan.lower_bound is not None
    assert plan.lower_bound <= best


def test_the_limits_bind_in_the_small_problems() -> None:
    """Each of them costs something somewhere, else the test above would show nothing."""
    for limited in (with_breaks, lambda p: kept_apart(p, 1), lambda p: with_room(p, 700)):
        rises = []
        for seed in range(5):
            free, bound = best_objective(small_problem(seed)), best_objective(limited(small_problem(seed)))
            rises.append(bound is None or (free is not None and bound > free))
        assert any(rises)
    gains = []
    for seed in range(5):
        once = best_objective(with_reloads(small_problem(seed, stops=4), trips=1))
        twice = best_objective(with_reloads(small_problem(seed, stops=4)))
        gains.append(once is None or (twice is not None and twice < once))
    assert any(gains)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    order=st.permutations(range(4)),
    cut=st.integers(0, 3),
    length=st.integers(1, 4),
    lorry=st.booleans(),
)
def test_the_engine_s_costs_are_the_judge_s(
    seed: int, order: list[int], cut: int, length: int, lorry: bool
) -> None:
    problem = with_reloads(kept_apart(with_breaks(small_problem(seed, stops=4)), seed))
    problem = with_room(problem, 2000)
    model = build_model(problem)
    options = [k for s in order[:length] for k in np.flatnonzero(model.option_stop == s).tolist()[:1]]
    if 0 < cut < len(options):
        options.insert(cut, RELOAD)
    if not options or options[-1] == RELOAD:
        return
    v = int(lorry)
    cost = int(cost_sequences(model, v, *padded([tuple(options)]))[0])
    judged = evaluate_route(problem, route_of(model, v, tuple(options)))
    brought = sum(problem.stops[s].load["kg"] for s in model.stops_of(options).tolist())
    assert (cost >= 0) == (not judged.violations and brought <= 2000)
    if cost >= 0:
        assert cost == judged.cost


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.permutations(["S0", "S1", "S2", "S3"]))
def test_nobody_ever_drives_longer_than_allowed_without_a_break(seed: int, order: list[str]) -> None:
    """Second by second: the wheel is left for the whole break whenever the time is up, and no sooner."""
    problem = with_breaks(small_problem(seed, stops=4))
    judged = evaluate_route(problem, Route("lorry", tuple(order)))
    nodes = [1, *(problem.node_of[name] for name in order), 1]
    matrices = problem.matrices["hgv"]
    driven = [int(matrices.duration_s[i, j] - matrices.not_driving_s[i, j]) for i, j in pairwise(nodes)]
    at_wheel = since = rested = 0
    for leg in driven:
        for _ in range(leg):
            if since == SOON:
                rested, since = rested + LASTING, 0
            since, at_wheel = since + 1, at_wheel + 1
            assert since <= SOON
    assert judged.drive_s == at_wheel
    assert judged.break_s == rested


def test_without_a_wish_for_breaks_there_are_none() -> None:
    problem = small_problem(3)
    judged = evaluate_route(problem, Route("lorry", ("S0", "S1")))
    assert judged.break_s == 0


def plan_of(problem: Problem, *routes: Route) -> Plan:
    served = {stop for route in routes for stop in route.stops}
    lost = [stop for stop in problem.stops if stop.id not in served]
    return Plan(
        objective=sum(evaluate_route(problem, route).cost for route in routes) + sum(s.prize for s in lost),
        routes=routes,
        omitted=tuple(Omission(stop.id, "", "", None) for stop in lost),
        engine="",
        seed=0,
        seconds=0.0,
    )


def easy(stops: int = 3) -> Problem:
    """Everything possible: near, light, open all day, worth the way."""
    problem = small_problem(1, stops=stops)
    return replace(
        problem,
        stops=tuple(
            replace(
                s,
                windows=((7 * HOUR, 19 * HOUR),),
                skills=frozenset(),
                required=False,
                prize=100_000_000,
                load={"kg": 300, "pallets": 3},
            )
            for s in problem.stops
        ),
    )


def told(problem: Problem, plan: Plan) -> str:
    return " ".join(evaluate(problem, plan).violations)


def test_the_judge_tells_each_broken_limit() -> None:
    problem = easy()
    plan = plan_of(problem, Route("van", ("S0", "S1")))
    assert told(problem, plan) == ""
    mixed = replace(
        problem, stops=(replace(problem.stops[0], kept_apart="defence loads"), *problem.stops[1:])
    )
    assert "kept apart: defence loads and ordinary loads" in told(mixed, plan)
    assert "would be brought 600 kg and may take 500 kg" in told(with_room(problem, 500), plan)
    coded = replace(problem, stops=tuple(replace(s, codes=frozenset({"160213"})) for s in problem.stops))
    forbidden = replace(
        coded, depots=tuple(replace(d, permitted=frozenset({"160214"})) for d in coded.depots)
    )
    assert "A is not permitted for 160213 of S0" in told(forbidden, plan)
    twice = plan_of(problem, Route("van", ("S0", "S1"), (1,)))
    assert "would make 2 trips; the limit is 1." in told(problem, twice)
    assert told(with_reloads(problem), plan_of(with_reloads(problem), Route("van", ("S0", "S1"), (1,)))) == ""


def test_what_is_kept_apart_may_go_on_another_trip_of_the_same_round() -> None:
    problem = with_reloads(easy())
    apart = replace(
        problem, stops=(replace(problem.stops[0], kept_apart="defence loads"), *problem.stops[1:])
    )
    assert told(apart, plan_of(apart, Route("van", ("S0", "S1"), (1,)))) == ""


def limit_of(problem: Problem, plan: Plan, stop: str) -> tuple[str, str]:
    found = next(o for o in explain(problem, plan).omissions if o.stop == stop)
    return found.limit, found.reason


def only_van(problem: Problem) -> Problem:
    return replace(problem, vehicles=(problem.vehicles[0],))


def test_an_omission_says_which_of_these_limits_binds() -> None:
    problem = only_van(easy())
    two = Route("van", ("S0", "S1"))
    apart = replace(
        problem, stops=(*problem.stops[:2], replace(problem.stops[2], kept_apart="hazardous waste"))
    )
    limit, reason = limit_of(apart, plan_of(apart, two), "S2")
    assert limit == "kept_apart"
    assert "carries ordinary loads, from which hazardous waste must be kept apart" in reason
    full = with_room(problem, 700)
    limit, reason = limit_of(full, plan_of(full, two), "S2")
    assert limit == "tonnage"
    assert "A may take only 100 kg more" in reason
    brought = with_room(problem, 600)
    assert (
        "A may take no more beside what this plan brings; it needs 300 kg."
        in (limit_of(brought, plan_of(brought, two), "S2")[1])
    )
    closed = with_room(problem, 0)
    assert limit_of(closed, plan_of(closed), "S2")[1] == "A may take no more; S2 holds 300 kg."
    van = problem.vehicles[0]
    small = replace(problem, vehicles=(replace(van, capacity={**van.capacity, "kg": 600}),))
    limit, reason = limit_of(small, plan_of(small, two), "S2")
    assert limit == "load"
    assert "van passes nearest but is full; it needs 300 kg." in reason
    nothing = with_room(problem, 200)
    limit, reason = limit_of(nothing, plan_of(nothing), "S2")
    assert (limit, reason) == ("tonnage", "A may take only 200 kg more; S2 holds 300 kg.")
    coded = replace(
        problem,
        depots=tuple(replace(d, permitted=frozenset({"160214"})) for d in problem.depots),
        stops=(*problem.stops[:2], replace(problem.stops[2], codes=frozenset({"160213"}))),
    )
    assert limit_of(coded, plan_of(coded, two), "S2") == (
        "permit",
        "A may not take waste code 160213, which S2 holds.",
    )


def test_a_stop_a_break_puts_out_of_reach_says_so() -> None:
    problem = only_van(easy())
    whole = evaluate_route(problem, Route("van", ("S0", "S1", "S2")))
    tight = replace(
        with_breaks(problem), vehicles=(replace(with_breaks(problem).vehicles[0], max_duty_s=whole.duty_s),)
    )
    plan = plan_of(tight, Route("van", ("S0", "S1")))
    assert evaluate_route(tight, Route("van", ("S0", "S1", "S2"))).duty_s > whole.duty_s
    limit, reason = limit_of(tight, plan, "S2")
    assert limit == "duty"
    assert "breaks of" in reason


def test_an_inclusion_on_a_trip_of_its_own_saves_the_whole_trip() -> None:
    problem = with_reloads(only_van(easy()))
    plan = plan_of(problem, Route("van", ("S0", "S1"), (1,)))
    alone = evaluate_route(problem, Route("van", ("S0",))).cost
    found = next(each for each in explain(problem, plan).inclusions if each.stop == "S1")
    assert found.removal_saving == evaluate_route(problem, plan.routes[0]).cost - alone


def test_input_that_cannot_be_planned_is_told_in_words_before_solving() -> None:
    problem = easy(2)
    insisted = replace(problem, stops=tuple(replace(s, required=True) for s in problem.stops))
    (sentence,) = diagnose(with_room(insisted, 299))[:1]
    assert "S0 is required, but: A may take only 299 kg more; S0 holds 300 kg." in sentence
    one_plant = replace(only_van(insisted), depots=insisted.depots)
    one_plant = replace(
        one_plant,
        depots=(replace(insisted.depots[0], room={"kg": 500}), replace(insisted.depots[1], room={"kg": 0})),
    )
    assert any(
        "together hold 600 kg, but A and B may take only 500 kg more" in s for s in diagnose(one_plant)
    )
    apart = replace(
        only_van(insisted), stops=(replace(insisted.stops[0], kept_apart="defence loads"), insisted.stops[1])
    )
    assert any("No two of the required stops" in s for s in diagnose(apart))
    assert diagnose(with_reloads(apart)) == []


def test_a_stop_is_put_on_a_trip_of_its_own_where_that_is_cheapest() -> None:
    problem = with_reloads(only_van(easy()))
    heavy = replace(
        problem, stops=tuple(replace(s, load={"kg": 800, "pallets": 8}, service_s=600) for s in problem.stops)
    )
    plan = solve(heavy, seconds=10, iterations=300)
    assert evaluate(heavy, plan).violations == ()
    assert any(route.reloads for route in plan.routes)
