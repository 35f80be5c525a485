"""The day as it is being driven: every round of an organisation with what is left of it."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch

from collection.models import Facility, Pickup, PickupLot, PickupState, Round, RoundState, Unit, Vehicle
from collection.queries.intake import code_is_hazardous
from collection.queries.pickups import has_hazardous_code
from collection.queries.rounds import plant_of
from collection.queries.unloadings import trip_now, way_of
from collection.rules.appointments import LONDON, USUALLY_CLOSES, USUALLY_OPENS
from collection.rules.planning.candidates import KG_PER_PALLET, Plant, quarter_pallets
from collection.rules.planning.expected import (
    LiveRound,
    LiveStop,
    LiveVehicle,
    Roads,
    Timetable,
    timetable,
    way_driven,
)
from collection.rules.planning.needs import Load, kept_apart, skills_needed, skills_of
from collection.rules.roles import Viewer
from collection.rules.waste_codes import spaced_codes

LIVE_STATES = (RoundState.CONFIRMED, RoundState.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class RoundNow:
    """A round, the rest of it as the rules see it, and when that will happen."""

    round: Round
    live: LiveRound
    table: Timetable


def rounds_on(viewer: Viewer, day: dt.date) -> list[Round]:
    """The viewer's live rounds of a day with their stops, lots and unloadings; four queries."""
    found = Round.objects.visible_to(viewer).filter(on=day, state__in=LIVE_STATES)
    return with_stops(found.order_by("starts_at", "pk"))


def with_stops(rounds: "Iterable[Round]") -> list[Round]:
    """Rounds of a queryset, with what `round_now` reads."""
    lines = PickupLot.objects.select_related("lot", "lot__waste").order_by("pk")
    lines = lines.annotate(is_hazardous=has_hazardous_code("lot__ewc_code"))
    stops = Pickup.unscoped.select_related("site", "holder").order_by("sequence")
    chosen = rounds.select_related("vehicle", "facility", "driver", "organisation")  # type: ignore[attr-defined]
    with_lines = Prefetch("pickups", stops.prefetch_related(Prefetch("lines", lines)))
    return list(chosen.prefetch_related(with_lines, "unloadings"))


def round_now(each: Round, now: dt.datetime) -> RoundNow:
    """Where the round stands by its recorded stops. `each` comes from `with_stops`."""
    live = LiveRound(_vehicle_now(each, now), tuple(live_stop(stop) for stop in open_stops(each)))
    return RoundNow(each, live, timetable(live, Roads([live])))


def open_stops(each: Round) -> list[Pickup]:
    return [stop for stop in each.pickups.all() if stop.state == PickupState.SCHEDULED]


def plant_on(facility: Facility, day: dt.date, booked: Sequence[Pickup]) -> Plant:
    """The plant as stops are moved or added that day. `booked` stops count as not booked yet, and there is
    room for them whatever the permit says by now."""
    plant = plant_of(
        facility, day, 1, without=[line.lot_id for stop in booked for line in _planned_lines(stop)]
    )
    if plant.room_kg is None:
        return plant
    return replace(plant, room_kg=max(plant.room_kg, sum(live_stop(stop).kg for stop in booked)))


def _planned_lines(stop: Pickup) -> list[PickupLot]:
    return [line for line in stop.lines.all() if line.state == PickupLot.State.PLANNED]


def live_stop(stop: Pickup) -> LiveStop:
    lines = _planned_lines(stop)
    kg = sum(math.ceil(line.planned_gross_grams / 1000) for line in lines)
    opens, closes = (
        (stop.site.opens_at, stop.site.closes_at) if stop.site else (USUALLY_OPENS, USUALLY_CLOSES)
    )
    day = stop.planned_arrival_at.astimezone(LONDON).date()
    service_s = stop.service_minutes * 60
    closing = _second_of(day, closes) - service_s
    slot_starts = _second(stop.slot_starts_at) if stop.slot_starts_at else _second_of(day, opens)
    is_agreed = stop.answer == "accepted"
    return LiveStop(
        key=stop.reference,
        place_name=stop.place_name,
        lat=stop.lat,
        lon=stop.lon,
        service_s=service_s,
        # A holder who agreed to a slot is not disturbed before it.
        opens=max(_second_of(day, opens), slot_starts if is_agreed else 0),
        closes=max(closing, _second(stop.planned_arrival_at)),
        slot_starts=slot_starts,
        slot_ends=_second(stop.slot_ends_at) if stop.slot_ends_at else closing,
        kg=kg,
        quarter_pallets=quarter_pallets(kg),
        skills=_skills_needed(stop, lines),
        codes=spaced_codes(line.lot.ewc_code for line in lines),
        kept_apart=_kind(lines),
        trip=stop.trip,
        is_agreed=is_agreed,
        worth_pence=sum(line.planned_saved_grams for line in lines),
        arrived=_second(stop.arrived_at) if stop.arrived_at else None,
    )


def _skills_needed(stop: Pickup, lines: Sequence[PickupLot]) -> frozenset[str]:
    return skills_needed(
        map(_load, lines),
        largest_vehicle=stop.site.largest_vehicle if stop.site else "",
        has_lifting_gear=bool(stop.site and stop.site.has_lifting_gear),
    )


