"""What a sequence of stops costs a type of vehicle: exact, for many sequences at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from collection.rules.routing.evaluation import evaluate_route
from collection.rules.routing.model import RELOAD, BoolArray, SearchModel, open_model
from collection.rules.routing.problem import IntArray, Problem, Route, Vehicle

Options = tuple[int, ...]


def build_model(problem: Problem) -> SearchModel:
    """The arrays of `problem`, with the options closed that a type cannot serve even alone on a round."""
    model = open_model(problem)
    if not len(model.option_stop):
        return model
    for v, vehicle in enumerate(model.problem.vehicles):
        stops = model.option_stop
        skilled = np.array([s.skills <= vehicle.skills for s in model.problem.stops], dtype=bool)
        fits = (model.load <= np.minimum(model.capacity[v], model.room[v])).all(axis=1)
        permitted = _permitted(model.problem, vehicle)
        model.allowed[v] &= (skilled & fits & permitted)[stops] & (vehicle.count > 0)
        singles = np.arange(len(stops))[:, None]
        costs = cost_sequences(model, v, singles, np.ones(len(stops), dtype=np.int64))
        model.allowed[v] &= costs >= 0
    used = np.flatnonzero(model.allowed.any(axis=0))
    return replace(
        model,
        option_stop=model.option_stop[used],
        option_window=model.option_window[used],
        extra=model.extra[:, used],
        allowed=model.allowed[:, used],
    )


def _permitted(problem: Problem, vehicle: Vehicle) -> BoolArray:
    """Which stops' waste codes the depot of `vehicle` may take."""
    codes = problem.depots[problem.depot_node_of[vehicle.depot]].permitted
    return np.array([codes is None or stop.codes <= codes for stop in problem.stops], dtype=bool)


def padded(sequences: Sequence[Options]) -> tuple[IntArray, IntArray]:
    """Sequences as one (r, longest) array and their lengths (r)."""
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    options = np.zeros((len(sequences), max(int(lengths.max(initial=0)), 1)), dtype=np.int64)
    for row, sequence in enumerate(sequences):
        options[row, : len(sequence)] = sequence
    return options, lengths


def cost_sequences(model: SearchModel, v: int, options: IntArray, lengths: IntArray) -> IntArray:
    """What type `v` would cost for each of r sequences of options: (r) int64, −1 where it may not or cannot.

    `options` is (r, longest) padded with anything after `lengths` (r); RELOAD among them ends a trip. Duty is
    the shortest over the starts that keep the plan.
    """
    count, longest = options.shape
    matrices = model.problem.matrices[model.problem.vehicles[v].profile]
    depots = len(model.problem.depots)
    depot = int(model.depot[v])
    opens, closes = (int(moment) for moment in model.hours[v])
    here = np.full(count, depot)
    duty = np.zeros(count, dtype=np.int64)
    earliest, latest = np.full(count, opens), np.full(count, closes)
    metres, driving = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    load = np.zeros((count, model.load.shape[1]), dtype=np.int64)
    brought = np.zeros_like(load)
    extra, reloads = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    kind = np.full(count, -1)
    possible = np.full(count, opens <= closes)
    for place in range(longest + 1):
        chosen = np.where(place < lengths, options[:, min(place, longest - 1)], RELOAD)
        going = chosen != RELOAD
        option = np.where(going, chosen, 0)
        stop = model.option_stop[option]
        there = np.where(going, depots + stop, depot)
        moving = place <= lengths
        unloading = ~going & (place < lengths)
        leg = np.where(moving, matrices.duration_s[here, there], 0)
        metres += np.where(moving, matrices.distance_m[here, there], 0)
        driven = driving
        driving = driven + leg - np.where(moving, matrices.not_driving_s[here, there], 0)
        duty += leg
        if model.breaks[v, 1]:
            duty += model.pauses(v, driving) - model.pauses(v, driven)
        window = model.option_window[option]
        begin = np.where(going, window[:, 0], opens)
        end = np.where(going, window[:, 1], closes)
        possible &= (earliest + duty <= end) & (~going | model.allowed[v, option])
        # Nobody calls at the depot empty, and nothing shares a trip with what it must be kept from.
        possible &= np.where(going, (kind < 0) | (kind == model.kind[stop]), (kind >= 0) | ~moving)
        wait = np.maximum(begin - duty - latest, 0)
        earliest = np.maximum(earliest, np.minimum(begin - duty, latest))
        latest = np.minimum(latest, end - duty)
        duty += wait + np.where(going, model.service[stop], np.where(unloading, model.trips[v, 1], 0))
        load = np.where(unloading[:, None], 0, load + np.where(going[:, None], model.load[stop], 0))
        brought += np.where(going[:, None], model.load[stop], 0)
        possible &= (load <= model.capacity[v]).all(axis=1)
        reloads += unloading
        kind = np.where(going, model.kind[stop], -1)
        extra += np.where(going, model.extra[v, option], 0)
        here = np.where(moving, there, here)
    fixed, per_metre, per_second = (int(rate) for rate in model.rates[v])
    possible &= (reloads < model.trips[v, 0]) & (brought <= model.room[v]).all(axis=1)
    possible &= (duty <= model.limits[v, 0]) & (driving <= model.limits[v, 1])
    costs = np.where(possible, fixed + per_metre * metres + per_second * duty + extra, -1)
    return _minding_gaps(model, v, options, lengths, costs) if model.gapped[v] else costs


def route_of(model: SearchModel, v: int, options: Options) -> Route:
    """A sequence of options driven by type `v` as a route."""
    problem = model.problem
    trips: list[tuple[str, ...]] = [()]
    for option in options:
        if option == RELOAD:
            trips.append(())
        else:
            trips[-1] += (problem.stops[model.option_stop[option]].id,)
    return Route.of_trips(problem.vehicles[v].id, trips)


def _minding_gaps(
    model: SearchModel, v: int, options: IntArray, lengths: IntArray, costs: IntArray
) -> IntArray:
    """The costs again for a type whose hours have gaps, −1 where a gap is in the way."""
    problem = model.problem
    exact = costs.copy()
    for row in np.flatnonzero(costs >= 0).tolist():
        judged = evaluate_route(problem, route_of(model, v, tuple(options[row, : lengths[row]].tolist())))
        exact[row] = -1 if judged.violations else judged.cost
    return exact
