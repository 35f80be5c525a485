"""The planner's problem in the solver's terms: stops, vehicle-days, one money.

Times are seconds from midnight of the first day by the clock on the wall, money thousandths of a penny.
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collection.rules.planning.candidates import Candidate, FleetVehicle, Plant, Wishes, quarter_pallets
from collection.rules.planning.driving import BREAKS, MOST_DRIVING_S, MOST_DUTY_S
from collection.rules.planning.needs import Load, kept_apart, skills_needed, skills_of
from collection.rules.planning.service_times import USUAL, ServiceModel
from collection.rules.planning.unloading import UNLOADING_MINUTES
from collection.rules.routing.matrices import LOCAL_MODEL
from collection.rules.routing.problem import Depot, Problem, Stop, Vehicle, Window
from collection.rules.routing.roads import roads_between
from collection.rules.waste_codes import spaced_codes

DAY_S = 86_400
MILLIPENCE = 1000


@dataclass(frozen=True, slots=True)
class StopGroup:
    """Lots fetched together at one place: one stop of the problem, one pickup of a round."""

    key: str
    lots: tuple[Candidate, ...]
    service: ServiceModel = USUAL

    @property
    def place(self) -> Candidate:
        """Any of the lots: all agree on holder, place and opening hours."""
        return self.lots[0]

    @property
    def kg(self) -> int:
        return sum(_whole_kg(lot.gross_grams) for lot in self.lots)

    @property
    def magnet_grams(self) -> int:
        return sum(lot.magnet_grams for lot in self.lots)

    @property
    def saved_grams(self) -> int:
        return sum(lot.saved_grams for lot in self.lots)

    @property
    def prize_pence(self) -> int:
        return sum(lot.prize_pence for lot in self.lots)

    @property
    def service_minutes(self) -> int:
        return self.service.minutes(self.kg, self.place.site_id)


@dataclass(frozen=True, slots=True)
class VehicleDay:
    vehicle: FleetVehicle
    on: dt.date


@dataclass(frozen=True)
class Brief:
    """A problem with the meaning of its ids: stops are groups of lots, vehicle types are vehicle-days."""

    problem: Problem
    groups: Mapping[str, StopGroup]
    vehicle_days: Mapping[str, VehicleDay]
    plant: Plant
    wishes: Wishes
    shut: tuple[Candidate, ...] = ()
    """Lots at places that work on none of the days."""
    roads: str = LOCAL_MODEL
    """Where distances and times come from."""


def vehicle_day_key(name: str, registration: str, day: dt.date) -> str:
    """What the solver's sentences call a vehicle on a day: "Van (LO25 VAN) on Tue 24 Nov"."""
    return f"{name} ({registration}) on {day:%a %-d %b}"


def build_brief(
    candidates: Sequence[Candidate],
    fleet: Sequence[FleetVehicle],
    plant: Plant,
    wishes: Wishes,
    service: ServiceModel = USUAL,
) -> Brief:
    """Group the lots into stops and the fleet into vehicle-days, with the road between all of them."""
    days = wishes.working_days()
    vehicle_days = {
        vehicle_day_key(vehicle.name, vehicle.registration, day): VehicleDay(vehicle, day)
        for day in days
        for vehicle in fleet
        if day not in vehicle.taken_on
    }
    able = [lot for lot in candidates if _days_open(lot, days)]
    shut = tuple(lot for lot in candidates if not _days_open(lot, days))
    groups = _groups(able, [each.vehicle for each in vehicle_days.values()], days, service, plant)
    depot = depot_of(plant, plant.code, _open_on(days, wishes, plant.opens_at, plant.closes_at))
    lats = [plant.lat, *(group.place.lat for group in groups)]
    lons = [plant.lon, *(group.place.lon for group in groups)]
    profiles = sorted({each.vehicle.profile for each in vehicle_days.values()})
    roads = {profile: roads_between(lats, lons, profile) for profile in profiles}
    problem = Problem(
        name=f"{plant.code} {wishes.from_on.isoformat()}",
        depots=(depot,),
        vehicles=tuple(_vehicle(key, each, plant, wishes) for key, each in vehicle_days.items()),
        stops=tuple(_stop(group, days, wishes) for group in groups),
        matrices={profile: found.matrices for profile, found in roads.items()},
    )
    return Brief(
        problem,
        {group.key: group for group in groups},
        vehicle_days,
        plant,
        wishes,
        shut,
        roads=" · ".join(dict.fromkeys(found.source for found in roads.values())),
    )


def _groups(
    candidates: Sequence[Candidate],
    fleet: Sequence[FleetVehicle],
    days: Sequence[dt.date],
    service: ServiceModel,
    plant: Plant,
) -> list[StopGroup]:
    """Lots of one holder at one place that can first be had on the same day and may share a trip; no group
    outgrows a vehicle. What the plant may not take is apart, so that it is left out without the rest."""
    most_grams = max((vehicle.most_grams for vehicle in fleet), default=0)
    together: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for lot in candidates:
        first_day = next(iter(_days_open(lot, days)), None)
        if first_day is not None:
            where = lot.site_id or (round(lot.lat, 4), round(lot.lon, 4))
            kind = (lot.is_defence, lot.is_hazardous, plant.may_take(lot.ewc_code))
            together[lot.holder_id, where, first_day, kind].append(lot)
    portions = [portion for lots in together.values() for portion in _portions(lots, most_grams)]
    seen: Counter[str] = Counter()
    groups = []
    for portion in portions:
        # The solver's sentences name stops by their key, so it must be one that people understand.
        name = portion[0].place_name
        seen[name] += 1
        key = name if seen[name] == 1 else f"{name} ({seen[name]})"
        groups.append(StopGroup(key, tuple(portion), service))
    return groups