def _load(line: PickupLot) -> Load:
    waste = getattr(line.lot, "waste", None)
    return Load(
        is_defence=line.lot.is_defence,
        is_hazardous=_is_hazardous(line),
        properties=waste.hazardous_properties if waste else (),
        piece_grams=_piece_grams(line),
    )


def _is_hazardous(line: PickupLot) -> bool:
    """As `with_stops` looked it up for all lines at once; a line that came alone is looked up."""
    known: bool | None = getattr(line, "is_hazardous", None)
    return bool(code_is_hazardous(line.lot.ewc_code)) if known is None else known


def _kind(lines: Sequence[PickupLot]) -> str:
    loads = [_load(line) for line in lines]
    return kept_apart(
        is_defence=any(load.is_defence for load in loads),
        is_hazardous=any(load.is_hazardous for load in loads),
    )


def _piece_grams(line: PickupLot) -> float:
    lot = line.lot
    return (lot.gross_grams or 0) / float(lot.quantity) if lot.unit == Unit.ITEMS else 0.0


def _vehicle_now(each: Round, now: dt.datetime) -> LiveVehicle:
    trip, stops = trip_now(each), list(each.pickups.all())
    made = [stop for stop in stops if stop.finished_at and stop.state != PickupState.CANCELLED]
    made.sort(key=lambda stop: stop.finished_at or now)
    this_trip = [line for stop in stops if stop.trip == trip for line in stop.lines.all()]
    on_board = [line for line in this_trip if line.state == PickupLot.State.COLLECTED]
    kg = sum(math.ceil((line.collected_gross_grams or line.planned_gross_grams) / 1000) for line in on_board)
    way = way_of(each, made)
    free = made[-1].finished_at if made else each.left_at or max(each.starts_at, now)
    emptied_at = max(
        (done.finished_at for done in each.unloadings.all() if done.finished_at and done.after_trip < trip),
        default=None,
    )
    if made and emptied_at and made[-1].trip < trip:
        way.append(way[0])
        free = emptied_at
    _, driven_s = way_driven(way, each.vehicle.profile)
    return _vehicle(
        each.vehicle,
        each.facility,
        each.on,
        key=each.reference,
        here=way[-1],
        free=_second(free or now),
        now=now if each.left_at or made else min(now, each.starts_at),
        leaves=_second(each.left_at or each.starts_at),
        driven_s=driven_s,
        kg_on_board=kg,
        has_begun=True,
        has_left=bool(each.left_at or made),
        carries=_kind(on_board or this_trip),
        trip=trip,
    )


def spare_vehicles(viewer: Viewer, facility: Facility, day: dt.date, now: dt.datetime) -> list[LiveRound]:
    """Vehicles of the plant without a round that day, ready at the plant; two queries."""
    taken = Round.unscoped.filter(on=day).exclude(state=RoundState.CANCELLED).values("vehicle_id")
    free = Vehicle.objects.visible_to(viewer).filter(depot=facility, is_active=True).exclude(pk__in=taken)
    ready = []
    for vehicle in free.order_by("name", "pk"):
        starts = max(_second(now), _second_of(day, vehicle.shift_starts_at))
        live = _vehicle(
            vehicle,
            facility,
            day,
            key=f"vehicle-{vehicle.pk}",
            here=(facility.lat, facility.lon),
            free=starts,
            now=now,
            leaves=starts,
            driven_s=0,
            kg_on_board=0,
            has_begun=False,
            has_left=False,
        )
        ready.append(LiveRound(live, ()))
    return ready


def _vehicle(
    vehicle: Vehicle,
    facility: Facility,
    day: dt.date,
    *,
    key: str,
    here: tuple[float, float],
    free: int,
    now: dt.datetime,
    leaves: int,
    driven_s: int,
    kg_on_board: int,
    has_begun: bool,
    has_left: bool,
    carries: str = "",
    trip: int = 1,
) -> LiveVehicle:
    quarters_on_board = math.ceil(kg_on_board * 4 / KG_PER_PALLET)
    return LiveVehicle(
        key=key,
        name=vehicle.name,
        profile=vehicle.profile,
        lat=here[0],
        lon=here[1],
        free=free,
        now=_second(now),
        home_lat=facility.lat,
        home_lon=facility.lon,
        has_left=has_left,
        leaves=leaves,
        back_by=min(_second_of(day, vehicle.shift_ends_at), _second_of(day, facility.closes_at)),
        driven_s=driven_s,
        kg=vehicle.capacity_kg - kg_on_board,
        quarter_pallets=vehicle.pallets * 4 - quarters_on_board,
        empty_kg=vehicle.capacity_kg,
        empty_quarter_pallets=vehicle.pallets * 4,
        skills=skills_of(vehicle.skills, vehicle.profile),
        pence_per_km=vehicle.cost_per_km_pence,
        pence_per_hour=vehicle.cost_per_hour_pence,
        pence_to_begin=0 if has_begun else vehicle.cost_per_day_pence,
        carries=carries,
        trip=trip,
    )


def instant_of(second: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(second, tz=dt.UTC)


def _second(moment: dt.datetime) -> int:
    return round(moment.timestamp())


def _second_of(day: dt.date, time: dt.time) -> int:
    return _second(dt.datetime.combine(day, time, tzinfo=LONDON))
