"""A day that is being driven: when the vehicles will be where, and the least change that puts a mishap right.

Rounds keep their stops and their order; a stop without a vehicle is put where it costs least, and nothing may
push a promised stop out of its slot. Instants are whole seconds since 1970 (UTC), money is pence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from collection.rules.planning.brief import MOST_DRIVING_S, MOST_DUTY_S
from collection.rules.routing.matrices import road_matrices
from collection.rules.routing.problem import Matrices

QUARTERS_PER_PALLET = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStop:
    """A stop still to be made. `opens`/`closes` bound the beginning of loading, `slot_ends` is the end of
    what was promised; `arrived` is set for a vehicle that stands at the gate already."""

    key: str
    place_name: str
    lat: float
    lon: float
    service_s: int
    opens: int
    closes: int
    slot_ends: int
    kg: int
    quarter_pallets: int
    skills: frozenset[str] = frozenset()
    is_promised: bool = False
    worth_pence: int = 0
    arrived: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveVehicle:
    """A vehicle where it stands: free to drive on from `lat`, `lon` at `free`, and not seen elsewhere by `now`.

    `kg` and `quarter_pallets` are what it has still room for; `driven_s` what it has driven today.
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
    leaves: int
    back_by: int
    driven_s: int
    kg: int
    quarter_pallets: int
    skills: frozenset[str]
    pence_per_km: int
    pence_per_hour: int
    pence_to_begin: int = 0


