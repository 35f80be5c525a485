"""What a planner could do about a mishap: options worked out from the day as it stands, nothing written."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from collection.models import Pickup, PickupState, Round
from collection.queries.live import RoundNow, live_stop, round_now, rounds_on, spare_vehicles
from collection.rules.appointments import LONDON, Slot
from collection.rules.planning.dispatch import (
    LiveRound,
    LiveStop,
    Placement,
    Remedy,
    Roads,
    Unplaced,
    place,
    relieve,
    without_stop,
)
from collection.rules.roles import Viewer
from collection.rules.working_days import working_days_from

DAYS_TRIED = 6


@dataclass(frozen=True, slots=True)
class Situation:
    """The rounds of one day and the vehicles that could help, for one plant's organisation."""

    rounds: tuple[RoundNow, ...]
    spare: tuple[LiveRound, ...]

    @property
    def live(self) -> list[LiveRound]:
        return [each.live for each in self.rounds]


def situation(viewer: Viewer, chosen: Round, day: dt.date, now: dt.datetime) -> Situation:
    """Rounds of the plant of `chosen` on a day; broken-down ones take nothing more. Six queries."""
    rounds = [
        each
        for each in rounds_on(viewer, day)
        if each.facility_id == chosen.facility_id and (each.broken_down_at is None or each.pk == chosen.pk)
    ]
    spare = spare_vehicles(viewer, chosen.facility, day, now)
    return Situation(tuple(round_now(each, now) for each in rounds), tuple(spare))


def breakdown_remedy(viewer: Viewer, chosen: Round, now: dt.datetime) -> Remedy:
    """Where the rest of a round goes when its vehicle drives no further."""
    day = situation(viewer, chosen, chosen.on, now)
    return relieve(day.live, chosen.reference, day.spare)


def other_vehicle(viewer: Viewer, pickup: Pickup, now: dt.datetime) -> Placement | Unplaced:
    """The other vehicle that could make this stop the same day, within its slot."""
    chosen = pickup.round
    day = situation(viewer, chosen, chosen.on, now)
    rest = [live for live in day.live if live.vehicle.key != chosen.reference]
    return _placed([*rest, *day.spare], replace(live_stop(pickup), arrived=None))


def asked_time(viewer: Viewer, pickup: Pickup, now: dt.datetime) -> Placement | Unplaced:
    """The vehicle that could come when the holder asks for."""
    if pickup.asked_starts_at is None or pickup.asked_ends_at is None:
        return Unplaced(live_stop(pickup), "No other time is asked for.")
    slot = Slot(pickup.asked_starts_at, pickup.asked_ends_at)
    return at_slot(viewer, pickup, slot, now)


def at_slot(viewer: Viewer, pickup: Pickup, slot: Slot, now: dt.datetime) -> Placement | Unplaced:
    """The vehicle that could come within this slot, whichever day it is."""
    day = situation(viewer, pickup.round, slot.starts_at.astimezone(LONDON).date(), now)
    rounds = [*without_stop(day.live, pickup.reference), *day.spare]
    return _placed(rounds, stop_in_slot(pickup, slot))


def stop_in_slot(pickup: Pickup, slot: Slot) -> LiveStop:
    starts, ends = round(slot.starts_at.timestamp()), round(slot.ends_at.timestamp())
    return replace(
        live_stop(pickup), opens=starts, closes=ends, slot_ends=ends, is_promised=True, arrived=None
    )


def another_day(viewer: Viewer, pickup: Pickup, now: dt.datetime) -> tuple[dt.date, Placement] | None:
    """The next working day on which a vehicle can make this stop, as when its site has closed today."""
    site = pickup.site
    nation = (site.nation if site else "") or pickup.round.facility.nation
    days = working_days_from(pickup.round.on + dt.timedelta(days=1), nation)
    for _, day in zip(range(DAYS_TRIED), days, strict=False):
        there = situation(viewer, pickup.round, day, now)
        found = _placed([*there.live, *there.spare], stop_on(pickup, day))
        if isinstance(found, Placement):
            return day, found
    return None


def stop_on(pickup: Pickup, day: dt.date) -> LiveStop:
    """The stop moved to another day, at any hour its place is open; nothing is promised for that day yet."""
    moved = live_stop(pickup)
    shift = round(
        (
            dt.datetime.combine(day, dt.time(12), tzinfo=LONDON)
            - dt.datetime.combine(
                pickup.planned_arrival_at.astimezone(LONDON).date(), dt.time(12), tzinfo=LONDON
            )
        ).total_seconds()
    )
    opens_at, closes_at = (
        (pickup.site.opens_at, pickup.site.closes_at) if pickup.site else (dt.time(8), dt.time(17))
    )
    opens = round(dt.datetime.combine(day, opens_at, tzinfo=LONDON).timestamp())
    closes = round(dt.datetime.combine(day, closes_at, tzinfo=LONDON).timestamp()) - moved.service_s
    return replace(
        moved,
        opens=opens,
        closes=max(opens, closes),
        slot_ends=max(closes, moved.slot_ends + shift),
        is_promised=False,
        arrived=None,
    )


def _placed(rounds: Sequence[LiveRound], stop: LiveStop) -> Placement | Unplaced:
    return place(rounds, stop, Roads(rounds, [stop]))


def late_stops(viewer: Viewer, chosen: Round) -> list[Pickup]:
    """Stops of a round that are expected after their slot."""
    stops = Pickup.objects.visible_to(viewer).filter(round=chosen, state=PickupState.SCHEDULED)
    return [
        stop
        for stop in stops.select_related("round__facility", "site")
        if stop.slot_ends_at and stop.expected_arrival_at and stop.expected_arrival_at > stop.slot_ends_at
    ]
