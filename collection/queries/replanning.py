"""What a planner could do about a mishap: options worked out from the day as it stands, nothing written."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from collection.models import Pickup, Round
from collection.queries.live import live_stop, open_stops, plant_on, round_now, rounds_on, spare_vehicles
from collection.rules.appointments import LONDON, USUALLY_CLOSES, USUALLY_OPENS, Slot
from collection.rules.planning.candidates import Plant
from collection.rules.planning.expected import LiveRound, LiveStop
from collection.rules.planning.today import (
    Placement,
    Remedy,
    Unplaced,
    after_breakdown,
    by_another_vehicle,
    fitted_in,
)
from collection.rules.roles import Viewer
from collection.rules.working_days import working_days_from

DAYS_TRIED = 6


@dataclass(frozen=True, slots=True)
class Situation:
    """The rounds of one plant on one day, with the vehicles that stand idle; instants in seconds."""

    rounds: tuple[LiveRound, ...]
    plant: Plant
    midnight: int
    now: int

    def without(self, key: str) -> "tuple[LiveRound, ...]":
        """The rounds when one stop falls away."""
        return tuple(
            LiveRound(live.vehicle, tuple(stop for stop in live.stops if stop.key != key))
            for live in self.rounds
        )


def situation(
    viewer: Viewer, chosen: Round, day: dt.date, now: dt.datetime, moved: Pickup | None = None
) -> Situation:
    """Rounds of the plant of `chosen` on a day; those that broke down before take nothing more. A stop `moved`
    within the year needs no more room at the plant. Seven queries, nine where the permit sets a limit."""
    there = [
        each
        for each in rounds_on(viewer, day)
        if each.facility_id == chosen.facility_id and (each.broken_down_at is None or each.pk == chosen.pk)
    ]
    booked = {stop.pk: stop for each in there for stop in open_stops(each)}
    if moved is not None and chosen.on.year == day.year:
        booked.setdefault(moved.pk, moved)
    rounds = [round_now(each, now).live for each in there]
    rounds += spare_vehicles(viewer, chosen.facility, day, now)
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=LONDON)
    return Situation(
        tuple(rounds),
        plant_on(chosen.facility, day, list(booked.values())),
        round(midnight.timestamp()),
        round(max(now, midnight).timestamp()),
    )


def breakdown_remedy(viewer: Viewer, chosen: Round, now: dt.datetime) -> Remedy:
    """Where the rest of a round goes when its vehicle drives no further."""
    day = situation(viewer, chosen, chosen.on, now)
    return after_breakdown(day.rounds, day.plant, chosen.reference, midnight=day.midnight, now=day.now)


def other_vehicle(viewer: Viewer, pickup: Pickup, now: dt.datetime) -> Placement | Unplaced:
    """The other vehicle that could make this stop the same day."""
    day = situation(viewer, pickup.round, pickup.round.on, now)
    return by_another_vehicle(day.rounds, day.plant, pickup.reference, midnight=day.midnight, now=day.now)


def asked_time(viewer: Viewer, pickup: Pickup, now: dt.datetime) -> Placement | Unplaced:
    """The vehicle that could come when the holder asks for."""
    if pickup.asked_starts_at is None or pickup.asked_ends_at is None:
        return Unplaced(live_stop(pickup), "No other time is asked for.")
    slot = Slot(pickup.asked_starts_at, pickup.asked_ends_at)
    day = situation(viewer, pickup.round, slot.starts_at.astimezone(LONDON).date(), now, pickup)
    return _fitted(day, day.without(pickup.reference), stop_in_slot(pickup, slot))


def stop_in_slot(pickup: Pickup, slot: Slot) -> LiveStop:
    """The stop as it would be if the vehicle came within this slot."""
    starts, ends = round(slot.starts_at.timestamp()), round(slot.ends_at.timestamp())
    return replace(
        live_stop(pickup), opens=starts, closes=ends, slot_starts=starts, slot_ends=ends, arrived=None
    )


def another_day(viewer: Viewer, pickup: Pickup, now: dt.datetime) -> tuple[dt.date, Placement] | None:
    """The next working day on which a vehicle can make this stop, as when its site has closed today."""
    nation = (pickup.site.nation if pickup.site else "") or pickup.round.facility.nation
    days = working_days_from(pickup.round.on + dt.timedelta(days=1), nation)
    for _, day in zip(range(DAYS_TRIED), days, strict=False):
        there = situation(viewer, pickup.round, day, now, pickup)
        found = _fitted(there, there.rounds, stop_on(pickup, day))
        if isinstance(found, Placement):
            return day, found
    return None


def stop_on(pickup: Pickup, day: dt.date) -> LiveStop:
    """The stop on another day, at any hour its place is open; nothing is promised for that day yet."""
    site = pickup.site
    opens_at, closes_at = (site.opens_at, site.closes_at) if site else (USUALLY_OPENS, USUALLY_CLOSES)
    moved = live_stop(pickup)
    opens = round(dt.datetime.combine(day, opens_at, tzinfo=LONDON).timestamp())
    closes = round(dt.datetime.combine(day, closes_at, tzinfo=LONDON).timestamp()) - moved.service_s
    closes = max(opens, closes)
    return replace(
        moved,
        opens=opens,
        closes=closes,
        slot_starts=opens,
        slot_ends=closes,
        is_agreed=False,
        arrived=None,
    )


def _fitted(day: Situation, rounds: Sequence[LiveRound], stop: LiveStop) -> Placement | Unplaced:
    if not rounds:
        return Unplaced(stop, "No vehicle is on the road or free on that day.")
    return fitted_in(rounds, day.plant, stop, midnight=day.midnight, now=day.now)
