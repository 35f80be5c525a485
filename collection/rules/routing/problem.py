"""The planning problem and its answer: depots, vehicles, stops, matrices; routes, omissions, plan.

Units are those of the `lodestone-plan/1` format: seconds from midnight of the first day, metres, and
thousandths of a penny. Every number is an integer.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

IntArray: TypeAlias = npt.NDArray[np.int64]
Window: TypeAlias = tuple[int, int]
"""Opens and closes, both seconds from midnight of the first day; both ends included."""


class ProblemError(ValueError):
    """The input does not describe a problem; the message names the field, the row and the way out."""


@dataclass(frozen=True, slots=True)
class Depot:
    """Where rounds begin and end, and where what they fetch is delivered.

    `permitted` are the waste codes it may take (None: any), `room` how much of a load dimension it may still
    take from the whole plan (dimensions not named are not limited).
    """

    id: str
    lat: float
    lon: float
    open: tuple[Window, ...]
    name: str = ""
    permitted: frozenset[str] | None = None
    room: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Breaks:
    """Whoever has driven `after_s` since setting out or since the last break pauses for `lasting_s` before
    driving on, wherever that is. Waiting, loading and ferries do not count as a break."""

    after_s: int
    lasting_s: int

    def due_within(self, driving_s: int) -> int:
        """Seconds of breaks before this much driving is done."""
        return max(driving_s - 1, 0) // self.after_s * self.lasting_s


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A type of vehicle with its crew; `count` of them stand at `depot`, each makes at most one round.

    A round may consist of up to `max_trips` trips: between two of them the vehicle unloads at its depot, which
    takes `unloading_s`. `breaks` are the pauses its driver must take, None where nobody asks for any.
    """

    id: str
    depot: str
    count: int
    capacity: Mapping[str, int]
    profile: str
    fixed_cost: int
    cost_per_m: int
    cost_per_s: int
    skills: frozenset[str]
    shift: Window
    max_duty_s: int
    max_drive_s: int
    breaks: Breaks | None = None
    max_trips: int = 1
    unloading_s: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to call at.

    `codes` are the waste codes of what is fetched there: the depot must be permitted for all of them. A trip
    holds stops of one `kept_apart` only, the empty one (ordinary loads) among them.

    `window_costs`, if given, are one a window: what beginning in it costs (a broken promise), never less in a
    later window. `kept_with` names the vehicle the stop should stay with; another costs `away_cost` more.
    """

    id: str
    lat: float
    lon: float
    load: Mapping[str, int]
    service_s: int
    windows: tuple[Window, ...]
    required: bool
    prize: int
    skills: frozenset[str]
    window_costs: tuple[int, ...] = ()
    kept_with: str = ""
    away_cost: int = 0
    codes: frozenset[str] = frozenset()
    kept_apart: str = ""

    def cost_of_beginning(self, moment: int) -> int:
        """What it costs that service begins at `moment`, which lies in a window."""
        costs = (
            cost
            for (opens, closes), cost in zip(self.windows, self.window_costs, strict=False)
            if opens <= moment <= closes
        )
        return next(costs, 0)


@dataclass(frozen=True, slots=True)
class Matrices:
    """Square int64 arrays over the nodes: depots in order, then stops in order."""

    distance_m: IntArray
    duration_s: IntArray
    not_driving_s: IntArray


@dataclass(frozen=True)
class Problem:
    name: str
    depots: tuple[Depot, ...]
    vehicles: tuple[Vehicle, ...]
    stops: tuple[Stop, ...]
    matrices: Mapping[str, Matrices]
    notes: tuple[str, ...] = field(default=())
    """What a reader of another format had to assume, in words."""

    def __post_init__(self) -> None:
        _check(self)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The names of the load dimensions, in a fixed order."""
        names: dict[str, None] = {}
        for holder in (*(v.capacity for v in self.vehicles), *(s.load for s in self.stops)):
            names.update(dict.fromkeys(holder))
        return tuple(names)

    @cached_property
    def node_of(self) -> dict[str, int]:
        """The matrix row of each stop id."""
        return {stop.id: len(self.depots) + i for i, stop in enumerate(self.stops)}

    @cached_property
    def depot_node_of(self) -> dict[str, int]:
        """The matrix row of each depot id."""
        return {depot.id: i for i, depot in enumerate(self.depots)}

    @cached_property
    def stop_index_of(self) -> dict[str, int]:
        return {stop.id: i for i, stop in enumerate(self.stops)}

    @cached_property
    def vehicle_index_of(self) -> dict[str, int]:
        return {vehicle.id: i for i, vehicle in enumerate(self.vehicles)}


