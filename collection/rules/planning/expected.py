"""When the vehicles of a day that is being driven will be where, by what was recorded so far.

Instants are whole seconds since 1970 (UTC), money is pence, distances metres by the road model.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from collection.rules.planning.driving import BREAKS, MOST_DRIVING_S
from collection.rules.planning.unloading import UNLOADING_MINUTES
from collection.rules.routing.matrices import road_matrices
from collection.rules.routing.problem import Matrices


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStop:
    """A stop still to be made. `opens`/`closes` bound the beginning of loading, `slot_starts`/`slot_ends`
    what was promised; `codes` are the waste codes loaded, spaced; `trip` counts the trips of the round, between
    which the vehicle unloads at the plant; `arrived` is set where the vehicle stands at the gate already."""

    key: str
    place_name: str
    lat: float
    lon: float
    service_s: int
    opens: int
    closes: int
    slot_starts: int
    slot_ends: int
    kg: int
    quarter_pallets: int
    skills: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    kept_apart: str = ""
    trip: int = 1
    is_agreed: bool = False
    worth_pence: int = 0
    arrived: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveVehicle:
    """A vehicle where it stands: free to drive on from `lat`, `lon` at `free`, and not seen elsewhere by `now`.

    `kg` and `quarter_pallets` are what it has still room for on its `trip`, `empty_kg` and `empty_quarter_pallets`
    on every later one; `driven_s` what it has driven today, of `most_driving_s`; `leaves` when it left the plant,
    or may leave; `carries` the kind of load on board that others are kept apart from. One that `awaits_trip` is
    bound for no stop of it yet.
    """

    key: str
    name: str
    profile: str
    lat: float
    lon: float
    free: int
    now: int
    home_lat: float
    home_lon: float
    has_left: bool
    leaves: int
    back_by: int
    driven_s: int
    kg: int
    quarter_pallets: int
    empty_kg: int
    empty_quarter_pallets: int
    skills: frozenset[str]
    pence_per_km: int
    pence_per_hour: int
    pence_to_begin: int = 0
    carries: str = ""
    trip: int = 1
    awaits_trip: bool = False
    most_driving_s: int = MOST_DRIVING_S

    @property
    def home(self) -> tuple[float, float]:
        return self.home_lat, self.home_lon


@dataclass(frozen=True, slots=True)
class LiveRound:
    vehicle: LiveVehicle
    stops: tuple[LiveStop, ...]

    @property
    def bound(self) -> int:
        """How many of the stops are settled: the one being served or driven to, once the vehicle has left."""
        is_on_its_way = self.vehicle.has_left and not self.vehicle.awaits_trip
        return int(is_on_its_way and bool(self.stops) and self.stops[0].trip == self.vehicle.trip)


@dataclass(frozen=True, slots=True)
class Call:
    """One stop of a timetable: the vehicle comes, loading begins, the vehicle leaves."""

    stop: LiveStop
    arrives: int
    starts: int
    leaves: int

    @property
    def is_late(self) -> bool:
        return self.arrives > self.stop.slot_ends


@dataclass(frozen=True, slots=True)
class PlantCall:
    """Unloading at the plant after a trip; `driven_s` is what has been driven of the rest of the round by then."""

    after_trip: int
    arrives: int
    leaves: int
    driven_s: int


@dataclass(frozen=True, slots=True)
class Timetable:
    departs: int
    calls: tuple[Call, ...]
    unloadings: tuple[PlantCall, ...]
    returns: int
    metres: int
    driving_s: int
    pence: int


class Roads:
    """Distances and times between all the places of a day, by vehicle profile; computed once."""

    def __init__(self, rounds: Iterable[LiveRound]) -> None:
        places: dict[tuple[float, float], int] = {}
        profiles = set()
        for each in rounds:
            vehicle = each.vehicle
            profiles.add(vehicle.profile)
            points = [(vehicle.lat, vehicle.lon), vehicle.home]
            for point in [*points, *((stop.lat, stop.lon) for stop in each.stops)]:
                places.setdefault(point, len(places))
        self.index: Mapping[tuple[float, float], int] = places
        lats, lons = np.array(list(places) or [(0.0, 0.0)]).T
        self.matrices: Mapping[str, Matrices] = {
            profile: road_matrices(lats, lons, profile) for profile in profiles
        }

    def between(
        self, profile: str, here: tuple[float, float], there: tuple[float, float]
    ) -> tuple[int, int, int]:
        """Metres, seconds on the way, and seconds of it spent driving."""
        matrices, i, j = self.matrices[profile], self.index[here], self.index[there]
        seconds = int(matrices.duration_s[i, j])
        return int(matrices.distance_m[i, j]), seconds, seconds - int(matrices.not_driving_s[i, j])


def timetable(live: LiveRound, roads: Roads | None = None) -> Timetable:
    """When the rest of the round will happen, in its order, with unloading between its trips and breaks when due,
    and what it still costs."""
    roads = roads or Roads([live])
    vehicle = live.vehicle
    here, departs = (vehicle.lat, vehicle.lon), vehicle.free
    if live.stops and not vehicle.has_left:
        # Nobody leaves the plant only to wait at the first gate.
        first = live.stops[0]
        departs = max(departs, first.opens - roads.between(vehicle.profile, here, (first.lat, first.lon))[1])
    moment, trip = departs, vehicle.trip
    metres, driving = 0, 0
    calls: list[Call] = []
    unloadings: list[PlantCall] = []
    for stop in live.stops:
        if stop.trip > trip:
            distance, seconds, at_wheel = roads.between(vehicle.profile, here, vehicle.home)
            arrives = moment + seconds + _break_s(vehicle, driving, at_wheel)
            arrives = arrives if calls or unloadings else max(arrives, vehicle.now)
            metres, driving = metres + distance, driving + at_wheel
            here, moment = vehicle.home, arrives + UNLOADING_MINUTES * 60
            unloadings.append(PlantCall(trip, arrives, moment, driving))
            trip = stop.trip
        distance, seconds, at_wheel = roads.between(vehicle.profile, here, (stop.lat, stop.lon))
        arrives = moment + seconds + _break_s(vehicle, driving, at_wheel)
        if stop.arrived is not None:
            arrives, distance, at_wheel = stop.arrived, 0, 0
        elif not calls and not unloadings:
            # Nobody has said that it is there yet, so it is not there before now.
            arrives = max(arrives, vehicle.now)
        starts = max(arrives, stop.opens)
        leaves = max(starts + stop.service_s, vehicle.now if stop.arrived is not None else 0)
        calls.append(Call(stop, arrives, starts, leaves))
        here, moment = (stop.lat, stop.lon), leaves
        metres, driving = metres + distance, driving + at_wheel
    distance, seconds, at_wheel = roads.between(vehicle.profile, here, vehicle.home)
    returns = moment + seconds + _break_s(vehicle, driving, at_wheel)
    metres, driving = metres + distance, driving + at_wheel
    begins = vehicle.pence_to_begin if live.stops else 0
    hours = (returns - min(departs, returns)) / 3600
    pence = round(begins + metres / 1000 * vehicle.pence_per_km + hours * vehicle.pence_per_hour)
    return Timetable(departs, tuple(calls), tuple(unloadings), returns, metres, driving, pence)


def _break_s(vehicle: LiveVehicle, before_s: int, leg_s: int) -> int:
    """Seconds of break on the way, this much having been driven of the rest of the round."""
    driven = vehicle.driven_s + before_s
    return BREAKS.due_within(driven + leg_s) - BREAKS.due_within(driven)


def way_driven(points: Sequence[tuple[float, float]], profile: str) -> tuple[int, int]:
    """Metres and driving seconds of a way already made, by the road model."""
    if len(points) < 2:
        return 0, 0
    lats, lons = np.array(points).T
    matrices = road_matrices(lats, lons, profile)
    legs = list(pairwise(range(len(points))))
    metres = sum(int(matrices.distance_m[i, j]) for i, j in legs)
    seconds = sum(int(matrices.duration_s[i, j] - matrices.not_driving_s[i, j]) for i, j in legs)
    return metres, seconds
