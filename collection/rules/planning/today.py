"""A day that is being driven, put to the engine: who takes the stops of a broken-down vehicle, where a stop
fits that has to move, whether one more can be fetched.

Booked stops are required, what was agreed has its price (`rules.routing.promises`), and every other round
keeps its stops and their order. A stop that is moved or added must be one the plant may take: the codes of
its permit, and `Plant.room_kg`, which here counts the open stops of the rounds as not booked yet.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from collection.rules.planning.brief import MILLIPENCE, depot_of
from collection.rules.planning.candidates import Plant
from collection.rules.planning.driving import BREAKS, MOST_DUTY_S
from collection.rules.planning.expected import LiveRound, LiveStop, LiveVehicle, timetable
from collection.rules.planning.trips import trips_of
from collection.rules.routing import Plan, Problem, Route, Stop, Vehicle
from collection.rules.routing.disruption import broken_down, new_stop
from collection.rules.routing.promises import MOVED_APPOINTMENT_COST, promise
from collection.rules.routing.reach import obstacle
from collection.rules.routing.roads import roads_between
from collection.rules.routing.underway import Underway, rest_of_day
from collection.rules.routing.whatif import Answer, move

# A slot that nobody has agreed to is still a word given, at a fifth of the price.
UNANSWERED_SLOT_COST = MOVED_APPOINTMENT_COST // 5
ALL_DAY = (0, 86_399)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a stop goes: into this vehicle's round as its `position`-th open stop, reached at `arrives`, on the
    trip its `stop` names.

    `pence` is what the day costs more for it; `late` names places that would wait beyond their slot.
    """

    stop: LiveStop
    vehicle: LiveVehicle
    position: int
    arrives: int
    pence: int
    late: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A stop no vehicle can take, and why."""

    stop: LiveStop
    sentence: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """What went where, what could not be kept, and what the day costs more, in pence."""

    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    pence: int


@dataclass(frozen=True, slots=True)
class _Day:
    problem: Problem
    plan: Plan
    rounds: tuple[LiveRound, ...]
    trips: Mapping[str, LiveRound]
    stops: Mapping[str, LiveStop]
    midnight: int


def after_breakdown(
    rounds: Sequence[LiveRound], plant: Plant, broken: str, *, midnight: int, now: int
) -> Remedy:
    """The vehicle with the key `broken` drives no further; `rounds` include idle vehicles, without stops."""
    orphaned = {stop.key for live in rounds if live.vehicle.key == broken for stop in live.stops}
    day = _day(rounds, plant, midnight=midnight, now=now, broken=broken, moving=orphaned)
    own = {name: live for name, live in day.trips.items() if live.vehicle.key == broken}
    stops = [stop for live in own.values() for stop in live.stops]
    orphans = {_stop_id(stop) for stop in stops}
    answer = Answer(day.problem, day.plan, 0, "")
    # The last trip first: what of it would fit an earlier one loses its vehicle again with that.
    for name in reversed(own):
        before = answer.rise or 0
        answer = broken_down(answer.problem, answer.plan or day.plan, name, promised=orphans)
        answer = replace(answer, rise=before + (answer.rise or 0))
    placements = _placements(day, answer, orphans)
    placed = {placement.stop.key for placement in placements}
    unplaced = [Unplaced(stop, _why_not(answer.problem, stop)) for stop in stops if stop.key not in placed]
    return Remedy(placements, tuple(unplaced), _pence(answer))


def _why_not(problem: Problem, stop: LiveStop) -> str:
    found = obstacle(problem, problem.stops[problem.stop_index_of[_stop_id(stop)]])
    return found.sentence if found else f"No other vehicle can take {stop.place_name} today."


def fitted_in(
    rounds: Sequence[LiveRound], plant: Plant, stop: LiveStop, *, midnight: int, now: int
) -> Placement | Unplaced:
    """The cheapest place for a stop that is in none of the rounds, within its opening and closing."""
    day = _day(rounds, plant, midnight=midnight, now=now)
    wanted = _stop(stop, midnight)
    answer = new_stop(day.problem, day.plan, wanted, insist=True)
    return _one(replace(day, stops={**day.stops, wanted.id: stop}), answer, wanted.id)


def by_another_vehicle(
    rounds: Sequence[LiveRound], plant: Plant, key: str, *, midnight: int, now: int
) -> Placement | Unplaced:
    """The vehicle other than its own that could make a booked stop with the least trouble."""
    day = _day(rounds, plant, midnight=midnight, now=now, moving={key})
    wanted = next(name for name, stop in day.stops.items() if stop.key == key)
    own = next((live.vehicle.key for live in day.trips.values() if day.stops[wanted] in live.stops), "")
    others = [name for name, live in day.trips.items() if live.vehicle.key != own]
    answers = [move(day.problem, day.plan, wanted, vehicle) for vehicle in others]
    possible = [answer for answer in answers if answer.plan is not None]
    if not possible:
        sentence = answers[0].sentence if answers else f"There is no other vehicle for {wanted} today."
        return Unplaced(day.stops[wanted], sentence)
    best = min(possible, key=lambda answer: answer.rise or 0)
    return _one(day, best, wanted)


def _one(day: _Day, answer: Answer, wanted: str) -> Placement | Unplaced:
    if answer.plan is None:
        return Unplaced(day.stops[wanted], answer.sentence)
    found = _placements(day, answer, {wanted})
    return found[0] if found else Unplaced(day.stops[wanted], answer.sentence)


def _placements(day: _Day, answer: Answer, wanted: set[str]) -> tuple[Placement, ...]:
    found = []
    routes = {route.vehicle: route.stops for route in answer.plan.routes} if answer.plan else {}
    for live in day.rounds:
        trips = [(name, each) for name, each in day.trips.items() if each.vehicle.key == live.vehicle.key]
        order = tuple(
            stop for name, trip in trips for stop in _order(day, trip, routes.get(name, ()), wanted)
        )
        after = timetable(LiveRound(live.vehicle, order))
        late_before = {call.stop.key for call in timetable(live).calls if call.is_late}
        late = tuple(
            call.stop.place_name for call in after.calls if call.is_late and call.stop.key not in late_before
        )
        found += [
            Placement(call.stop, live.vehicle, position, call.arrives, _pence(answer), late)
            for position, call in enumerate(after.calls)
            if _stop_id(call.stop) in wanted
        ]
    return tuple(found)


def _order(day: _Day, live: LiveRound, route: Sequence[str], wanted: set[str]) -> tuple[LiveStop, ...]:
    """The trip's own stops in their order, each wanted one after the stop it follows in the answer.

    The answer leaves out the stop a vehicle is bound for, and one that is no longer possible by the rules
    but stands in somebody's round all the same.
    """
    order = [stop for stop in live.stops if _stop_id(stop) not in wanted]
    place = live.bound
    for name in route:
        if name in wanted:
            order.insert(place, replace(day.stops[name], trip=live.vehicle.trip))
            place += 1
        elif name in day.stops:
            place = order.index(day.stops[name]) + 1
    return tuple(order)


def _pence(answer: Answer) -> int:
    return round((answer.rise or 0) / MILLIPENCE)


def _day(
    rounds: Sequence[LiveRound],
    plant: Plant,
    *,
    midnight: int,
    now: int,
    broken: str = "",
    moving: Collection[str] = (),
) -> _Day:
    """The rest of the day as a problem and the plan that stands; `moving` are the keys of the stops that may
    change vehicle. The vehicle that broke down is bound by nothing it has not reached."""
    trips = [_as_it_stands(trip, moving) for live in rounds for trip in trips_of(live)]
    depot = depot_of(plant, plant.name, (ALL_DAY,))
    named = {_vehicle_id(live.vehicle): live for live in trips}
    begun = {
        name: _done(live, midnight, standing=live.vehicle.key == broken)
        for name, live in named.items()
        if live.vehicle.has_left
    }
    stops = {_stop_id(stop): stop for live in trips for stop in live.stops}
    all_stops = (*(_stop(stop, midnight) for stop in stops.values()), *(start for start, _ in begun.values()))
    lats = [depot.lat, *(stop.lat for stop in all_stops)]
    lons = [depot.lon, *(stop.lon for stop in all_stops)]
    profiles = {live.vehicle.profile for live in trips}
    whole = Problem(
        name="today",
        depots=(depot,),
        vehicles=tuple(_vehicle(name, live.vehicle, depot.id, midnight) for name, live in named.items()),
        stops=all_stops,
        matrices={profile: roads_between(lats, lons, profile).matrices for profile in profiles},
    )
    agreed = {name: _slot(stop, midnight) for name, stop in stops.items() if stop.is_agreed}
    proposed = {name: _slot(stop, midnight) for name, stop in stops.items() if not stop.is_agreed}
    whole = promise(promise(whole, agreed), proposed, late_cost=UNANSWERED_SLOT_COST)
    routes = tuple(
        Route(name, tuple(_stop_id(stop) for stop in live.stops))
        for name, live in named.items()
        if live.stops
    )
    standing = Plan(objective=0, routes=routes, omitted=(), engine="", seed=0, seconds=0.0)
    underway = [each for _, each in begun.values()]
    rest, remaining, _ = rest_of_day(whole, standing, underway, now - midnight)
    return _Day(rest, remaining, tuple(rounds), named, stops, midnight)


def _as_it_stands(live: LiveRound, moving: Collection[str]) -> LiveRound:
    """The round with its limits widened to what is booked and expected: a vehicle that is late, or was given
    more than its papers say, keeps its stops, whatever their waste codes, and one that carries together what
    should be kept apart goes on doing so. Other vehicles are held to theirs."""
    table = timetable(live)
    vehicle = replace(
        live.vehicle,
        skills=live.vehicle.skills.union(*(stop.skills for stop in live.stops)),
        kg=max(live.vehicle.kg, sum(stop.kg for stop in live.stops)),
        quarter_pallets=max(live.vehicle.quarter_pallets, sum(stop.quarter_pallets for stop in live.stops)),
        back_by=max(live.vehicle.back_by, table.returns),
    )
    kinds = {stop.kept_apart for stop in live.stops} | ({vehicle.carries} if vehicle.has_left else set())
    carried = kinds.pop() if len(kinds) == 1 else ""
    stops = tuple(
        replace(
            call.stop,
            closes=max(call.stop.closes, call.starts),
            kept_apart=carried,
            codes=call.stop.codes if call.stop.key in moving else frozenset(),
        )
        for call in table.calls
    )
    return LiveRound(replace(vehicle, carries=carried), stops)


def _done(live: LiveRound, midnight: int, *, standing: bool) -> tuple[Stop, Underway]:
    """Everything a vehicle has done, as a stop where it last was, and the stop it is bound for."""
    vehicle, name = live.vehicle, _vehicle_id(live.vehicle)
    start = Stop(
        id=f"{name}, where it was",
        lat=vehicle.lat,
        lon=vehicle.lon,
        load={},
        service_s=0,
        windows=(ALL_DAY,),
        required=False,
        prize=0,
        skills=frozenset(),
        kept_apart=vehicle.carries,
    )
    bound = () if standing else live.stops[: live.bound]
    calls = timetable(LiveRound(vehicle, bound)).calls
    free = max([vehicle.free, *(call.leaves for call in calls)])
    leg = timetable(LiveRound(vehicle, bound)).driving_s if bound else 0
    return start, Underway(
        vehicle=name,
        left_at=vehicle.leaves - midnight,
        done=(start.id, *(_stop_id(stop) for stop in bound)),
        free_at=max(free, vehicle.leaves) - midnight,
        metres=0,
        driving_s=min(vehicle.driven_s + leg, max(free - vehicle.leaves, 0)),
        on_board=_load(bound),
    )


def _load(stops: Sequence[LiveStop]) -> dict[str, int]:
    return {
        "kg": sum(stop.kg for stop in stops),
        "quarter_pallets": sum(stop.quarter_pallets for stop in stops),
    }


def _stop(stop: LiveStop, midnight: int) -> Stop:
    opens = stop.opens - midnight
    return Stop(
        id=_stop_id(stop),
        lat=stop.lat,
        lon=stop.lon,
        load=_load([stop]),
        service_s=stop.service_s,
        windows=((opens, max(opens, stop.closes - midnight)),),
        required=True,
        prize=stop.worth_pence * MILLIPENCE,
        skills=stop.skills,
        codes=stop.codes,
        kept_apart=stop.kept_apart,
    )


def _slot(stop: LiveStop, midnight: int) -> tuple[int, int]:
    starts = max(stop.slot_starts, stop.opens) - midnight
    return starts, max(starts, stop.slot_ends - midnight)


def _vehicle(name: str, vehicle: LiveVehicle, depot: str, midnight: int) -> Vehicle:
    leaves = vehicle.leaves - midnight
    return Vehicle(
        id=name,
        depot=depot,
        count=1,
        capacity={"kg": max(0, vehicle.kg), "quarter_pallets": max(0, vehicle.quarter_pallets)},
        profile=vehicle.profile,
        fixed_cost=vehicle.pence_to_begin * MILLIPENCE,
        cost_per_m=vehicle.pence_per_km,
        cost_per_s=round(vehicle.pence_per_hour * MILLIPENCE / 3600),
        skills=vehicle.skills,
        shift=(leaves, max(leaves, vehicle.back_by - midnight)),
        max_duty_s=MOST_DUTY_S,
        max_drive_s=vehicle.most_driving_s,
        breaks=BREAKS,
    )


def _vehicle_id(vehicle: LiveVehicle) -> str:
    return f"{vehicle.name} ({vehicle.key}){f', trip {vehicle.trip}' if vehicle.awaits_trip else ''}"


def _stop_id(stop: LiveStop) -> str:
    return f"{stop.place_name} ({stop.key})"