@dataclass(frozen=True, slots=True)
class Route:
    """A vehicle's stops in order; before those at the places `reloads` (counted from 0) it unloads at its depot."""

    vehicle: str
    stops: tuple[str, ...]
    reloads: tuple[int, ...] = ()

    @property
    def trips(self) -> tuple[tuple[str, ...], ...]:
        """The stops of each trip."""
        cuts = [0, *self.reloads, len(self.stops)]
        return tuple(self.stops[first:last] for first, last in pairwise(cuts))

    @classmethod
    def of_trips(cls, vehicle: str, trips: Iterable[tuple[str, ...]]) -> Self:
        """The round made of these trips, empty ones left out."""
        kept = [trip for trip in trips if trip]
        ends = list(accumulate(len(trip) for trip in kept))
        return cls(vehicle, tuple(stop for trip in kept for stop in trip), tuple(ends[:-1]))

    def without(self, gone: Container[str]) -> Self:
        """The round without these stops."""
        trips = (tuple(stop for stop in trip if stop not in gone) for trip in self.trips)
        return self.of_trips(self.vehicle, trips)


@dataclass(frozen=True, slots=True)
class Omission:
    """A stop left out. `flip_prize` is the prize that would have earned it a place, None if nothing can."""

    id: str
    reason: str
    code: str
    flip_prize: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    objective: int
    routes: tuple[Route, ...]
    omitted: tuple[Omission, ...]
    engine: str
    seed: int
    seconds: float
    lower_bound: int | None = None
    """No plan costs less: proved."""
    expected_bound: int | None = None
    """Probably no plan costs less: the search's own relaxation, which it believes complete but did not prove."""


def _check(problem: Problem) -> None:
    _check_unique("depots", [d.id for d in problem.depots])
    _check_unique("vehicles", [v.id for v in problem.vehicles])
    _check_unique("stops", [s.id for s in problem.stops])
    if not problem.depots:
        raise ProblemError("depots: a plan needs at least one depot.")
    size = len(problem.depots) + len(problem.stops)
    for profile, matrices in problem.matrices.items():
        for name in Matrices.__slots__:
            _check_matrix(f"matrices.{profile}.{name}", getattr(matrices, name), size)
    depots = {d.id for d in problem.depots}
    for vehicle in problem.vehicles:
        where = f"vehicles: {vehicle.id}:"
        if vehicle.depot not in depots:
            raise ProblemError(f"{where} depot '{vehicle.depot}' is not one of the depots.")
        if vehicle.profile not in problem.matrices:
            raise ProblemError(f"{where} there is no matrix for profile '{vehicle.profile}'.")
        if vehicle.count < 0:
            raise ProblemError(f"{where} count must be 0 or more, not {vehicle.count}.")
        _check_windows(f"{where} shift", (vehicle.shift,))
        for name in ("fixed_cost", "cost_per_m", "cost_per_s", "max_duty_s", "max_drive_s", "unloading_s"):
            _check_not_negative(f"{where} {name}", getattr(vehicle, name))
        if vehicle.max_trips < 1:
            raise ProblemError(f"{where} max_trips must be 1 or more, not {vehicle.max_trips}.")
        if vehicle.breaks is not None and (vehicle.breaks.after_s < 1 or vehicle.breaks.lasting_s < 0):
            raise ProblemError(f"{where} breaks: after_s must be 1 or more and lasting_s 0 or more.")
        for name, amount in vehicle.capacity.items():
            _check_not_negative(f"{where} capacity.{name}", amount)
    for depot in problem.depots:
        _check_windows(f"depots: {depot.id}: open", depot.open)
        for name, amount in depot.room.items():
            _check_not_negative(f"depots: {depot.id}: room.{name}", amount)
    for stop in problem.stops:
        where = f"stops: {stop.id}:"
        _check_windows(f"{where} windows", stop.windows)
        _check_not_negative(f"{where} service_s", stop.service_s)
        _check_not_negative(f"{where} prize", stop.prize)
        _check_not_negative(f"{where} away_cost", stop.away_cost)
        _check_window_costs(where, stop)
        for name, amount in stop.load.items():
            _check_not_negative(f"{where} load.{name}", amount)


def _check_unique(field_name: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for identifier in ids:
        if identifier in seen:
            raise ProblemError(f"{field_name}: the id '{identifier}' appears twice; ids must differ.")
        seen.add(identifier)


def _check_matrix(field_name: str, matrix: IntArray, size: int) -> None:
    if matrix.shape != (size, size):
        raise ProblemError(
            f"{field_name}: has shape {matrix.shape}, but depots and stops together need {size} × {size}."
        )
    if matrix.size and int(matrix.min()) < 0:
        raise ProblemError(f"{field_name}: holds a negative number.")


def _check_windows(field_name: str, windows: tuple[Window, ...]) -> None:
    if not windows:
        raise ProblemError(f"{field_name}: give at least one [from, to] pair.")
    for opens, closes in windows:
        if opens > closes:
            raise ProblemError(f"{field_name}: [{opens}, {closes}] closes before it opens.")


def _check_window_costs(where: str, stop: Stop) -> None:
    if stop.window_costs and len(stop.window_costs) != len(stop.windows):
        raise ProblemError(f"{where} window_costs: give one a window.")
    if list(stop.window_costs) != sorted(stop.window_costs) or min(stop.window_costs, default=0) < 0:
        raise ProblemError(f"{where} window_costs: must not fall from window to window, nor be below 0.")


def _check_not_negative(field_name: str, number: int) -> None:
    if number < 0:
        raise ProblemError(f"{field_name} must be 0 or more, not {number}.")
