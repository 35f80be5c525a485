"""The rest of a day that has begun: vehicles on the road, what they have done, what they carry.

A vehicle that has left becomes one that must first *be where it is*: everything done so far is one stop that
only it can serve, which takes exactly the time, the driving and the load of what was done. So the rest of
the day is a planning problem like any other, and the same engine, judge and reasons serve it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from collection.rules.routing.problem import (
    Depot,
    IntArray,
    Matrices,
    Plan,
    Problem,
    ProblemError,
    Route,
    Stop,
    Vehicle,
    Window,
)
from collection.rules.routing.whatif import settled

NO_WAY = 10_000_000  # seconds and metres: a leg nobody can drive within a shift
SO_FAR = "so far"
BOUND = " from where it is: "  # in the profile of a vehicle on the road


@dataclass(frozen=True, slots=True)
class Underway:
    """A vehicle that has left its depot.

    `done` are the stops served, the one being served and the one being driven to, in order: the vehicle is
    bound by them, and leaves the last of them at `free_at` (expected). `metres` and `driving_s` are what it
    will have driven by then, `on_board` what it will carry.
    """

    vehicle: str
    left_at: int
    done: tuple[str, ...]
    free_at: int
    metres: int
    driving_s: int
    on_board: Mapping[str, int]


def so_far(vehicle: str) -> str:
    """The id of the stop that stands for everything `vehicle` has done."""
    return f"{vehicle} {SO_FAR}"


def road_profile(profile: str) -> str:
    """The profile of the roads behind the profile of a vehicle that may be underway."""
    return profile.split(BOUND)[0]


def rest_of_day(
    problem: Problem, plan: Plan, underway: Sequence[Underway], now: int
) -> tuple[Problem, Plan, tuple[str, ...]]:
    """What is left of `plan` from `now` on, as a problem and a plan of it.

    Rounds that have begun keep what they have done; others leave no sooner than `now`. Opening hours that
    have passed are gone. Returns the problem, the plan with every visit that is no longer possible taken out
    of it, and the ids of those stops. Vehicles underway must be of types with a count of one. Raises
    ProblemError naming a vehicle or stop that does not fit.
    """
    by_vehicle = {each.vehicle: each for each in underway}
    for each in underway:
        _check(problem, each, now)
    done = {stop for each in underway for stop in each.done}
    kept = [stop for stop in problem.stops if stop.id not in done]
    stops = [_from_now(stop, now) for stop in kept]
    nodes = [*range(len(problem.depots)), *(problem.node_of[stop.id] for stop in kept)]
    nodes += [problem.node_of[each.done[-1]] for each in underway]
    matrices = {
        profile: Matrices(*(getattr(m, name)[np.ix_(nodes, nodes)] for name in Matrices.__slots__))
        for profile, m in problem.matrices.items()
    }
    vehicles = []
    for vehicle in problem.vehicles:
        on_road = by_vehicle.get(vehicle.id)
        if on_road is None:
            vehicles.append(replace(vehicle, shift=(max(vehicle.shift[0], now), max(vehicle.shift[1], now))))
            continue
        here = len(nodes) - len(underway) + list(by_vehicle).index(vehicle.id)
        depot = problem.depot_node_of[vehicle.depot]
        profile = f"{vehicle.profile}{BOUND}{vehicle.id}"
        matrices[profile] = _bound(matrices[vehicle.profile], depot, here, on_road, vehicle)
        vehicles.append(_on_road(vehicle, on_road, profile))
    rest = Problem(
        name=problem.name,
        depots=tuple(_open_since(depot, problem, underway) for depot in problem.depots),
        vehicles=tuple(vehicles),
        stops=(*stops, *(_here(problem, each) for each in underway)),
        matrices=matrices,
        notes=problem.notes,
    )
    routes = _remaining(plan, by_vehicle)
    settled_plan = settled(rest, plan, routes)
    possible = {stop for route in settled_plan.routes for stop in route.stops}
    lost = tuple(stop for route in routes for stop in route.stops if stop not in possible)
    return rest, settled_plan, lost


def _check(problem: Problem, each: Underway, now: int) -> None:
    where = f"underway: {each.vehicle}:"
    if each.vehicle not in problem.vehicle_index_of:
        raise ProblemError(f"{where} there is no such vehicle.")
    if problem.vehicles[problem.vehicle_index_of[each.vehicle]].count != 1:
        raise ProblemError(f"{where} name each vehicle that has left on its own (count 1).")
    if not each.done:
        raise ProblemError(f"{where} it has left, so name at least the stop it is driving to.")
    if unknown := [stop for stop in each.done if stop not in problem.stop_index_of]:
        raise ProblemError(f"{where} there is no stop '{unknown[0]}'.")
    if each.free_at < each.left_at:
        raise ProblemError(f"{where} it cannot be free before it left.")


def _from_now(stop: Stop, now: int) -> Stop:
    """The stop with the hours that are left; one shut for good keeps an instant nobody can reach."""
    costs = stop.window_costs or (0,) * len(stop.windows)
    left = [((max(a, now), b), cost) for (a, b), cost in zip(stop.windows, costs, strict=True) if b >= now]
    if not left:
        gone: Window = (stop.windows[-1][1], stop.windows[-1][1])
        return replace(stop, windows=(gone,), window_costs=(), required=False)
    return replace(
        stop,
        windows=tuple(window for window, _ in left),
        window_costs=tuple(cost for _, cost in left) if stop.window_costs else (),
    )


def _before_last_break(vehicle: Vehicle, on_road: Underway) -> int:
    """Seconds driven before the last break that was due."""
    if vehicle.breaks is None:
        return 0
    return max(on_road.driving_s - 1, 0) // vehicle.breaks.after_s * vehicle.breaks.after_s


def _bound(roads: Matrices, depot: int, here: int, on_road: Underway, vehicle: Vehicle) -> Matrices:
    """The roads for a vehicle that stands at node `here`: from the depot every way leads through there.

    Of the driving so far that counts which was done since the last break: the breaks before are past.
    """
    so_far_s = on_road.free_at - on_road.left_at
    resting = max(so_far_s - on_road.driving_s, 0) + _before_last_break(vehicle, on_road)
    reached = (on_road.metres, so_far_s, resting)
    grown = []
    for name, spent in zip(Matrices.__slots__, reached, strict=True):
        matrix = getattr(roads, name).copy()
        matrix[depot, here] = spent
        lead_through(matrix, depot, here, never=0 if name == "not_driving_s" else NO_WAY)
        grown.append(matrix)
    return Matrices(*grown)


def lead_through(matrix: IntArray, depot: int, here: int, *, never: int) -> None:
    """Make every way from `depot` lead through `here`, to which nothing else leads."""
    spent = matrix[depot, here]
    matrix[:, here] = never
    matrix[here, here] = 0
    matrix[depot, :] = spent + matrix[here, :]
    matrix[depot, depot] = 0


def _on_road(vehicle: Vehicle, on_road: Underway, profile: str) -> Vehicle:
    return replace(
        vehicle,
        profile=profile,
        skills=vehicle.skills | {so_far(vehicle.id)},
        shift=(on_road.left_at, max(vehicle.shift[1], on_road.free_at)),
        max_drive_s=max(vehicle.max_drive_s - _before_last_break(vehicle, on_road), 0),
        # What is on board may fill it; the way back to the plant in mid-round is not planned for.
        max_trips=1,
    )


def _here(problem: Problem, each: Underway) -> Stop:
    last = problem.stops[problem.stop_index_of[each.done[-1]]]
    return Stop(
        id=so_far(each.vehicle),
        lat=last.lat,
        lon=last.lon,
        load=dict(each.on_board),
        service_s=0,
        windows=((each.free_at, each.free_at),),
        required=True,
        prize=0,
        skills=frozenset({so_far(each.vehicle)}),
        kept_apart=last.kept_apart,
    )


def _open_since(depot: Depot, problem: Problem, underway: Sequence[Underway]) -> Depot:
    """The depot's hours, with the instants at which vehicles left outside them."""
    left = [
        each.left_at
        for each in underway
        if problem.vehicles[problem.vehicle_index_of[each.vehicle]].depot == depot.id
        and not any(opens <= each.left_at <= closes for opens, closes in depot.open)
    ]
    return replace(depot, open=tuple(sorted([*depot.open, *((moment, moment) for moment in left)])))


def _remaining(plan: Plan, by_vehicle: Mapping[str, Underway]) -> tuple[Route, ...]:
    """Each round without what is done; a vehicle on the road always has one, if only to come home."""
    done = {stop for each in by_vehicle.values() for stop in each.done}
    routes = []
    for route in plan.routes:
        left = route.without(done)
        if route.vehicle not in by_vehicle and left.stops:
            routes.append(left)
    for vehicle in by_vehicle:
        planned = next((route.stops for route in plan.routes if route.vehicle == vehicle), ())
        rest = tuple(stop for stop in planned if stop not in done)
        routes.append(Route(vehicle, (so_far(vehicle), *rest)))
    return tuple(routes)
