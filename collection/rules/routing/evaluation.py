"""An independent judge of plans: it shares no code with the engine that makes them.

Every plan is checked here before anybody sees it, and the objective is recomputed to the unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from collection.rules.routing.problem import Plan, Problem, Route, Stop, Vehicle, Window
from collection.rules.routing.words import amount, clock_span, kind_name, listed, skill_name


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop on the timetable of a round: arrival, start of service, departure (seconds)."""

    stop: str
    arrives: int
    starts: int
    leaves: int


@dataclass(frozen=True, slots=True)
class RouteEvaluation:
    """What one round costs and takes; `visits` is empty when no timetable is possible.

    `unloadings` are the calls at the depot between two trips, `break_s` the pauses at the wheel in all: they
    are part of the duty, and of the way to the stop before which they are due.
    """

    vehicle: str
    leaves: int
    returns: int
    visits: tuple[Visit, ...]
    distance_m: int
    duty_s: int
    drive_s: int
    cost: int
    violations: tuple[str, ...]
    break_s: int = 0
    unloadings: tuple[Visit, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    objective: int
    routes: tuple[RouteEvaluation, ...]
    lost_prizes: int
    violations: tuple[str, ...]

    @property
    def is_feasible(self) -> bool:
        return not self.violations


def evaluate(problem: Problem, plan: Plan) -> Evaluation:
    """Judge `plan` against every rule of `problem`; violations are sentences, none means feasible."""
    routes = tuple(
        evaluate_route(problem, route)
        for route in plan.routes
        if route.vehicle in problem.vehicle_index_of and all(s in problem.stop_index_of for s in route.stops)
    )
    served = {stop for route in plan.routes for stop in route.stops}
    lost = sum(stop.prize for stop in problem.stops if stop.id not in served)
    objective = lost + sum(route.cost for route in routes)
    violations = [
        *_unknown_names(problem, plan),
        *_places(problem, plan),
        *_counts(problem, plan),
        *_deliveries(problem, plan),
        *(text for route in routes for text in route.violations),
    ]
    if objective != plan.objective:
        violations.append(f"The plan says its objective is {plan.objective}; it is {objective}.")
    return Evaluation(objective, routes, lost, tuple(violations))


def evaluate_route(problem: Problem, route: Route) -> RouteEvaluation:
    """Judge one round: load, skills, permits, windows, duty, driving, breaks, what may not share a trip.

    Duty is counted from the start that makes it shortest.
    """
    vehicle = problem.vehicles[problem.vehicle_index_of[route.vehicle]]
    trips = [[problem.stops[problem.stop_index_of[stop]] for stop in trip] for trip in route.trips]
    stops = [stop for trip in trips for stop in trip]
    matrices = problem.matrices[vehicle.profile]
    depot = problem.depot_node_of[vehicle.depot]
    nodes = [node for trip in trips for node in (depot, *(problem.node_of[stop.id] for stop in trip))]
    legs = list(pairwise([*nodes, depot]))
    distance = sum(int(matrices.distance_m[i, j]) for i, j in legs)
    driven = [int(matrices.duration_s[i, j]) - int(matrices.not_driving_s[i, j]) for i, j in legs]
    breaks = _breaks(vehicle, driven)
    durations = [int(matrices.duration_s[i, j]) + rest for (i, j), rest in zip(legs, breaks, strict=True)]
    driving = sum(driven)
    calls = _calls(problem, vehicle, trips)
    timetable = _shortest_timetable(problem, vehicle, calls, durations)
    leaves, visited, returns = timetable or (0, (), sum(durations) + sum(call.service_s for call in calls))
    visits = tuple(visit for call, visit in zip(calls, visited, strict=False) if isinstance(call, Stop))
    duty = returns - leaves
    promises = _broken_promises(vehicle, calls, visited)
    violations = [
        *(text for trip in trips for text in _loads(problem, vehicle, trip)),
        *_skills(vehicle, stops),
        *_permits(problem, vehicle, stops),
        *_trips(vehicle, trips),
    ]
    if not stops:
        violations.append(f"{vehicle.id}: a round without stops.")
    if timetable is None:
        violations.append(f"{vehicle.id}: no timetable meets the opening hours of {_names(stops)}.")
    for doing, seconds, limit in (
        ("on duty", duty, vehicle.max_duty_s),
        ("driving", driving, vehicle.max_drive_s),
    ):
        if seconds > limit:
            violations.append(
                f"{vehicle.id} would be {doing} for {clock_span(seconds)}; the limit is {clock_span(limit)}."
            )
    return RouteEvaluation(
        vehicle=vehicle.id,
        leaves=leaves,
        returns=returns,
        visits=visits,
        distance_m=distance,
        duty_s=duty,
        drive_s=driving,
        cost=vehicle.fixed_cost + vehicle.cost_per_m * distance + vehicle.cost_per_s * duty + promises,
        violations=tuple(violations),
        break_s=sum(breaks),
        unloadings=tuple(
            visit for call, visit in zip(calls, visited, strict=False) if isinstance(call, _Unloading)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Unloading:
    """A call at the depot between two trips."""

    id: str
    service_s: int
    windows: tuple[Window, ...]


_Call: TypeAlias = Stop | _Unloading


def _calls(problem: Problem, vehicle: Vehicle, trips: list[list[Stop]]) -> list[_Call]:
    """The stops, and the depot between trips."""
    depot = problem.depots[problem.depot_node_of[vehicle.depot]]
    unloading = _Unloading(depot.id, vehicle.unloading_s, _cut(depot.open, vehicle.shift))
    calls: list[_Call] = [*trips[0]]
    for trip in trips[1:]:
        calls += [unloading, *trip]
    return calls


def _breaks(vehicle: Vehicle, driven: list[int]) -> list[int]:
    """The seconds of break on each leg, the wheel being left whenever the longest driving is reached."""
    if vehicle.breaks is None:
        return [0] * len(driven)
    rests = []
    since_break = 0
    for leg in driven:
        rest = 0
        since_break += leg
        while since_break > vehicle.breaks.after_s:
            rest += vehicle.breaks.lasting_s
            since_break -= vehicle.breaks.after_s
        rests.append(rest)
    return rests


def _shortest_timetable(
    problem: Problem, vehicle: Vehicle, stops: Sequence[_Call], durations: list[int]
) -> tuple[int, tuple[Visit, ...], int] | None:
    """The timetable that costs least (of those the least duty, then the latest start), None if there is none.

    One within the duty limit comes first. Duty as a function of the start falls while somebody waits and is
    level otherwise, so its least value lies at an end of the vehicle's hours or where, without any waiting, a
    stop is reached exactly when a window opens or closes; so do the changes in what promises cost.
    """
    hours = _cut(problem.depots[problem.depot_node_of[vehicle.depot]].open, vehicle.shift)
    starts = {moment for window in hours for moment in window}
    elapsed = 0
    for place, windows in enumerate([*(stop.windows for stop in stops), hours]):
        elapsed += durations[place]
        starts.update(moment - elapsed for window in windows for moment in window)
        if place < len(stops):
            elapsed += stops[place].service_s
    best = None
    for start in sorted(starts, reverse=True):
        if not any(opens <= start <= closes for opens, closes in hours):
            continue
        timetable = _timetable(start, stops, durations, hours)
        if timetable is None:
            continue
        duty = timetable[2] - start
        cost = vehicle.cost_per_s * duty + _broken_promises(vehicle, stops, timetable[1])
        rank = (duty > vehicle.max_duty_s, cost, duty)
        if best is None or rank < best[0]:
            best = rank, timetable
    return None if best is None else best[1]


def _broken_promises(vehicle: Vehicle, calls: Sequence[_Call], visits: tuple[Visit, ...]) -> int:
    """What visits outside the promised time, or by another vehicle than promised, cost."""
    late = sum(
        call.cost_of_beginning(visit.starts)
        for call, visit in zip(calls, visits, strict=False)
        if isinstance(call, Stop)
    )
    stops = [call for call in calls if isinstance(call, Stop)]
    return late + sum(stop.away_cost for stop in stops if stop.kept_with not in ("", vehicle.id))


def _timetable(
    start: int, stops: Sequence[_Call], durations: list[int], hours: tuple[Window, ...]
) -> tuple[int, tuple[Visit, ...], int] | None:
    now = start
    visits = []
    for stop, duration in zip(stops, durations, strict=False):
        arrives = now + duration
        begins = _next_opening(arrives, stop.windows)
        if begins is None:
            return None
        now = begins + stop.service_s
        visits.append(Visit(stop.id, arrives, begins, now))
    returns = _next_opening(now + durations[-1], hours)
    return None if returns is None else (start, tuple(visits), returns)


def _next_opening(moment: int, windows: Iterable[Window]) -> int | None:
    moments = [max(moment, opens) for opens, closes in windows if moment <= closes]
    return min(moments, default=None)


def _cut(windows: tuple[Window, ...], shift: Window) -> tuple[Window, ...]:
    cut = [(max(opens, shift[0]), min(closes, shift[1])) for opens, closes in windows]
    return tuple(window for window in cut if window[0] <= window[1])


def _loads(problem: Problem, vehicle: Vehicle, stops: list[Stop]) -> Iterable[str]:
    for dimension in problem.dimensions:
        load = sum(stop.load.get(dimension, 0) for stop in stops)
        capacity = vehicle.capacity.get(dimension, 0)
        if load > capacity:
            carried, room = amount(dimension, load), amount(dimension, capacity)
            yield f"{vehicle.id} would carry {carried} and has room for {room}."


def _skills(vehicle: Vehicle, stops: list[Stop]) -> Iterable[str]:
    for stop in stops:
        if missing := stop.skills - vehicle.skills:
            lacking = listed(sorted(skill_name(skill) for skill in missing))
            yield f"{vehicle.id} may not serve {stop.id}, lacking {lacking}."


def _permits(problem: Problem, vehicle: Vehicle, stops: list[Stop]) -> Iterable[str]:
    permitted = problem.depots[problem.depot_node_of[vehicle.depot]].permitted
    for stop in stops:
        if permitted is not None and (refused := stop.codes - permitted):
            yield (
                f"{vehicle.id}: {vehicle.depot} is not permitted for {', '.join(sorted(refused))} of {stop.id}."
            )


def _trips(vehicle: Vehicle, trips: list[list[Stop]]) -> Iterable[str]:
    if len(trips) > vehicle.max_trips:
        yield f"{vehicle.id} would make {len(trips)} trips; the limit is {vehicle.max_trips}."
    for trip in trips:
        if not trip and len(trips) > 1:
            yield f"{vehicle.id}: a trip without stops."
        if len({stop.kept_apart for stop in trip}) > 1:
            kinds = listed(sorted({kind_name(stop.kept_apart) for stop in trip}))
            yield f"{vehicle.id} would carry on one trip what must be kept apart: {kinds}."


def _deliveries(problem: Problem, plan: Plan) -> Iterable[str]:
    """Depots that would be brought more than they may still take."""
    stops = {stop.id: stop for stop in problem.stops}
    depot_of = {vehicle.id: vehicle.depot for vehicle in problem.vehicles}
    for depot in problem.depots:
        brought = [
            stops[name].load
            for route in plan.routes
            if depot_of.get(route.vehicle) == depot.id
            for name in route.stops
            if name in stops
        ]
        for dimension, room in depot.room.items():
            total = sum(load.get(dimension, 0) for load in brought)
            if total > room:
                yield (
                    f"{depot.id} would be brought {amount(dimension, total)} and may take "
                    f"{amount(dimension, room)}."
                )


def _unknown_names(problem: Problem, plan: Plan) -> Iterable[str]:
    for route in plan.routes:
        if route.vehicle not in problem.vehicle_index_of:
            yield f"There is no vehicle '{route.vehicle}'."
    for stop in [*(s for r in plan.routes for s in r.stops), *(o.id for o in plan.omitted)]:
        if stop not in problem.stop_index_of:
            yield f"There is no stop '{stop}'."


def _places(problem: Problem, plan: Plan) -> Iterable[str]:
    places = Counter([*(s for r in plan.routes for s in r.stops), *(o.id for o in plan.omitted)])
    omitted = {omission.id for omission in plan.omitted}
    for stop in problem.stops:
        if places[stop.id] != 1:
            yield f"{stop.id} appears {places[stop.id]} times; every stop belongs in exactly one place."
        if stop.required and stop.id in omitted:
            yield f"{stop.id} is required but left out."


def _counts(problem: Problem, plan: Plan) -> Iterable[str]:
    used = Counter(route.vehicle for route in plan.routes)
    for vehicle in problem.vehicles:
        if used[vehicle.id] > vehicle.count:
            yield f"{vehicle.id} is used {used[vehicle.id]} times; there are {vehicle.count}."


def _names(stops: list[Stop]) -> str:
    return " → ".join(stop.id for stop in stops) or "no stops"
