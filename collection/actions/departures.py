"""How a held lot leaves without being retained: exported, lost, or withdrawn as logged in error."""

import datetime as dt

from django.db import transaction

from collection.actions.custody import LONDON, post, read_chains, whole_balance
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import move, record_events
from collection.models import Departure, Lot
from collection.rules.lifecycle import EXPORT, LOSE, WITHDRAW, StateConflictError, Transition, Verb
from collection.rules.roles import Permission, Viewer, require


def record_export(
    viewer: Viewer,
    lot_id: int,
    *,
    happened_on: dt.date,
    at: dt.datetime,
    destination_class: str = "unknown",
    country: str = "",
    port: str = "",
    explanation: str = "",
) -> Departure:
    """A held lot left the country on `happened_on`. Lawful or not is not for this record to say."""
    _require_outcome(viewer)
    where = country or "an unknown destination"
    return _leave(
        viewer,
        lot_id,
        EXPORT,
        Verb.EXPORTED,
        at=at,
        reason=f"Exported to {where}"[:200],
        departure=Departure(
            kind="exported",
            happened_on=happened_on,
            destination_class=destination_class,
            country=country,
            port=port,
            explanation=explanation,
        ),
    )


def record_loss(
    viewer: Viewer, lot_id: int, *, happened_on: dt.date, at: dt.datetime, explanation: str
) -> Departure:
    """A held lot is gone: shredded, stolen, binned, or nobody knows."""
    _require_outcome(viewer)
    return _leave(
        viewer,
        lot_id,
        LOSE,
        Verb.LOST,
        at=at,
        reason=f"Lost: {explanation}"[:200],
        departure=Departure(kind="lost", happened_on=happened_on, explanation=explanation),
    )


def withdraw(viewer: Viewer, lot_id: int, *, at: dt.datetime, why: str) -> None:
    """A lot that was logged in error leaves the register's figures through REVISION; nothing is deleted."""
    require(viewer, Permission.CHANGE_OWN_LOT)
    with transaction.atomic():
        lot = Lot.objects.visible_to(viewer).get(pk=lot_id)
        _check_own(viewer, lot)
        _move_everything(viewer, lot, WITHDRAW, Verb.WITHDRAWN, at, at, f"Withdrawn: {why}"[:200])


def _require_outcome(viewer: Viewer) -> None:
    if not viewer.may(Permission.RECORD_OUTCOME):
        require(viewer, Permission.RECORD_EXPORT)


def _check_own(viewer: Viewer, lot: Lot) -> None:
    if lot.holder_id != viewer.organisation_id and not viewer.may(Permission.RECORD_OUTCOME):
        raise Lot.DoesNotExist


def _leave(
    viewer: Viewer,
    lot_id: int,
    transition: Transition,
    verb: Verb,
    *,
    at: dt.datetime,
    reason: str,
    departure: Departure,
) -> Departure:
    with transaction.atomic():
        lot = Lot.objects.visible_to(viewer).get(pk=lot_id)
        _check_own(viewer, lot)
        logged_on = lot.logged_at.astimezone(LONDON).date()
        if departure.happened_on < logged_on:
            raise StateConflictError(
                f"{lot.reference} was logged on {logged_on:%-d %B %Y}; it cannot have left before."
            )
        happened_at = max(instant_of(departure.happened_on, at), lot.logged_at)
        _move_everything(viewer, lot, transition, verb, happened_at, at, reason)
        departure.lot = lot
        departure.recorded_at = at
        departure.recorded_by_id = viewer.user_id
        departure.save(force_insert=True)
    return departure


def instant_of(day: dt.date, at: dt.datetime) -> dt.datetime:
    """Noon UTC of a day, or `at` itself when the day is today: what happened is never in the future."""
    return min(dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC), at)


def _move_everything(
    viewer: Viewer,
    lot: Lot,
    transition: Transition,
    verb: Verb,
    happened_at: dt.datetime,
    recorded_at: dt.datetime,
    reason: str,
) -> None:
    move([lot.pk], transition, at=happened_at, reserved_by=None)
    chain = read_chains([lot.pk])[lot.pk]
    if transition.movement and lot.magnet_grams:
        from_place, to_place = transition.movement
        movement = whole_balance(chain, from_place=from_place, to_place=to_place)
        post(
            {lot.pk: [movement]},
            at=happened_at,
            recorded_at=recorded_at,
            actor_id=viewer.user_id,
            reason=reason,
        )
    record_events([lot.pk], verb, at=happened_at, recorded_at=recorded_at, viewer=viewer, words=reason)
    mark_due([lot.pk], at=recorded_at)
