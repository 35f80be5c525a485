"""Changing booked rounds with the least harm: a stop to another vehicle or day, a vehicle that broke down.

What is to happen is worked out again under the lock, so that two planners, or a planner and a driver, cannot
undo each other: where the day has moved on, nothing is written and the words say what changed.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from collection.actions.booking import promised_slot
from collection.actions.calling_off import close_empty_round
from collection.actions.lifecycle import record_events
from collection.actions.notifications import Notice, members_with, notify_all
from collection.actions.references import next_reference
from collection.actions.rounds import HOLDERS_PEOPLE
from collection.models import HolderAnswer, Pickup, PickupState, Round, RoundState, Unloading
from collection.queries.live import instant_of, open_stops, round_now, with_stops
from collection.queries.replanning import (
    another_day,
    asked_time,
    breakdown_remedy,
    other_vehicle,
)
from collection.rules.appointments import LONDON, Slot
from collection.rules.lifecycle import StateConflictError, Verb
from collection.rules.planning.today import Placement, Unplaced
from collection.rules.roles import Permission, Viewer, require

SPARE = "vehicle-"
# Room to renumber in: no round has so many stops.
FAR = 1000


@dataclass(frozen=True, slots=True)
class Moved:
    """What was done: stops that have another vehicle, and those that still need the planner."""

    moved: tuple[str, ...]
    left: tuple[Unplaced, ...]


def agree_to_asked_time(viewer: Viewer, pickup_id: int, *, at: dt.datetime) -> Round:
    """Come when the holder asked for; the time counts as accepted. Raises StateConflictError."""
    require(viewer, Permission.CONFIRM_PLAN)
    with transaction.atomic():
        pickup = _locked(viewer, pickup_id)
        if (
            pickup.answer != HolderAnswer.OTHER_TIME
            or pickup.asked_starts_at is None
            or pickup.asked_ends_at is None
        ):
            raise StateConflictError("The holder does not ask for another time any more.")
        slot = Slot(pickup.asked_starts_at, pickup.asked_ends_at)
        found = _must_place(asked_time(viewer, pickup, at))
        day = slot.starts_at.astimezone(LONDON).date()
        target = _move(viewer, pickup, found, day, at, slot=slot, answer=HolderAnswer.ACCEPTED)
        _tell(pickup, f"Your time is agreed: {slot.words}", "The vehicle comes when you asked for.", at)
    return target


def give_to_other_vehicle(viewer: Viewer, pickup_id: int, *, at: dt.datetime) -> Round:
    """Have another vehicle make this stop today, within its slot. Raises StateConflictError."""
    require(viewer, Permission.CONFIRM_PLAN)
    with transaction.atomic():
        pickup = _locked(viewer, pickup_id)
        found = _must_place(other_vehicle(viewer, pickup, at))
        target = _move(viewer, pickup, found, pickup.round.on, at)
        arrives = instant_of(found.arrives).astimezone(LONDON)
        _tell(
            pickup, f"Another vehicle comes, about {arrives:%H:%M}", f"{found.vehicle.name} takes over.", at
        )
    return target


def move_to_another_day(viewer: Viewer, pickup_id: int, *, why: str, at: dt.datetime) -> Round:
    """Come on the next working day that has room; the holder is asked anew. Raises StateConflictError."""
    require(viewer, Permission.CONFIRM_PLAN)
    with transaction.atomic():
        pickup = _locked(viewer, pickup_id)
        found = another_day(viewer, pickup, at)
        if found is None:
            raise StateConflictError(
                f"No vehicle has room for {pickup.place_name} on the next working days. Call the stop off "
                "and plan again."
            )
        day, placement = found
        slot = promised_slot(instant_of(placement.arrives), pickup.site)
        target = _move(viewer, pickup, placement, day, at, slot=slot, answer=HolderAnswer.WAITING)
        _tell(
            pickup,
            f"New time proposed: {slot.words}",
            f"{why} Please accept, ask for another time or refuse.",
            at,
        )
    return target


def break_down(viewer: Viewer, round_id: int, expected: Sequence[str], *, at: dt.datetime) -> Moved:
    """The vehicle drives no further: its stops go to the vehicles that were shown (`expected`).

    `expected` lists "pickup>round or vehicle" as the page proposed it; StateConflictError when the day has
    moved on so that it would be different now. Stops without a vehicle stay until the planner decides.
    """
    require(viewer, Permission.CONFIRM_PLAN)
    with transaction.atomic():
        chosen: Round = (
            Round.objects.visible_to(viewer)
            .select_for_update(of=("self",))
            .select_related("facility")
            .get(pk=round_id)
        )
        if chosen.state not in (RoundState.CONFIRMED, RoundState.UNDER_WAY):
            raise StateConflictError(f"{chosen.reference} is over.")
        remedy = breakdown_remedy(viewer, chosen, at)
        proposed = [proposal_key(placement) for placement in remedy.placements]
        if sorted(proposed) != sorted(expected):
            raise StateConflictError(
                "The day has moved on since this was worked out. Look again, then confirm."
            )
        Round.unscoped.filter(pk=round_id, broken_down_at__isnull=True).update(broken_down_at=at)
        for placement in remedy.placements:
            pickup = _locked(viewer, Pickup.unscoped.get(reference=placement.stop.key).pk)
            _move(viewer, pickup, placement, chosen.on, at)
            arrives = instant_of(placement.arrives).astimezone(LONDON)
            _tell(
                pickup,
                f"Another vehicle comes, about {arrives:%H:%M}",
                f"The vehicle that was booked has broken down; {placement.vehicle.name} takes over.",
                at,
            )
    return Moved(tuple(placement.stop.key for placement in remedy.placements), remedy.unplaced)


def proposal_key(placement: Placement) -> str:
    return f"{placement.stop.key}>{placement.vehicle.key}"


def _must_place(found: Placement | Unplaced) -> Placement:
    if isinstance(found, Unplaced):
        raise StateConflictError(found.sentence)
    return found


def _locked(viewer: Viewer, pickup_id: int) -> Pickup:
    """The stop, with the rounds of its day held in one order against anybody else who moves stops."""
    pickup: Pickup = Pickup.objects.visible_to(viewer).select_related("round").get(pk=pickup_id)
    days = [pickup.round.on]
    if pickup.asked_starts_at is not None:
        days.append(pickup.asked_starts_at.astimezone(LONDON).date())
    rounds = Round.unscoped.filter(organisation_id=pickup.round.organisation_id, on__in=days)
    list(rounds.order_by("pk").select_for_update().values_list("pk", flat=True))
    found: Pickup = (
        Pickup.objects.visible_to(viewer)
        .select_related("round__facility", "round__vehicle", "site", "holder")
        .prefetch_related("lines__lot")
        .get(pk=pickup_id)
    )
    if found.state != PickupState.SCHEDULED:
        raise StateConflictError(f"{found.reference} has been recorded or called off meanwhile.")
    return found


def _move(
    viewer: Viewer,
    pickup: Pickup,
    placement: Placement,
    day: dt.date,
    at: dt.datetime,
    *,
    slot: Slot | None = None,
    answer: HolderAnswer | None = None,
) -> Round:
    """Put the stop into its new round. The caller holds the rounds and has worked the placement out."""
    before = pickup.round
    target = _round_for(placement, before, day, at)
    last = (
        Pickup.unscoped.filter(round=target).order_by("-sequence").values_list("sequence", flat=True).first()
    )
    changes: dict[str, object] = {
        "round": target,
        "sequence": max(last or 0, FAR) + 1,
        "trip": placement.stop.trip,
        "arrived_at": None,
        "planned_arrival_at": instant_of(placement.arrives),
        "expected_arrival_at": None,
        "warned_late_at": None,
    }
    if slot is not None:
        changes |= {"slot_starts_at": slot.starts_at, "slot_ends_at": slot.ends_at, "reminded_at": None}
        changes |= {"asked_starts_at": None, "asked_ends_at": None}
    if answer is not None:
        changes["answer"] = answer
    moved = Pickup.unscoped.filter(pk=pickup.pk, state=PickupState.SCHEDULED, round=before).update(**changes)
    if not moved:
        raise StateConflictError(f"{pickup.reference} has been recorded or moved meanwhile. Look again.")
    settle_round(target, pickup.pk, placement.position, at)
    if before.pk != target.pk:
        settle_round(before, None, 0, at)
        close_empty_round(before.pk)
        lots = [line.lot_id for line in pickup.lines.all() if line.state == "planned"]
        words = f"Pickup moved from {before.reference} to {target.reference}"
        record_events(lots, Verb.CHANGED, at=at, recorded_at=at, viewer=viewer, words=words)
    return target


def _round_for(placement: Placement, before: Round, day: dt.date, at: dt.datetime) -> Round:
    """The round the placement names, or a new one for a vehicle that had none."""
    key = placement.vehicle.key
    if not key.startswith(SPARE):
        return Round.unscoped.select_related("facility").get(reference=key)
    vehicle_id = int(key.removeprefix(SPARE))
    # A stop moved a moment ago may have given the vehicle its round.
    begun = Round.unscoped.filter(vehicle_id=vehicle_id, on=day).exclude(state=RoundState.CANCELLED)
    if found := begun.select_related("facility").first():
        return found
    return Round.unscoped.create(
        reference=next_reference("RND", at),
        plan_id=before.plan_id,
        organisation_id=before.organisation_id,
        facility_id=before.facility_id,
        vehicle_id=vehicle_id,
        on=day,
        starts_at=instant_of(placement.vehicle.free),
        ends_at=instant_of(placement.vehicle.back_by),
        distance_metres=0,
        driving_minutes=0,
        cost_pence=0,
    )


def settle_round(chosen: Round, new_pk: int | None, position: int, at: dt.datetime) -> None:
    """Number the stops of a round in driving order again and write what the round now takes.

    The stop `new_pk` becomes the `position`-th of those still to be made. The caller holds the round.
    """
    found = with_stops(Round.unscoped.filter(pk=chosen.pk))[0]
    stops = list(found.pickups.all())
    still_open = open_stops(found)
    if new_pk is not None:
        new = next(stop for stop in still_open if stop.pk == new_pk)
        rest = [stop for stop in still_open if stop.pk != new_pk]
        still_open = [*rest[:position], new, *rest[position:]]
    closed = [stop for stop in stops if stop not in still_open]
    order = [*sorted(closed, key=lambda stop: stop.sequence), *still_open]
    # Out of the way first: no two stops of a round may have one number, not for a moment.
    Pickup.unscoped.filter(round=chosen).update(sequence=F("sequence") + 2 * FAR)
    for number, stop in enumerate(order, start=1):
        Pickup.unscoped.filter(pk=stop.pk).update(sequence=number)
    _retime(chosen, at)


def _retime(chosen: Round, at: dt.datetime) -> None:
    now = round_now(with_stops(Round.unscoped.filter(pk=chosen.pk))[0], at)
    # On the road the plan stays what it was, to be compared; before that it is only a plan.
    field = "expected_arrival_at" if now.round.left_at else "planned_arrival_at"
    for call in now.table.calls:
        stops = Pickup.unscoped.filter(reference=call.stop.key, arrived_at__isnull=True)
        stops.update(**{field: instant_of(call.arrives)})
    for at_plant in now.table.unloadings:
        calls = Unloading.objects.filter(round=chosen, after_trip=at_plant.after_trip)
        calls.update(**{field: instant_of(at_plant.arrives)})
    if now.table.calls and now.round.left_at is None:
        Round.unscoped.filter(pk=chosen.pk).update(
            starts_at=instant_of(now.table.departs),
            ends_at=instant_of(now.table.returns),
            distance_metres=now.table.metres,
            driving_minutes=round(now.table.driving_s / 60),
            cost_pence=now.table.pence + now.round.vehicle.cost_per_day_pence,
        )


def _tell(pickup: Pickup, title: str, body: str, at: dt.datetime) -> None:
    notice = Notice(
        user_ids=members_with([pickup.holder_id], HOLDERS_PEOPLE)[pickup.holder_id],
        kind="pickup_moved",
        title=f"{pickup.place_name}: {title}",
        body=body,
        url=f"/pickups/{pickup.reference}/",
        dedupe_key=f"moved {pickup.reference} {at.isoformat()}",
    )
    notify_all([notice], at)
