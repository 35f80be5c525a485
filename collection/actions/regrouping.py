"""Splitting and taking apart lots in hand. Parents stay for ever; no gram appears or disappears.

What goes in equals parts plus residue plus loss: between lots grams pass through LINEAGE, and a difference
between what was believed and what came out is a revision of the parent first.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from collection.actions.custody import estimate_doubt, parted_balance, post, read_chains, revision
from collection.actions.details_of_parts import hand_down_source
from collection.actions.dispatch import ASSESS_DUE, nudge
from collection.actions.estimates import (
    condition_of,
    estimate_row,
    kept_composition,
    lot_input,
    replace_estimate,
    weighed_estimate,
)
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import move, record_events
from collection.actions.lineage import copy_of, split_off
from collection.models import Dismantling, Estimate, Lineage, Lot, Unit
from collection.queries.catalogue import current_catalogue
from collection.rules.classification import Hazard, propose_code
from collection.rules.content import ContentInputError, advise_route, estimate
from collection.rules.content.disassembly import Apart, check_apart, name_key
from collection.rules.content.lineage import Transformation, check_conserved
from collection.rules.custody import Movement
from collection.rules.lifecycle import DIVIDE, LotState, Place, StateConflictError, Verb
from collection.rules.mass_input import format_mass
from collection.rules.new_lot import Condition
from collection.rules.roles import NotPermittedError, Permission, Viewer


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A lot after it was taken apart: the record, and the lot of freed magnets (None where none came out)."""

    record: Dismantling
    magnets: Lot | None


def may_regroup(viewer: Viewer, lot: Lot) -> bool:
    """Whether the viewer may split, merge or take apart this lot now."""
    return (
        lot.state == LotState.HELD
        and lot.holder_id == viewer.organisation_id
        and viewer.may(Permission.CHANGE_OWN_LOT)
    )


def split(
    viewer: Viewer, lot_id: int, quantity: Decimal, *, reason: str, submission_id: uuid.UUID, at: dt.datetime
) -> Lot:
    """Divide part of a held lot off as a lot of its own, once per `submission_id`; the rest stays.

    Raises ContentInputError naming the field, NotPermittedError, StateConflictError.
    """
    with transaction.atomic():
        earlier = made_before(viewer, submission_id)
        lot = lots_in_hand(viewer, [lot_id], earlier)[0]
        if earlier is not None:
            return earlier
        if lot.unit == Unit.ITEMS and quantity != quantity.to_integral_value():
            raise ContentInputError("quantity", "Divide off whole items.")
        if not 0 < quantity < lot.quantity:
            raise ContentInputError(
                "quantity", f"Divide off more than 0 and less than all of the {lot.quantity_text}."
            )
        child = split_off(
            viewer,
            lot,
            quantity,
            place=Place.HELD,
            state=LotState.HELD,
            at=at,
            reason=reason or "Divided off",
            submission_id=submission_id,
        )
        words = f"{child.quantity_text} divided off as {child.reference}"
        record_events([lot.pk], Verb.CHANGED, at=at, recorded_at=at, viewer=viewer, words=words)
        nudge(ASSESS_DUE)
    return child


def take_apart(
    viewer: Viewer, lot_id: int, apart: Apart, *, submission_id: uuid.UUID, at: dt.datetime
) -> TakenApart:
    """Record that a held lot was taken apart, once per `submission_id`: its magnets become a lot of their own.

    Raises ContentInputError naming the field, NotPermittedError, StateConflictError.
    """
    with transaction.atomic():
        earlier = Dismantling.objects.filter(submission_id=submission_id, lot_id=lot_id).first()
        lot = lots_in_hand(viewer, [lot_id], earlier)[0]
        if earlier is not None:
            made = Lineage.objects.filter(parent=lot).select_related("child").first()
            return TakenApart(earlier, made.child if made else None)
        gate = None if lot.gross_grams is None else lot.gross_grams - (lot.tare_grams or 0)
        check_apart(apart, gate, int(lot.quantity) if lot.unit == Unit.ITEMS else None)
        truth = _revise_to(viewer, lot, apart.magnet_grams, at)
        magnets = _freed_magnets(lot, apart.freed_grams, truth, at) if apart.freed_grams else None
        counted = apart if truth.magnet_central_grams else apart.without_magnets
        _move_parts(viewer, lot, magnets, counted, at)
        move([lot.pk], DIVIDE, at=at, reserved_by=None)
        record = Dismantling.objects.create(
            lot=lot,
            submission_id=submission_id,
            organisation_id=viewer.organisation_id,
            product=lot.product,
            maker=apart.maker.strip(),
            model=apart.model.strip(),
            maker_key=name_key(apart.maker),
            model_key=name_key(apart.model),
            items=apart.items,
            minutes=apart.minutes,
            freed_grams=apart.freed_grams,
            intact_grams=apart.intact_grams,
            residue_grams=apart.residue_grams,
            loss_grams=apart.loss_grams,
            gate_grams=gate,
            other_grams=dict(apart.other_grams),
            unexplained_reason=apart.unexplained_reason.strip()[:200],
            obstacles=sorted(apart.obstacles),
            at=at,
            recorded_by_id=viewer.user_id,
        )
        due = [lot.pk] if magnets is None else [lot.pk, magnets.pk]
        mark_due(due, at=at)
        nudge(ASSESS_DUE)
    return TakenApart(record, magnets)


def made_before(viewer: Viewer, submission_id: uuid.UUID) -> Lot | None:
    return Lot.unscoped.filter(submission_id=submission_id, holder_id=viewer.organisation_id).first()


