"""Dividing lots: the child is a lot of its own, and every gram is accounted for."""

import datetime as dt
import uuid
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from collection.actions.custody import estimate_doubt, parted_balance, post, read_chains
from collection.actions.details_of_parts import hand_down
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import record_events
from collection.actions.references import next_reference
from collection.actions.weights_of_parts import rest_of, share_of, share_weight
from collection.models import Estimate, Lineage, Lot
from collection.rules.custody import Movement, balances
from collection.rules.lifecycle import LotState, Place, StateConflictError, Verb
from collection.rules.roles import Viewer

SCALED_FIELDS = ("magnet_low_grams", "magnet_central_grams", "magnet_high_grams", "shared_sd_grams")


def split_off(
    viewer: Viewer,
    lot: Lot,
    quantity: Decimal,
    *,
    place: Place,
    state: LotState,
    at: dt.datetime,
    reason: str,
    recorded_at: dt.datetime | None = None,
    submission_id: uuid.UUID | None = None,
) -> Lot:
    """Make a child lot of `quantity` units out of what stands in `place`, inside the caller's transaction.

    Both keep the composition and the evidence of the parent; masses are shared out by quantity. Raises
    StateConflictError when the quantity is not a true part of the lot.
    """
    recorded_at = recorded_at or at
    if not 0 < quantity < lot.quantity:
        raise StateConflictError(
            f"Only part of the {lot.quantity_text} of {lot.reference} can be divided off."
        )
    parent_estimate = lot.estimates.get(is_current=True)
    chain = read_chains([lot.pk])[lot.pk]
    standing = balances(chain).get(place, 0)
    grams = int((Decimal(standing) * quantity / lot.quantity).quantize(Decimal(1), ROUND_HALF_EVEN))
    share = quantity / lot.quantity
    child = copy_of(
        lot,
        at=at,
        submission_id=submission_id,
        quantity=quantity,
        magnet_grams=grams,
        gross_grams=share_of(lot.gross_grams, share),
        tare_grams=share_of(lot.tare_grams, share),
        state=state,
        reserved_by_id=None if state == LotState.HELD else lot.reserved_by_id,
    )
    Lineage.objects.create(parent=lot, child=child, grams=grams, reason=reason[:200], at=at)
    child_estimate = _scaled_copy(parent_estimate, child, grams, share, at)
    if grams:
        (leaving,) = parted_balance(chain, [(Place.LINEAGE, grams)], from_place=place)
        arriving = Movement(
            from_place=Place.LINEAGE,
            to_place=place,
            grams=grams,
            composition=leaving.composition,
            doubt=estimate_doubt(child_estimate),
        )
        post(
            {lot.pk: [leaving], child.pk: [arriving]},
            at=at,
            recorded_at=recorded_at,
            actor_id=viewer.user_id,
            reason=reason[:200],
        )
    hand_down(lot, child)
    share_weight(viewer, lot, child, share, at=at)
    _shrink_parent(lot, quantity, standing - grams, share, parent_estimate, at)
    record_events(
        [child.pk], Verb.DERIVED, at=at, recorded_at=recorded_at, viewer=viewer, words=f"From {lot.reference}"
    )
    mark_due([lot.pk, child.pk], at=recorded_at)
    return child


def copy_of(lot: Lot, *, at: dt.datetime, submission_id: uuid.UUID | None = None, **changes: Any) -> Lot:
    """A new lot like another but for `changes`, with a reference and a submission of its own."""
    child = Lot.unscoped.get(pk=lot.pk)
    child.pk = None
    child._state.adding = True
    child.reference = next_reference("LOT", at)
    child.submission_id = submission_id or uuid.uuid4()
    child.state_at = at
    for field, value in changes.items():
        setattr(child, field, value)
    child.save(force_insert=True)
    return child


def _shrink_parent(
    lot: Lot, quantity: Decimal, grams: int, gone: Decimal, estimate: Estimate, at: dt.datetime
) -> None:
    """Leave `grams` of magnet and what is not the share that is `gone`."""
    Lot.unscoped.filter(pk=lot.pk).update(
        quantity=lot.quantity - quantity,
        magnet_grams=grams,
        gross_grams=rest_of(lot.gross_grams, gone),
        tare_grams=rest_of(lot.tare_grams, gone),
    )
    lot.estimates.filter(is_current=True).update(is_current=False)
    _scaled_copy(estimate, lot, grams, 1 - gone, at)
    lot.refresh_from_db()


def _scaled_copy(estimate: Estimate, lot: Lot, grams: int, share: Decimal, at: dt.datetime) -> Estimate:
    copy = Estimate.objects.get(pk=estimate.pk)
    copy.pk = None
    copy._state.adding = True
    copy.lot = lot
    copy.made_at = at
    copy.is_current = True
    for field in SCALED_FIELDS:
        setattr(copy, field, round(getattr(estimate, field) * share))
    # The central value is what stands in the ledger, to the gram; the bounds follow it.
    copy.magnet_central_grams = grams
    copy.magnet_low_grams = min(copy.magnet_low_grams, grams)
    copy.magnet_high_grams = max(copy.magnet_high_grams, grams)
    copy.own_variance = estimate.own_variance * float(share) ** 2
    copy.elements = {
        element: [round(value * share) for value in bounds] for element, bounds in estimate.elements.items()
    }
    copy.save(force_insert=True)
    return copy
