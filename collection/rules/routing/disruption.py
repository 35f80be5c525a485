"""When the day goes otherwise: a vehicle breaks down, a place is shut, a lot turns up.

Each answer changes as little as it can and comes at once: rounds keep their stops and their order, only what
the disruption touches is placed anew, promised stops first. A full search can go on from every answer in the
background (`solve(answer.problem, warm_start=answer.plan, …)`); what was promised (`promises.py`) keeps
its price there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from collection.rules.routing.costing import build_model
from collection.rules.routing.explanation import explained
from collection.rules.routing.problem import Depot, Matrices, Plan, Problem, ProblemError, Stop
from collection.rules.routing.roads import roads_between
from collection.rules.routing.underway import NO_WAY, lead_through, road_profile, so_far
from collection.rules.routing.whatif import Answer, add, answered, drop, placed_anew, settled
from collection.rules.routing.words import listed


def broken_down(problem: Problem, plan: Plan, vehicle: str, *, promised: Iterable[str] = ()) -> Answer:
    """`vehicle` drives no further: its stops go to others, promised and required ones even at a loss.

    What it has on board stays on it. A required stop that no other vehicle can take is left out, and the
    sentence says so; the problem of the answer no longer requires it.
    """
    v = problem.vehicle_index_of[vehicle]
    fewer = replace(problem.vehicles[v], count=problem.vehicles[v].count - 1)
    stops = tuple(stop for stop in problem.stops if stop.id != so_far(vehicle))
    changed = _with_stops(problem, stops)
    changed = replace(changed, vehicles=(*changed.vehicles[:v], fewer, *changed.vehicles[v + 1 :]))
    lost = [route for route in plan.routes if route.vehicle == vehicle][-1:]
    after = settled(changed, plan, tuple(route for route in plan.routes if route not in lost))
    orphans = [stop for route in lost for stop in route.stops if stop in changed.stop_index_of]
    return _repaired(changed, after, orphans, promised, plan.objective, f"Without {vehicle}")


def closed(problem: Problem, plan: Plan, stop: str) -> Answer:
    """The place is shut today: its visit falls away, the other visits stay in order."""
    return drop(problem, plan, stop)


def late(problem: Problem, plan: Plan, lost: Iterable[str]) -> Answer:
    """Find places for the visits that `underway.rest_of_day` found no longer possible."""
    return _repaired(problem, plan, list(lost), (), plan.objective, "With the delay")


def new_stop(
    problem: Problem, plan: Plan, stop: Stop, roads: Mapping[str, Matrices] | None = None, *, insist: bool
) -> Answer:
    """A stop that turned up: in its cheapest place where that is worth it, or anyhow if `insist`.

    `roads` are matrices of every road profile over the depots, the stops and, last, the new stop; of them
    only the legs to and from the new stop are read. None: these legs come from the local road model.
    """
    if stop.id in problem.stop_index_of:
        raise ProblemError(f"stops: the id '{stop.id}' appears twice; ids must differ.")
    places: tuple[Depot | Stop, ...] = (*problem.depots, *problem.stops, stop)
    lats, lons = [place.lat for place in places], [place.lon for place in places]
    legs = roads or {
        kind: roads_between(lats, lons, kind).matrices for kind in set(map(road_profile, problem.matrices))
    }
    grown = {
        profile: _with_legs(problem, profile, matrices, legs[road_profile(profile)])
        for profile, matrices in problem.matrices.items()
    }
    larger = replace(problem, stops=(*problem.stops, stop), matrices=grown)
    without = settled(larger, plan, plan.routes)
    if insist:
        return add(larger, without, stop.id)
    return _repaired(larger, without, [stop.id], (), without.objective, f"With {stop.id} to choose from")


def _repaired(
    problem: Problem, plan: Plan, orphans: list[str], promised: Iterable[str], objective: int, what: str
) -> Answer:
    must = {stop for stop in orphans if problem.stops[problem.stop_index_of[stop]].required} | set(promised)
    model = build_model(problem)
    after, stranded = placed_anew(model, plan, orphans, must)
    if stranded:
        freed = {stop for stop in stranded if problem.stops[problem.stop_index_of[stop]].required}
        problem = replace(
            problem,
            stops=tuple(replace(s, required=False) if s.id in freed else s for s in problem.stops),
        )
        what += f" nobody can take {listed(sorted(stranded))}; the rest"
    return answered(problem, explained(problem, after), objective, what)


def _with_stops(problem: Problem, stops: tuple[Stop, ...]) -> Problem:
    nodes = [*range(len(problem.depots)), *(problem.node_of[stop.id] for stop in stops)]
    keep = np.ix_(nodes, nodes)
    matrices = {
        profile: Matrices(*(getattr(m, name)[keep] for name in Matrices.__slots__))
        for profile, m in problem.matrices.items()
    }
    return replace(problem, stops=stops, matrices=matrices)


def _with_legs(problem: Problem, profile: str, matrices: Matrices, legs: Matrices) -> Matrices:
    """The matrices grown by the last row and column of `legs`."""
    grown = []
    for name in Matrices.__slots__:
        matrix = getattr(legs, name).copy()
        matrix[:-1, :-1] = getattr(matrices, name)
        if road_profile(profile) != profile:
            vehicle = next(v for v in problem.vehicles if v.profile == profile)
            depot, here = problem.depot_node_of[vehicle.depot], problem.node_of[so_far(vehicle.id)]
            lead_through(matrix, depot, here, never=0 if name == "not_driving_s" else NO_WAY)
        grown.append(matrix)
    return Matrices(*grown)
