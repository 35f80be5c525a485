"""A plan made earlier, as sequences the engine can start from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from collection.rules.routing.costing import Options, cost_sequences, padded
from collection.rules.routing.evaluation import evaluate_route
from collection.rules.routing.model import RELOAD, SearchModel
from collection.rules.routing.problem import Plan, Route


def sequences_of_plan(model: SearchModel, plan: Plan) -> list[Options]:
    """The plan's rounds, without stops and vehicles that are gone, and cut down to what is still possible."""
    return [options for _, options in rounds_of_routes(model, plan.routes)]


def rounds_of_routes(model: SearchModel, routes: Iterable[Route]) -> list[tuple[int, Options]]:
    """The same with the type of vehicle of each round; no type more often than it stands ready, and no plant
    brought more than it may take. What a vehicle may not serve at all goes first, then the least worthy."""
    problem = model.problem
    rounds = []
    left = model.count.tolist()
    room = model.room.copy()
    for route in routes:
        v = problem.vehicle_index_of.get(route.vehicle)
        if v is None or left[v] == 0:
            continue
        servable = set(model.option_stop[model.allowed[v]].tolist())
        rest = route.without(
            {stop for stop in route.stops if problem.stop_index_of.get(stop) not in servable}
        )
        while rest.stops:
            sequence = options_of(model, rest)
            load = model.load[[problem.stop_index_of[stop] for stop in rest.stops]].sum(axis=0)
            if sequence is not None and (load <= room[v]).all():
                rounds.append((v, sequence))
                left[v] -= 1
                room[model.depot == model.depot[v]] -= load
                break
            rest = rest.without({min(rest.stops, key=lambda stop: _worth(model, stop))})
    return rounds


def options_of(model: SearchModel, route: Route) -> Options | None:
    """The options a route's timetable takes, None if the route is not possible."""
    problem = model.problem
    v = problem.vehicle_index_of[route.vehicle]
    judged = evaluate_route(problem, route)
    if judged.violations:
        return None
    midnight = int(model.origin[v])
    chosen = []
    for place, visit in enumerate(judged.visits):
        if place in route.reloads:
            chosen.append(RELOAD)
        stop = problem.stop_index_of[visit.stop]
        begins = visit.starts - midnight
        opens, closes = model.option_window.T
        fitting = (model.option_stop == stop) & model.allowed[v] & (opens <= begins) & (begins <= closes)
        if not fitting.any():
            return None
        chosen.append(int(np.flatnonzero(fitting)[0]))
    return tuple(chosen) if cost_sequences(model, v, *padded([tuple(chosen)]))[0] >= 0 else None


def _worth(model: SearchModel, stop: str) -> tuple[bool, int]:
    place = model.problem.stop_index_of[stop]
    return bool(model.required[place]), int(model.prize[place])