def _days_open(lot: Candidate, days: Sequence[dt.date]) -> list[dt.date]:
    """The days of the plan on which the lot can be fetched."""
    return [day for day in days if day >= lot.available_from_on and lot.is_open_on(day)]


def _portions(lots: Sequence[Candidate], most_grams: int) -> list[list[Candidate]]:
    """The most valuable first, each portion no heavier than the largest vehicle carries.

    Of a lot that outgrows every vehicle, a vehicle full is planned: the rest stays held for the next plan.
    """
    portions: list[list[Candidate]] = []
    most_kg, carried = most_grams // 1000, 0
    for whole in sorted(lots, key=lambda each: (-each.prize_pence, each.lot_id)):
        lot = whole.part_within(most_grams)
        kg = _whole_kg(lot.gross_grams)
        if not portions or carried + kg > most_kg:
            portions.append([])
            carried = 0
        portions[-1].append(lot)
        carried += kg
    return portions


def _stop(group: StopGroup, days: Sequence[dt.date], wishes: Wishes) -> Stop:
    place = group.place
    available = max(lot.available_from_on for lot in group.lots)
    open_days = [day for day in _days_open(place, days) if day >= available]
    # Loading must be over by closing time, so the last moment to begin is that much earlier.
    windows = tuple(
        (opens, max(opens, closes - group.service_minutes * 60))
        for opens, closes in _open_on(open_days, wishes, place.opens_at, place.closes_at)
    )
    return Stop(
        id=group.key,
        lat=place.lat,
        lon=place.lon,
        load={"kg": group.kg, "quarter_pallets": quarter_pallets(group.kg)},
        service_s=group.service_minutes * 60,
        windows=windows,
        required=any(lot.lot_id in wishes.must_lot_ids for lot in group.lots),
        prize=round(group.prize_pence * MILLIPENCE * wishes.saving_weight),
        skills=skills_of_group(group),
        codes=spaced_codes(lot.ewc_code for lot in group.lots),
        kept_apart=kind_of_group(group),
    )


def skills_of_group(group: StopGroup) -> frozenset[str]:
    """What a vehicle and its crew must be able to do to fetch the group."""
    loads = (
        Load(
            is_defence=lot.is_defence,
            is_hazardous=lot.is_hazardous,
            properties=lot.hazardous_properties,
            piece_grams=lot.piece_grams,
        )
        for lot in group.lots
    )
    place = group.place
    return skills_needed(
        loads, largest_vehicle=place.largest_vehicle, has_lifting_gear=place.has_lifting_gear
    )


def kind_of_group(group: StopGroup) -> str:
    """Which loads it may share a trip with."""
    return kept_apart(is_defence=group.place.is_defence, is_hazardous=group.place.is_hazardous)


def depot_of(plant: Plant, name: str, open_during: tuple[Window, ...]) -> Depot:
    """The plant as the solver's sentences `name` it, with what its permit lets it take."""
    return Depot(
        name,
        plant.lat,
        plant.lon,
        open_during,
        permitted=spaced_codes(plant.permitted_codes) if plant.permitted_codes else None,
        room={"kg": plant.room_kg} if plant.room_kg is not None else {},
    )


def _vehicle(key: str, vehicle_day: VehicleDay, plant: Plant, wishes: Wishes) -> Vehicle:
    vehicle = vehicle_day.vehicle
    midnight = _midnight(vehicle_day.on, wishes)
    return Vehicle(
        id=key,
        depot=plant.code,
        count=1,
        capacity={"kg": vehicle.capacity_kg, "quarter_pallets": vehicle.pallets * 4},
        profile=vehicle.profile,
        fixed_cost=vehicle.cost_per_day_pence * MILLIPENCE,
        # Pence per kilometre are thousandths of a penny per metre.
        cost_per_m=vehicle.cost_per_km_pence,
        cost_per_s=round(vehicle.cost_per_hour_pence * MILLIPENCE / 3600),
        skills=skills_of(vehicle.skills, vehicle.profile),
        shift=(midnight + _seconds(vehicle.shift_starts_at), midnight + _seconds(vehicle.shift_ends_at)),
        max_duty_s=MOST_DUTY_S,
        max_drive_s=MOST_DRIVING_S,
        breaks=BREAKS,
        max_trips=vehicle.most_trips,
        unloading_s=UNLOADING_MINUTES * 60,
    )


def _open_on(
    days: Sequence[dt.date], wishes: Wishes, opens_at: dt.time, closes_at: dt.time
) -> tuple[Window, ...]:
    return tuple(
        (_midnight(day, wishes) + _seconds(opens_at), _midnight(day, wishes) + _seconds(closes_at))
        for day in days
    )


def _midnight(day: dt.date, wishes: Wishes) -> int:
    return (day - wishes.from_on).days * DAY_S


def _seconds(time: dt.time) -> int:
    return time.hour * 3600 + time.minute * 60 + time.second


def _whole_kg(grams: int) -> int:
    return math.ceil(grams / 1000)
