"""The holder's answer to a proposed pickup: accept, ask for another time, refuse; and the planner's to that."""

import datetime as dt

from django.db import transaction

from collection.actions.calling_off import call_off, close_empty_round
from collection.actions.notifications import Notice, members_with, notify_all
from collection.actions.rounds import HOLDERS_PEOPLE
from collection.models import HolderAnswer, Pickup, PickupState
from collection.rules.appointments import DAYS_OFFERED, LONDON, USUALLY_CLOSES, USUALLY_OPENS, Slot, slots_on
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission, Role, Viewer, require
from collection.rules.working_days import working_days_from


def accept_pickup(viewer: Viewer, pickup_id: int, *, at: dt.datetime) -> None:
    """The holder agrees to the slot. Agreeing again changes nothing."""
    require(viewer, Permission.ANSWER_PICKUP)
    with transaction.atomic():
        pickup = _own(viewer, pickup_id)
        if pickup.answer == HolderAnswer.ACCEPTED:
            return
        _answer(viewer, pickup, HolderAnswer.ACCEPTED, "", at)
        _tell_planners(pickup, "accepted", "The time is accepted.", at)


def ask_for_other_time(viewer: Viewer, pickup_id: int, slot: Slot, *, words: str, at: dt.datetime) -> None:
    """The holder would rather have another slot, one of those offered. Raises StateConflictError."""
    require(viewer, Permission.ANSWER_PICKUP)
    with transaction.atomic():
        pickup = _own(viewer, pickup_id)
        if slot not in offered_slots(pickup, at):
            raise StateConflictError("Choose one of the times offered.")
        _answer(viewer, pickup, HolderAnswer.OTHER_TIME, words, at, slot)
        said = f" “{words}”" if words else ""
        _tell_planners(pickup, f"other {slot.starts_at:%Y%m%d%H%M}", f"Asked for {slot.words}.{said}", at)


def refuse_pickup(viewer: Viewer, pickup_id: int, *, why: str, at: dt.datetime) -> None:
    """The holder does not want the pickup: the stop is off, its lots are free, the planners read why."""
    require(viewer, Permission.ANSWER_PICKUP)
    with transaction.atomic():
        pickup = _own(viewer, pickup_id)
        _answer(viewer, pickup, HolderAnswer.REFUSED, why, at)
        call_off(viewer, [pickup], f"Refused by the holder: {why}", at, tell=False)
        close_empty_round(pickup.round_id)
        _tell_planners(pickup, "refused", f"Refused: {why}", at)


def keep_time(viewer: Viewer, pickup_id: int, *, why: str, at: dt.datetime) -> None:
    """The planner cannot meet the wish: the first slot stands and the holder is asked again."""
    require(viewer, Permission.CONFIRM_PLAN)
    with transaction.atomic():
        pickup = Pickup.objects.visible_to(viewer).select_related("round__facility").get(pk=pickup_id)
        kept = Pickup.unscoped.filter(
            pk=pickup_id, state=PickupState.SCHEDULED, answer=HolderAnswer.OTHER_TIME
        ).update(answer=HolderAnswer.WAITING, asked_starts_at=None, asked_ends_at=None)
        if not kept:
            raise StateConflictError("The holder does not ask for another time any more.")
        people = members_with([pickup.holder_id], HOLDERS_PEOPLE)[pickup.holder_id]
        notice = Notice(
            user_ids=people,
            kind="pickup_booked",
            title=f"Another time is not possible at {pickup.place_name}",
            body=f"{pickup.round.facility.name} writes: {why} The proposal stands: {slot_of(pickup).words}. "
            "Please accept or refuse it.",
            url=f"/pickups/{pickup.reference}/",
            dedupe_key=f"kept {pickup.reference} {at.isoformat()}",
        )
        notify_all([notice], at)


def slot_of(pickup: Pickup) -> Slot:
    """What was promised; an hour from the planned arrival where a pickup is older than promises."""
    starts = pickup.slot_starts_at or pickup.planned_arrival_at
    return Slot(starts, pickup.slot_ends_at or starts + dt.timedelta(hours=1))


def offered_slots(pickup: Pickup, now: dt.datetime) -> list[Slot]:
    """The slots a holder may ask for: the next working days of the place, within its opening hours."""
    site = pickup.site
    opens, closes = (site.opens_at, site.closes_at) if site else (USUALLY_OPENS, USUALLY_CLOSES)
    nation = (site.nation if site else "") or pickup.round.facility.nation
    days = working_days_from(now.astimezone(LONDON).date(), nation)
    promised = slot_of(pickup)
    slots = [
        slot
        for _, day in zip(range(DAYS_OFFERED), days, strict=False)
        for slot in slots_on(day, opens, closes, needs_appointment=bool(site and site.needs_appointment))
    ]
    return [slot for slot in slots if slot.starts_at > now and slot != promised]


def _own(viewer: Viewer, pickup_id: int) -> Pickup:
    pickup: Pickup = (
        Pickup.objects.visible_to(viewer)
        .filter(holder_id=viewer.organisation_id)
        .select_related("round__facility", "site", "holder")
        .get(pk=pickup_id)
    )
    return pickup


def _answer(
    viewer: Viewer,
    pickup: Pickup,
    answer: HolderAnswer,
    words: str,
    at: dt.datetime,
    slot: Slot | None = None,
) -> None:
    if pickup.arrived_at is not None:
        raise StateConflictError("The vehicle is at the gate already. Speak to the driver.")
    changed = Pickup.unscoped.filter(
        pk=pickup.pk, state=PickupState.SCHEDULED, arrived_at__isnull=True
    ).update(
        answer=answer,
        answered_at=at,
        answered_by_id=viewer.user_id,
        answer_words=words[:300],
        asked_starts_at=slot.starts_at if slot else None,
        asked_ends_at=slot.ends_at if slot else None,
    )
    if not changed:
        raise StateConflictError(f"{pickup.reference} is over or called off and cannot be answered any more.")


def _tell_planners(pickup: Pickup, what: str, words: str, at: dt.datetime) -> None:
    organisation_id = pickup.round.organisation_id
    notice = Notice(
        user_ids=members_with([organisation_id], [Role.PLANNER])[organisation_id],
        kind="pickup_answered",
        title=f"{pickup.holder.name}: {pickup.place_name}, {pickup.round.on:%-d %B}",
        body=words,
        url=f"/rounds/{pickup.round.reference}/",
        dedupe_key=f"{what} {pickup.reference} {at.isoformat()}",
    )
    notify_all([notice], at)