@dataclass(frozen=True, slots=True)
class LiveRound:
    vehicle: LiveVehicle
    stops: tuple[LiveStop, ...]


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
class Timetable:
    calls: tuple[Call, ...]
    returns: int
    metres: int
    driving_s: int
    pence: int
    troubles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a stop without a vehicle goes: into this vehicle's round, as this stop, at this time."""

    stop: LiveStop
    vehicle: LiveVehicle
    position: int
    arrives: int
    pence: int
    metres: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A stop no vehicle can take today, and why."""

    stop: LiveStop
    sentence: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """The rounds after the change, what went where, and what could not be kept."""

    rounds: tuple[LiveRound, ...]
    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]


class Roads:
    """Distances and times between all the places of a day, by vehicle profile; computed once."""

    def __init__(self, rounds: Iterable[LiveRound], more: Iterable[LiveStop] = ()) -> None:
        places: dict[tuple[float, float], int] = {}
        profiles = set()
        for each in rounds:
            vehicle = each.vehicle
            profiles.add(vehicle.profile)
            points = [(vehicle.lat, vehicle.lon), (vehicle.home_lat, vehicle.home_lon)]
            for point in [*points, *((stop.lat, stop.lon) for stop in each.stops)]:
                places.setdefault(point, len(places))
        for stop in more:
            places.setdefault((stop.lat, stop.lon), len(places))
        self.index: Mapping[tuple[float, float], int] = places
        lats, lons = np.array(list(places) or [(0.0, 0.0)]).T
        self.matrices: Mapping[str, Matrices] = {
            profile: road_matrices(lats, lons, profile) for profile in profiles
        }

    def between(self, profile: str, here: tuple[float, float], there: tuple[float, float]) -> tuple[int, ...]:
        """Metres, seconds on the way, and seconds of it spent driving."""
        matrices, i, j = self.matrices[profile], self.index[here], self.index[there]
        seconds = int(matrices.duration_s[i, j])
        return int(matrices.distance_m[i, j]), seconds, seconds - int(matrices.not_driving_s[i, j])


def timetable(live: LiveRound, roads: Roads) -> Timetable:
    """When the rest of the round will happen, what it costs, and which limits it breaks, in words."""
    vehicle = live.vehicle
    here, moment = (vehicle.lat, vehicle.lon), vehicle.free
    metres, driving = 0, 0
    calls: list[Call] = []
    for stop in live.stops:
        distance, seconds, at_wheel = roads.between(vehicle.profile, here, (stop.lat, stop.lon))
        arrives = moment + seconds
        if stop.arrived is not None:
            arrives, distance, at_wheel = stop.arrived, 0, 0
        elif not calls:
            # Nobody has said that it is there yet, so it is not there before now.
            arrives = max(arrives, vehicle.now)
        starts = max(arrives, stop.opens)
        leaves = max(starts + stop.service_s, vehicle.now if stop.arrived is not None else 0)
        calls.append(Call(stop, arrives, starts, leaves))
        here, moment = (stop.lat, stop.lon), leaves
        metres, driving = metres + distance, driving + at_wheel
    distance, seconds, at_wheel = roads.between(vehicle.profile, here, (vehicle.home_lat, vehicle.home_lon))
    returns = moment + seconds
    metres, driving = metres + distance, driving + at_wheel
    begins = vehicle.pence_to_begin if live.stops else 0
    hours = (returns - min(vehicle.free, returns)) / 3600
    pence = round(begins + metres / 1000 * vehicle.pence_per_km + hours * vehicle.pence_per_hour)
    table = Timetable(tuple(calls), returns, metres, driving, pence, ())
    return replace(table, troubles=tuple(_troubles(live, table)))


def _troubles(live: LiveRound, table: Timetable) -> Iterable[str]:
    vehicle = live.vehicle
    for call in table.calls:
        if call.stop.arrived is None and call.starts > call.stop.closes:
            yield f"{call.stop.place_name} would be closed by then"
        if missing := call.stop.skills - vehicle.skills:
            yield f"{vehicle.name} lacks what {call.stop.place_name} needs: {', '.join(sorted(missing))}"
    if sum(stop.kg for stop in live.stops) > vehicle.kg:
        yield f"{vehicle.name} has room for only {vehicle.kg:,} kg more"
    elif sum(stop.quarter_pallets for stop in live.stops) > vehicle.quarter_pallets:
        pallets = vehicle.quarter_pallets / QUARTERS_PER_PALLET
        yield f"{vehicle.name} has room for only {pallets:g} pallets more"
    if table.returns > vehicle.back_by:
        yield f"{vehicle.name} would be back after its shift"
    if vehicle.driven_s + table.driving_s > MOST_DRIVING_S:
        yield f"{vehicle.name}’s driver would drive for more than nine hours"
    if table.returns - vehicle.leaves > MOST_DUTY_S:
        yield f"{vehicle.name}’s driver would be on duty for more than thirteen hours"


def place(rounds: Sequence[LiveRound], stop: LiveStop, roads: Roads) -> Placement | Unplaced:
    """The cheapest place for the stop among the rounds, with every promise kept."""
    best: tuple[int, Placement] | None = None
    reasons: dict[str, int] = {}
    for live in rounds:
        before = timetable(live, roads)
        first = 1 if live.stops and live.stops[0].arrived is not None else 0
        for position in range(first, len(live.stops) + 1):
            tried = LiveRound(live.vehicle, (*live.stops[:position], stop, *live.stops[position:]))
            after = timetable(tried, roads)
            fault = _fault(before, after, stop)
            if fault:
                reasons[fault] = reasons.get(fault, 0) + 1
                continue
            rise = after.pence - before.pence
            if best is None or rise < best[0]:
                call = after.calls[position]
                metres = after.metres - before.metres
                best = rise, Placement(stop, live.vehicle, position, call.arrives, rise, metres)
    if best is not None:
        return best[1]
    if not reasons:
        return Unplaced(stop, f"No other vehicle is on the road or free today to serve {stop.place_name}.")
    nearest = min(reasons, key=lambda reason: (-reasons[reason], reason))
    return Unplaced(stop, f"{stop.place_name} cannot be served today: {nearest}.")


def _fault(before: Timetable, after: Timetable, stop: LiveStop) -> str:
    """Why the changed round will not do; what was wrong before the change is not held against it."""
    for trouble in after.troubles:
        if trouble not in before.troubles:
            return trouble
    late_before = {call.stop.key: call.arrives for call in before.calls if call.is_late}
    for call in after.calls:
        is_newly_late = call.is_late and call.arrives > late_before.get(call.stop.key, 0)
        if is_newly_late and (call.stop.is_promised or call.stop.key == stop.key):
            return f"{call.stop.place_name} would be reached after its slot"
    return ""


def relieve(rounds: Sequence[LiveRound], broken: str, spare: Sequence[LiveRound] = ()) -> Remedy:
    """One vehicle (`broken`, by key) drives no further: its stops go to the others where that is possible.

    `spare` are vehicles without a round today. Promised stops are placed first, then the most valuable.
    """
    orphans = [stop for live in rounds if live.vehicle.key == broken for stop in live.stops]
    rest = [*(live for live in rounds if live.vehicle.key != broken), *spare]
    orphans = [replace(stop, arrived=None) for stop in orphans]
    return place_all(rest, orphans)


def place_all(rounds: Sequence[LiveRound], stops: Sequence[LiveStop]) -> Remedy:
    """Place several stops, the promised ones first, then by worth; each sees the ones placed before it."""
    roads = Roads(rounds, stops)
    now = list(rounds)
    placements: list[Placement] = []
    unplaced: list[Unplaced] = []
    for stop in sorted(stops, key=lambda stop: (not stop.is_promised, -stop.worth_pence, stop.key)):
        found = place(now, stop, roads)
        if isinstance(found, Unplaced):
            unplaced.append(found)
            continue
        placements.append(found)
        now = [_with(live, found) if live.vehicle.key == found.vehicle.key else live for live in now]
    return Remedy(tuple(now), tuple(placements), tuple(unplaced))


def without_stop(rounds: Sequence[LiveRound], key: str) -> tuple[LiveRound, ...]:
    """The rounds when one stop falls away, as when its site has closed."""
    return tuple(
        LiveRound(live.vehicle, tuple(stop for stop in live.stops if stop.key != key)) for live in rounds
    )


def _with(live: LiveRound, placed: Placement) -> LiveRound:
    stops = (*live.stops[: placed.position], placed.stop, *live.stops[placed.position :])
    return LiveRound(live.vehicle, stops)


def legs_driven(points: Sequence[tuple[float, float]], profile: str) -> tuple[int, int]:
    """Metres and driving seconds of a way already made, by the road model."""
    if len(points) < 2:
        return 0, 0
    lats, lons = np.array(points).T
    matrices = road_matrices(lats, lons, profile)
    legs = list(pairwise(range(len(points))))
    metres = sum(int(matrices.distance_m[i, j]) for i, j in legs)
    seconds = sum(int(matrices.duration_s[i, j] - matrices.not_driving_s[i, j]) for i, j in legs)
    return metres, seconds