def lots_in_hand(viewer: Viewer, lot_ids: Sequence[int], earlier: object | None) -> list[Lot]:
    """The lots, locked in one order, that the viewer may regroup now. Whoever sent the same before only reads.

    Raises Lot.DoesNotExist, NotPermittedError, StateConflictError.
    """
    # One at a time per lot; always in the same order, so that two people never wait for each other.
    list(Lot.unscoped.select_for_update().filter(pk__in=lot_ids).order_by("pk").values_list("pk"))
    found = {
        lot.pk: lot
        for lot in Lot.objects.visible_to(viewer).select_related("product", "holder").filter(pk__in=lot_ids)
    }
    if len(found) < len(set(lot_ids)):
        raise Lot.DoesNotExist
    lots = [found[pk] for pk in lot_ids]
    if earlier is not None:
        return lots
    for lot in lots:
        if lot.holder_id != viewer.organisation_id or not viewer.may(Permission.CHANGE_OWN_LOT):
            raise NotPermittedError(f"Only the holder of {lot.reference} may divide, merge or take it apart.")
        if lot.state != LotState.HELD:
            raise StateConflictError(
                f"{lot.reference} is {lot.get_state_display().lower()}: only a held lot is divided, merged or "
                "taken apart."
            )
    return lots


def _revise_to(viewer: Viewer, lot: Lot, magnet_grams: int, at: dt.datetime) -> Estimate:
    """Replace what the lot was believed to hold by what came out of it."""
    before = lot.estimates.get(is_current=True)
    after = replace_estimate(lot, weighed_estimate(lot, before, magnet_grams, at=at))
    words = f"Taken apart: {format_mass(magnet_grams)} of magnets found"
    movements = revision(read_chains([lot.pk])[lot.pk], Place.HELD, after)
    if movements:
        post({lot.pk: movements}, at=at, recorded_at=at, actor_id=viewer.user_id, reason=words)
    data: dict[str, object] = {"estimate_before": before.pk, "estimate_after": after.pk}
    record_events([lot.pk], Verb.REVISED, at=at, recorded_at=at, viewer=viewer, words=words, data=data)
    return after


def _freed_magnets(lot: Lot, grams: int, truth: Estimate, at: dt.datetime) -> Lot:
    """The lot of magnets that came out, weighed, of the same alloy as the parent."""
    child = copy_of(
        lot,
        at=at,
        quantity=Decimal(grams) / 1000,
        unit=Unit.KG_MAGNETS,
        gross_grams=None,
        tare_grams=None,
        serial="",
        condition=Condition.DISMANTLED,
        ewc_code=_code_of_magnets(lot),
        state=LotState.HELD,
        reserved_by_id=None,
    )
    hand_down_source(lot, child)
    catalogue = current_catalogue()
    content = estimate(
        catalogue, lot_input(child, magnet_grams_weighed=grams, composition=kept_composition(truth))
    )
    route = advise_route(catalogue, content, condition_of(child)).route_code
    replace_estimate(child, estimate_row(child, content, at=at, route_code=route))
    return child


def _code_of_magnets(lot: Lot) -> str:
    """Magnets out of a machine are another waste than the machine, without its battery, capacitor or oil."""
    return propose_code(
        source_kind=lot.source_kind,
        sector=lot.product.sector,
        suggested_code=lot.product.ewc_code,
        condition=Condition.DISMANTLED,
        hazard=Hazard.NONE,
    ).ewc_code


def _move_parts(viewer: Viewer, lot: Lot, magnets: Lot | None, apart: Apart, at: dt.datetime) -> None:
    """Every gram of the lot to where it went: the magnets' lot, the residue, or nowhere."""
    if apart.magnet_grams:
        parts = {magnets.reference: apart.freed_grams} if magnets else {}
        whole = {lot.reference: apart.magnet_grams}
        check_conserved(Transformation(whole, parts, apart.residue_grams, apart.loss_grams))
    chain = read_chains([lot.pk])[lot.pk]
    places = [
        (Place.LINEAGE, apart.freed_grams),
        (Place.RESIDUE, apart.residue_grams),
        (Place.LOST, apart.loss_grams),
    ]
    leaving = parted_balance(chain, places, from_place=Place.HELD)
    movements: dict[int, list[Movement]] = {lot.pk: leaving}
    if magnets is not None:
        reason = f"Magnets freed from {apart.maker.strip()} {apart.model.strip()}"[:200]
        Lineage.objects.create(parent=lot, child=magnets, grams=apart.freed_grams, reason=reason, at=at)
    if magnets is not None and apart.freed_grams:
        own = magnets.estimates.get()
        movements[magnets.pk] = [
            Movement(
                from_place=Place.LINEAGE,
                to_place=Place.HELD,
                grams=apart.freed_grams,
                composition=leaving[0].composition,
                doubt=estimate_doubt(own),
            )
        ]
    if magnets is not None:
        derived = f"Magnets of {lot.reference}, taken apart"
        record_events([magnets.pk], Verb.DERIVED, at=at, recorded_at=at, viewer=viewer, words=derived)
    post(movements, at=at, recorded_at=at, actor_id=viewer.user_id, reason="Taken apart")
    went = f"into {magnets.reference}" if magnets else "no magnets came out"
    words = f"Taken apart in {apart.minutes} minutes, {went}"
    record_events([lot.pk], Verb.DIVIDED, at=at, recorded_at=at, viewer=viewer, words=words)
