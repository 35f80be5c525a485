"""Moving lots from one state to the next: compare-and-set, so that one row or somebody was first."""

import datetime as dt
from collections.abc import Sequence

from collection.models import Event, Lot
from collection.models.lots import HOLDS_ALLOW_PICKUP
from collection.rules.lifecycle import (
    RESERVE,
    STATE_LABELS,
    LotState,
    StateConflictError,
    Transition,
    Verb,
)
from collection.rules.roles import Viewer


def move(lot_ids: Sequence[int], transition: Transition, *, at: dt.datetime, reserved_by: int | None) -> None:
    """Move all these lots or none, inside the caller's transaction.

    `reserved_by` is the organisation that has the lots after the move. Raises StateConflictError naming
    every lot that was not in a state it may start from, or that hold points keep from being reserved.
    """
    movable = Lot.unscoped.filter(pk__in=lot_ids, state__in=transition.from_states)
    if transition is RESERVE:
        movable = movable.filter(HOLDS_ALLOW_PICKUP)
    moved = movable.update(state=transition.to_state, state_at=at, reserved_by_id=reserved_by)
    if moved == len(set(lot_ids)):
        return
    raise StateConflictError(_who_was_first(lot_ids, transition))


def _who_was_first(lot_ids: Sequence[int], transition: Transition) -> str:
    # Those this call itself moved are already in the new state; the rest are the conflict.
    rest = Lot.unscoped.filter(pk__in=lot_ids).exclude(state=transition.to_state).order_by("reference")
    found = [
        f"{lot.reference} has hold points still open"
        if lot.is_on_hold and lot.state in transition.from_states
        else f"{lot.reference} is {STATE_LABELS[LotState(lot.state)].lower()}"
        for lot in rest
    ]
    if not found:
        return "Somebody was first: this step has been taken already."
    return f"This cannot be done now: {'; '.join(found)}."


def record_events(
    lot_ids: Sequence[int],
    verb: Verb,
    *,
    at: dt.datetime,
    recorded_at: dt.datetime,
    viewer: Viewer | None,
    words: str = "",
    data: dict[str, object] | None = None,
) -> None:
    """Write one event per lot; `viewer` is None when the system itself acts."""
    Event.objects.bulk_create(
        [
            Event(
                lot_id=lot_id,
                verb=verb,
                at=at,
                recorded_at=recorded_at,
                actor_id=viewer.user_id if viewer else None,
                organisation_id=viewer.organisation_id if viewer else None,
                words=words[:300],
                data=data or {},
            )
            for lot_id in lot_ids
        ],
        batch_size=2000,
    )
