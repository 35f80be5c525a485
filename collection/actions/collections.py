"""What a driver did at a stop: collected, partly collected, or left with a reason."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from collection.actions.custody import post, read_chains, whole_balance
from collection.actions.dispatch import WATCH_ROUNDS, nudge
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import move, record_events
from collection.actions.lineage import split_off
from collection.actions.rounds import close_unloaded_rounds
from collection.models import FailureReason, Lot, Pickup, PickupLot, PickupState, Round, RoundState, User
from collection.rules.lifecycle import COLLECT, RELEASE, LotState, Place, StateConflictError, Verb
from collection.rules.roles import Permission, Viewer, require
from collection.rules.signature import Strokes


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedLine:
    """One lot at a stop. `quantity` in the lot's own unit; zero with a reason when it stayed behind."""

    lot_id: int
    quantity: Decimal
    gross_grams: int | None = None
    failure_reason: str = ""
    is_label_scanned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signing:
    """What closes a stop besides its lots."""

    signed_by: str
    note: str
    signature: Strokes
    arrived_at: dt.datetime | None


def record_collection(
    viewer: Viewer,
    pickup_id: int,
    lines: Sequence[CollectedLine],
    *,
    submission_id: uuid.UUID,
    at: dt.datetime,
    recorded_at: dt.datetime | None = None,
    signed_by: str = "",
    note: str = "",
    signature: Strokes | None = None,
    arrived_at: dt.datetime | None = None,
) -> Pickup:
    """Record a stop once; the same `submission_id` again answers with what was recorded then.

    A stop recorded without signal happened `at` and reaches the register later, `recorded_at`.
    `signature` is the holder's, as strokes (`rules.signature`); the driver who records it signs as carrier.
    `arrived_at` is when the vehicle came, where nobody said so at the time. Raises StateConflictError when
    the stop is over already or a lot was taken meanwhile.
    """
    require(viewer, Permission.DRIVE_ROUND)
    with transaction.atomic():
        pickup = Pickup.objects.visible_to(viewer).select_related("round").get(pk=pickup_id)
        if pickup.submission_id == submission_id:
            return pickup
        if pickup.state != PickupState.SCHEDULED:
            raise StateConflictError(_is_over(pickup))
        planned = {line.lot_id: line for line in pickup.lines.filter(state=PickupLot.State.PLANNED)}
        _check_lines(planned, lines)
        outcome = _outcome(lines, planned)
        signing = _Signing(signed_by=signed_by, note=note, signature=signature or [], arrived_at=arrived_at)
        _close_pickup(viewer, pickup, outcome, lines, submission_id, at, signing)
        for line in lines:
            _record_line(viewer, pickup, planned[line.lot_id], line, at, recorded_at or at)
        Round.unscoped.filter(pk=pickup.round_id, state=RoundState.CONFIRMED).update(
            state=RoundState.UNDER_WAY
        )
        close_unloaded_rounds([line.lot_id for line in lines])
        nudge(WATCH_ROUNDS)
    pickup.refresh_from_db()
    return pickup


def _is_over(pickup: Pickup) -> str:
    if pickup.state == PickupState.CANCELLED:
        return f"{pickup.reference} was called off."
    return f"{pickup.reference} has been recorded already."


def _check_lines(planned: dict[int, PickupLot], lines: Sequence[CollectedLine]) -> None:
    if {line.lot_id for line in lines} != set(planned):
        raise StateConflictError("This stop has changed since you opened it. Open it again, then record it.")
    for line in lines:
        if line.quantity == 0 and line.failure_reason not in FailureReason.values:
            raise StateConflictError("Say why the lot stayed behind.")


def _outcome(lines: Sequence[CollectedLine], planned: dict[int, PickupLot]) -> PickupState:
    if all(line.quantity == 0 for line in lines):
        return PickupState.FAILED
    lots = Lot.unscoped.in_bulk([line.lot_id for line in lines])
    whole = all(line.quantity >= lots[line.lot_id].quantity for line in lines)
    return PickupState.COLLECTED if whole else PickupState.PARTLY_COLLECTED


