"""What is wrong with a problem before any search, in words a planner can act on."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import scipy

from collection.rules.routing.costing import build_model, cost_sequences
from collection.rules.routing.model import RELOAD, SearchModel
from collection.rules.routing.problem import Problem
from collection.rules.routing.reach import obstacle
from collection.rules.routing.words import amount, listed, skill_name


def diagnose(problem: Problem) -> list[str]:
    """Why no plan can serve every required stop; empty when nothing was found against it.

    Checked: vehicles that can never leave, required stops nobody can serve, loads beyond all vehicles that
    may carry them, and required stops that cannot share rounds outnumbering the vehicles that may serve them.
    """
    model = build_model(problem)
    findings = list(_idle_vehicles(problem, model))
    blocked = [
        (stop, found)
        for stop in problem.stops
        if stop.required and (found := obstacle(problem, stop)) is not None
    ]
    findings += [f"{stop.id} is required, but: {found.sentence}" for stop, found in blocked]
    if not blocked:
        findings += _overloads(problem, model)
        findings += _overfilled(problem)
        findings += _outnumbered(problem, model)
    return findings


def _idle_vehicles(problem: Problem, model: SearchModel) -> Iterable[str]:
    if not any(vehicle.count > 0 for vehicle in problem.vehicles):
        yield "There is no vehicle to plan with."
    for v, vehicle in enumerate(problem.vehicles):
        if vehicle.count > 0 and model.hours[v, 0] > model.hours[v, 1]:
            yield f"{vehicle.id} can never leave: its depot {vehicle.depot} is shut during its whole shift."


def _overloads(problem: Problem, model: SearchModel) -> Iterable[str]:
    """Required loads of stops with the same needs against all the room there is for them."""
    required = [stop for stop in problem.stops if stop.required]
    for skills in sorted({stop.skills for stop in required}, key=sorted):
        needing = [stop for stop in required if stop.skills >= skills]
        crews = [vehicle for vehicle in problem.vehicles if vehicle.skills >= skills]
        for dimension in problem.dimensions:
            load = sum(stop.load.get(dimension, 0) for stop in needing)
            room = sum(v.count * v.max_trips * v.capacity.get(dimension, 0) for v in crews)
            if load > room:
                who = (
                    f"vehicles with {listed([skill_name(skill) for skill in sorted(skills)])}"
                    if skills
                    else "vehicles"
                )
                yield (
                    f"The required stops {listed([stop.id for stop in needing])} together hold "
                    f"{amount(dimension, load)}, but all {who} together carry {amount(dimension, room)}."
                )


def _overfilled(problem: Problem) -> Iterable[str]:
    """Required loads against what the plants that may have them may still take."""
    required = [stop for stop in problem.stops if stop.required]
    for codes in sorted({stop.codes for stop in required}, key=sorted):
        needing = [stop for stop in required if stop.codes >= codes]
        plants = [depot for depot in problem.depots if depot.permitted is None or codes <= depot.permitted]
        for dimension in problem.dimensions:
            if not all(dimension in depot.room for depot in plants):
                continue
            load = sum(stop.load.get(dimension, 0) for stop in needing)
            room = sum(depot.room[dimension] for depot in plants)
            if load > room:
                yield (
                    f"The required stops {listed([stop.id for stop in needing])} together hold "
                    f"{amount(dimension, load)}, but {listed([depot.id for depot in plants])} may take only "
                    f"{amount(dimension, room)} more."
                )


def _outnumbered(problem: Problem, model: SearchModel) -> Iterable[str]:
    """Required stops no two of which fit in one round need a vehicle each."""
    required = np.flatnonzero(model.required)
    if len(required) < 2:
        return
    together = _can_share(model, required)
    apart: list[int] = []
    for place in np.argsort(together.sum(axis=1), kind="stable").tolist():
        if not together[place, apart].any():
            apart.append(place)
    seats = np.repeat(np.arange(len(problem.vehicles)), model.count)
    able = model.servable[np.ix_(seats, required[apart])]
    seated = scipy.sparse.csgraph.maximum_bipartite_matching(
        scipy.sparse.csr_matrix(able.T.astype(np.int8)), perm_type="column"
    )
    if (seated < 0).any():
        names = [problem.stops[s].id for s in required[apart].tolist()]
        may = listed([problem.vehicles[v].id for v in np.unique(seats[able.any(axis=1)]).tolist()])
        yield (
            f"No two of the required stops {listed(names)} fit in one round, and the vehicles that may serve "
            f"them ({may}) are too few to serve each on its own."
        )


def _can_share(model: SearchModel, stops: np.ndarray) -> np.ndarray:
    """(r, r): may some vehicle serve both stops in one round, in either order?"""
    place_of = {int(stop): place for place, stop in enumerate(stops)}
    options = np.flatnonzero(np.isin(model.option_stop, stops))
    first, second = (grid.ravel() for grid in np.meshgrid(options, options, indexing="ij"))
    different = model.option_stop[first] != model.option_stop[second]
    pairs = np.stack([first[different], second[different]], axis=1)
    with_reload = np.insert(pairs, 1, RELOAD, axis=1)
    possible = np.zeros(len(pairs), dtype=bool)
    for v in np.flatnonzero(model.count > 0).tolist():
        possible |= cost_sequences(model, v, pairs, np.full(len(pairs), 2)) >= 0
        if model.trips[v, 0] > 1:
            possible |= cost_sequences(model, v, with_reload, np.full(len(pairs), 3)) >= 0
    shared = np.zeros((len(stops), len(stops)), dtype=bool)
    for one, other in model.option_stop[pairs[possible]].tolist():
        shared[place_of[one], place_of[other]] = shared[place_of[other], place_of[one]] = True
    return shared
