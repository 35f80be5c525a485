"""Reminding holders and drivers of tomorrow's pickups. The row says who was reminded; twice is once."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from collection.actions.notifications import Notice, members_with, notify_all
from collection.actions.rounds import HOLDERS_PEOPLE
from collection.models import HolderAnswer, Pickup, PickupState, RoundState
from collection.rules.appointments import LONDON, Slot
from collection.rules.reminders import LONGEST_AHEAD, is_reminder_due

AT_ONCE = 200


def send_reminders(*, now: dt.datetime) -> int:
    """Write the reminders that are due; how many pickups were reminded of."""
    due = [
        pickup for pickup in _waiting(now) if is_reminder_due(pickup.planned_arrival_at, _nation(pickup), now)
    ]
    done = 0
    for start in range(0, len(due), AT_ONCE):
        done += _remind(due[start : start + AT_ONCE], now)
    return done


def _waiting(now: dt.datetime) -> "QuerySet[Pickup, Pickup]":
    return (
        Pickup.unscoped.filter(
            state=PickupState.SCHEDULED,
            reminded_at__isnull=True,
            planned_arrival_at__range=(now, now + LONGEST_AHEAD),
            round__state__in=[RoundState.CONFIRMED, RoundState.UNDER_WAY],
        )
        .select_related("site", "round__facility", "round__vehicle")
        .order_by("planned_arrival_at", "pk")
    )


def _nation(pickup: Pickup) -> str:
    return (pickup.site.nation if pickup.site else "") or pickup.round.facility.nation


def _remind(pickups: list[Pickup], now: dt.datetime) -> int:
    """The notices and the note that they were written, in one transaction: a killed worker leaves neither."""
    with transaction.atomic():
        mine = [
            pickup
            for pickup in pickups
            if Pickup.unscoped.filter(pk=pickup.pk, reminded_at__isnull=True).update(reminded_at=now)
        ]
        people = members_with({pickup.holder_id for pickup in mine}, HOLDERS_PEOPLE)
        notices = [_for_holder(pickup, people[pickup.holder_id], now) for pickup in mine]
        notices += [_for_driver(pickup) for pickup in mine if pickup.round.driver_id]
        notify_all(notices, now)
    return len(mine)


def _for_holder(pickup: Pickup, people: set[int], now: dt.datetime) -> Notice:
    slot = Slot(pickup.slot_starts_at or pickup.planned_arrival_at, pickup.slot_ends_at or now).words
    is_today = pickup.planned_arrival_at.astimezone(LONDON).date() == now.astimezone(LONDON).date()
    when = "today" if is_today else f"on {pickup.planned_arrival_at.astimezone(LONDON):%A %-d %B}"
    wanted = (
        "You have not answered yet: please accept the time, ask for another or refuse."
        if pickup.answer == HolderAnswer.WAITING
        else "Please have the lots ready to load and somebody there to sign."
    )
    return Notice(
        user_ids=people,
        kind="pickup_reminder",
        title=f"Pickup {when} at {pickup.place_name}",
        body=f"{pickup.round.facility.name} comes to {pickup.place_name}: {slot}, with "
        f"{pickup.round.vehicle.name} {pickup.round.vehicle.registration}. {wanted}",
        url=f"/pickups/{pickup.reference}/",
        dedupe_key=f"reminder {pickup.reference} {pickup.planned_arrival_at:%Y-%m-%d}",
    )


def _for_driver(pickup: Pickup) -> Notice:
    chosen = pickup.round
    starts = chosen.starts_at.astimezone(LONDON)
    return Notice(
        user_ids=[chosen.driver_id] if chosen.driver_id else [],
        kind="round_reminder",
        title=f"You drive {chosen.reference} on {chosen.on:%A %-d %B}",
        body=f"{chosen.vehicle.name} {chosen.vehicle.registration} leaves {chosen.facility.name} at {starts:%H:%M}.",
        url=f"/driving/{chosen.reference}/",
        dedupe_key=f"reminder {chosen.reference} {chosen.on.isoformat()}",
    )