def _close_pickup(
    viewer: Viewer,
    pickup: Pickup,
    outcome: PickupState,
    lines: Sequence[CollectedLine],
    submission_id: uuid.UUID,
    at: dt.datetime,
    signing: _Signing,
) -> None:
    arrived_at = pickup.arrived_at or signing.arrived_at or at
    closed = Pickup.unscoped.filter(pk=pickup.pk, state=PickupState.SCHEDULED).update(
        state=outcome,
        failure_reason=lines[0].failure_reason if outcome == PickupState.FAILED else "",
        submission_id=submission_id,
        arrived_at=min(arrived_at, at),
        expected_arrival_at=None,
        finished_at=at,
        signed_by=signing.signed_by,
        signature=signing.signature,
        carrier_signed_by=User.objects.values_list("name", flat=True).get(pk=viewer.user_id),
        note=signing.note,
        recorded_by_id=viewer.user_id,
    )
    if not closed:
        raise StateConflictError(_is_over(pickup))


def _record_line(
    viewer: Viewer,
    pickup: Pickup,
    planned: PickupLot,
    line: CollectedLine,
    at: dt.datetime,
    recorded_at: dt.datetime,
) -> None:
    lot = Lot.unscoped.get(pk=line.lot_id)
    if line.quantity == 0:
        _leave_behind(viewer, planned, line, at, recorded_at)
        return
    if line.quantity < lot.quantity:
        rest = split_off(
            viewer,
            lot,
            lot.quantity - line.quantity,
            place=Place.HELD,
            state=LotState.HELD,
            at=at,
            recorded_at=recorded_at,
            reason=f"Left behind at {pickup.reference}",
        )
        record_events(
            [rest.pk],
            Verb.COLLECTION_FAILED,
            at=at,
            recorded_at=recorded_at,
            viewer=viewer,
            words="Left behind in part",
        )
    _take(viewer, pickup, lot, at, recorded_at)
    PickupLot.objects.filter(pk=planned.pk).update(
        state=PickupLot.State.COLLECTED,
        collected_gross_grams=line.gross_grams,
        is_label_scanned=line.is_label_scanned,
    )


def _take(viewer: Viewer, pickup: Pickup, lot: Lot, at: dt.datetime, recorded_at: dt.datetime) -> None:
    move([lot.pk], COLLECT, at=at, reserved_by=lot.reserved_by_id)
    if lot.magnet_grams:
        chain = read_chains([lot.pk])[lot.pk]
        movement = whole_balance(chain, from_place=Place.HELD, to_place=Place.IN_TRANSIT)
        post(
            {lot.pk: [movement]},
            at=at,
            recorded_at=recorded_at,
            actor_id=viewer.user_id,
            reason=f"Collected, {pickup.reference}",
        )
    record_events(
        [lot.pk], Verb.COLLECTED, at=at, recorded_at=recorded_at, viewer=viewer, words=pickup.reference
    )
    mark_due([lot.pk], at=recorded_at)


def _leave_behind(
    viewer: Viewer, planned: PickupLot, line: CollectedLine, at: dt.datetime, recorded_at: dt.datetime
) -> None:
    move([line.lot_id], RELEASE, at=at, reserved_by=None)
    PickupLot.objects.filter(pk=planned.pk).update(
        state=PickupLot.State.LEFT,
        failure_reason=line.failure_reason,
        is_label_scanned=line.is_label_scanned,
    )
    words = FailureReason(line.failure_reason).label
    record_events(
        [line.lot_id],
        Verb.COLLECTION_FAILED,
        at=at,
        recorded_at=recorded_at,
        viewer=viewer,
        words=words,
    )
    mark_due([line.lot_id], at=recorded_at)
