"""The cheapest place is found without costing every place: the same as if every one had been."""

from __future__ import annotations

import numpy as np
import pytest

from collection.rules.routing import NoFeasiblePlan, Problem, solve
from collection.rules.routing.costing import build_model, cost_sequences, padded
from collection.rules.routing.insertion import (
    HERE,
    Insertion,
    Slot,
    _trials,
    _ways_in,
    cheapest_exchanges,
    cheapest_insertions,
    slots_of,
)
from collection.rules.routing.model import SearchModel
from tests.rules.routing.instances import small_problem
from tests.rules.routing.test_limits_of_rounds import kept_apart, with_breaks, with_reloads, with_room


def by_costing_everything(model: SearchModel, slot: Slot, option: int, kind: object) -> int | None:
    ways = (
        _ways_in(model, slot) if kind is cheapest_insertions else _trials(model, slot) if slot.options else []
    )
    rises = []
    for way in ways:
        sequence = tuple(option if each == HERE else each for each in way)
        gone = [each for each in slot.options if each not in way]
        cost = int(cost_sequences(model, slot.type, *padded([sequence]))[0])
        if cost >= 0:
            rises.append(cost - slot.cost + int(model.prize[model.stops_of(gone)].sum()))
    return min(rises, default=None)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", [cheapest_insertions, cheapest_exchanges])
def test_the_cheapest_place_is_the_cheapest_of_all(seed: int, kind: object) -> None:
    problem: Problem = small_problem(seed, stops=9, two_windows=seed % 2 == 0)
    if seed % 3 == 0:
        problem = with_reloads(kept_apart(with_breaks(problem), seed))
    model = build_model(problem)
    try:
        plan = solve(problem, seconds=5, iterations=20)
    except NoFeasiblePlan:
        return
    slots = slots_of(model, plan)
    left_out = [problem.stop_index_of[omission.id] for omission in plan.omitted]
    found: dict[int, Insertion] = kind(model, slots, left_out)  # type: ignore[operator]
    for stop in left_out:
        costs = [
            cost
            for slot in slots
            for option in np.flatnonzero(model.option_stop == stop).tolist()
            if model.allowed[slot.type, option]
            and (cost := by_costing_everything(model, slot, option, kind)) is not None
        ]
        assert (found[stop].cost if stop in found else None) == min(costs, default=None)


def test_nothing_is_put_where_the_plant_has_no_room_left() -> None:
    problem = with_room(small_problem(1, stops=9), 900)
    model = build_model(problem)
    plan = solve(problem, seconds=5, iterations=50)
    slots = slots_of(model, plan)
    left_out = [problem.stop_index_of[omission.id] for omission in plan.omitted]
    assert left_out
    for stop, found in cheapest_insertions(model, slots, left_out).items():
        depot = problem.vehicles[found.slot.type].depot
        brought = sum(
            problem.stops[s].load["kg"]
            for slot in slots
            if problem.vehicles[slot.type].depot == depot
            for s in model.stops_of(slot.options).tolist()
        )
        assert brought + problem.stops[stop].load["kg"] <= 900
