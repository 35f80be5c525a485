"""Calling off what was booked: a whole round or one stop. Its lots are free again and their holders are told."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from collection.actions.custody import LONDON
from collection.actions.dispatch import ASSESS_DUE, nudge
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import move, record_events
from collection.actions.notifications import Notice
from collection.actions.rounds import close_unloaded_rounds, tell_holders
from collection.models import Pickup, PickupLot, PickupState, Round, RoundState
from collection.rules.lifecycle import RELEASE, StateConflictError, Verb
from collection.rules.roles import Permission, Viewer, require


def cancel_round(viewer: Viewer, round_id: int, *, why: str, at: dt.datetime) -> Round:
    """Call off what is left of a round: its lots are free again and their holders are told."""
    require(viewer, Permission.CONFIRM_PLAN)
    with transaction.atomic():
        chosen: Round = Round.objects.visible_to(viewer).get(pk=round_id)
        pickups = list(chosen.pickups.filter(state=PickupState.SCHEDULED))
        cancelled = Round.unscoped.filter(pk=round_id, state=RoundState.CONFIRMED).update(
            state=RoundState.CANCELLED
        )
        if not cancelled:
            raise StateConflictError(f"{chosen.reference} is under way or over and cannot be called off.")
        call_off(viewer, pickups, why, at)
    chosen.refresh_from_db()
    return chosen


def cancel_pickup(viewer: Viewer, pickup_id: int, *, why: str, at: dt.datetime) -> None:
    """Call off one stop of a round; the rest of the round stands, and without a rest it is off too."""
    require(viewer, Permission.CONFIRM_PLAN)
    with transaction.atomic():
        pickup = Pickup.objects.visible_to(viewer).get(pk=pickup_id)
        call_off(viewer, [pickup], why, at)
        close_empty_round(pickup.round_id)
        close_unloaded_rounds(pickup.lines.values_list("lot_id", flat=True))


def close_empty_round(round_id: int) -> None:
    """A round without a stop is off, unless it has left already."""
    rest = Pickup.unscoped.filter(round_id=round_id).exclude(state=PickupState.CANCELLED)
    if not rest.exists():
        Round.unscoped.filter(pk=round_id, state=RoundState.CONFIRMED).update(state=RoundState.CANCELLED)


def call_off(
    viewer: Viewer, pickups: Sequence[Pickup], why: str, at: dt.datetime, *, tell: bool = True
) -> None:
    """Free these stops' lots, inside the caller's transaction and under the caller's permission.

    The holders are told, unless it is their own doing (`tell` False).
    """
    ids = [pickup.pk for pickup in pickups]
    cancelled = Pickup.unscoped.filter(pk__in=ids, state=PickupState.SCHEDULED).update(
        state=PickupState.CANCELLED, note=why
    )
    if cancelled != len(ids):
        raise StateConflictError("A stop has been recorded meanwhile and cannot be called off.")
    lines = PickupLot.objects.filter(pickup__in=ids, state=PickupLot.State.PLANNED)
    lot_ids = list(lines.values_list("lot_id", flat=True))
    lines.update(state=PickupLot.State.CANCELLED)
    move(lot_ids, RELEASE, at=at, reserved_by=None)
    record_events(lot_ids, Verb.RELEASED, at=at, recorded_at=at, viewer=viewer, words=why)
    mark_due(lot_ids, at=at)
    nudge(ASSESS_DUE)
    if not tell:
        return

    def notice(pickup: Pickup, people: set[int]) -> Notice:
        day = f"{pickup.planned_arrival_at.astimezone(LONDON):%-d %B}"
        return Notice(
            user_ids=people,
            kind="pickup_cancelled",
            title=f"Pickup called off: {pickup.place_name}, {day}",
            body=f"{why} Your lots are free again.",
            url=f"/pickups/{pickup.reference}/",
            dedupe_key=f"cancelled {pickup.reference}",
        )

    tell_holders(pickups, notice, at)
