"""The search model in PyVRP's terms.

Crew skills, sizes and days are told through routing profiles in which every leg to a closed option is
forbiddingly long; loads are scaled so that one penalty suits every dimension.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvrp

from collection.rules.routing.model import BoolArray, SearchModel
from collection.rules.routing.problem import IntArray

FORBIDDEN_S = 10_000_000
FORBIDDEN_M = 10_000_000
LOAD_SCALE = 10_000
UNLIMITED = int(np.iinfo(np.int64).max)


@dataclass(frozen=True)
class SolverData:
    """PyVRP's data, the model's vehicle type behind each of PyVRP's, and the depot of each of the model's types.

    Client k is the model's option k.
    """

    data: pyvrp.ProblemData
    types: list[int]
    depots: list[int]


def build_data(model: SearchModel, *, mind_driving: bool = False) -> SolverData:
    """PyVRP's view of `model`.

    PyVRP knows neither driving limits nor breaks. With `mind_driving`, types whose driving limit can bind
    measure distance in seconds at the wheel, limited, and priced at the mean, and breaks are spread over the
    driving; otherwise distance is exact, driving free, and breaks are forgotten. Nor does it know how long
    unloading takes between trips. Rounds are costed exactly before anybody uses them.
    """
    depots = len(model.problem.depots)
    types = [v for v in range(len(model.problem.vehicles)) if model.count[v] > 0 and model.allowed[v].any()]
    by_driving = {v for v in types if mind_driving and model.driving_can_bind(v)}
    nodes = np.concatenate([np.arange(depots), depots + model.option_stop])
    apart = _apart(model)
    profile_of: dict[tuple[str, bytes, bool, tuple[int, ...]], int] = {}
    distances: list[Any] = []  # PyVRP's stubs misname the array type
    durations: list[Any] = []
    vehicle_types = []
    scale = _load_scale(model)
    for v in types:
        vehicle = model.problem.vehicles[v]
        matrices = model.problem.matrices[vehicle.profile]
        driving = matrices.duration_s - matrices.not_driving_s
        key = (vehicle.profile, model.allowed[v].tobytes(), v in by_driving, tuple(model.breaks[v].tolist()))
        if key not in profile_of:
            profile_of[key] = len(profile_of)
            shut = depots + np.flatnonzero(~model.allowed[v])
            distance = driving if v in by_driving else matrices.distance_m
            distances.append(_forbidding(distance[np.ix_(nodes, nodes)], shut, apart, FORBIDDEN_M))
            duration = matrices.duration_s + (_breaks_by_the_way(model, v, driving) if mind_driving else 0)
            durations.append(_forbidding(duration[np.ix_(nodes, nodes)], shut, apart, FORBIDDEN_S))
        fixed, per_metre, per_second = (int(rate) for rate in model.rates[v])
        if v in by_driving:
            # The middle, not the mean: legs nobody may drive are forbiddingly long in both.
            per_metre = round(per_metre * np.median(matrices.distance_m) / max(np.median(driving), 1))
        vehicle_types.append(
            pyvrp.VehicleType(
                num_available=int(model.count[v]),
                capacity=(model.capacity[v] * scale).tolist(),
                start_depot=int(model.depot[v]),
                end_depot=int(model.depot[v]),
                fixed_cost=fixed,
                tw_early=int(model.hours[v, 0]),
                tw_late=int(model.hours[v, 1]),
                shift_duration=int(model.limits[v, 0]),
                max_distance=int(model.limits[v, 1]) if v in by_driving else UNLIMITED,
                unit_distance_cost=per_metre,
                unit_duration_cost=per_second,
                profile=profile_of[key],
                reload_depots=[int(model.depot[v])] if model.trips[v, 0] > 1 else [],
                max_reloads=int(model.trips[v, 0]) - 1,
            )
        )
    clients, groups = _clients(model, scale)
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0)] * len(nodes),
        clients=clients,
        depots=[pyvrp.Depot(location=i) for i in range(depots)],
        vehicle_types=vehicle_types,
        distance_matrices=distances,
        duration_matrices=durations,
        groups=groups,
    )
    return SolverData(data, types, model.depot.tolist())


def _load_scale(model: SearchModel) -> IntArray:
    """(d) factors that bring the largest capacity of every dimension to about LOAD_SCALE."""
    largest = np.maximum(model.capacity.max(axis=0, initial=0), 1)
    return np.maximum(LOAD_SCALE // largest, 1)


def _breaks_by_the_way(model: SearchModel, v: int, driving: IntArray) -> IntArray:
    after, lasting = (int(seconds) for seconds in model.breaks[v])
    return driving * lasting // after


def _apart(model: SearchModel) -> BoolArray:
    """(n, n): legs between stops that may not share a trip."""
    depots = len(model.problem.depots)
    kind = np.append(np.full(depots, -1), model.kind[model.option_stop])
    apart = kind[:, None] != kind
    apart[:depots] = apart[:, :depots] = False
    return apart


def _forbidding(matrix: IntArray, shut: IntArray, apart: BoolArray, length: int) -> IntArray:
    matrix[shut, :] = length
    matrix[:, shut] = length
    matrix[apart] = length
    np.fill_diagonal(matrix, 0)
    return matrix


def _clients(model: SearchModel, scale: IntArray) -> tuple[list[pyvrp.Client], list[pyvrp.ClientGroup]]:
    depots = len(model.problem.depots)
    options_of: dict[int, list[int]] = {}
    for option, stop in enumerate(model.option_stop.tolist()):
        options_of.setdefault(stop, []).append(option)
    shared = [stop for stop, options in options_of.items() if len(options) > 1]
    group_of = {stop: number for number, stop in enumerate(shared)}
    groups = [pyvrp.ClientGroup(options_of[stop], required=bool(model.required[stop])) for stop in shared]
    clients = [
        pyvrp.Client(
            location=depots + option,
            pickup=(model.load[stop] * scale).tolist(),
            service_duration=int(model.service[stop]),
            tw_early=int(model.option_window[option, 0]),
            tw_late=int(model.option_window[option, 1]),
            prize=_prize(model, option, stop),
            required=bool(model.required[stop]) and stop not in group_of,
            group=group_of.get(stop),
        )
        for option, stop in enumerate(model.option_stop.tolist())
    ]
    return clients, groups


def _prize(model: SearchModel, option: int, stop: int) -> int:
    """A stop's prize less what this visit breaks of promises; of required stops only differences count."""
    least = model.extra[:, option].min()
    if model.required[stop]:
        return int(model.extra[:, model.option_stop == stop].max() - least)
    return int(max(model.prize[stop] - least, 0))
