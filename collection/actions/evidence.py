"""Evidence on a lot: what was weighed, assayed or read by XRF replaces the estimate; both are kept.

Whoever has the lot in hand may record evidence: its holder while it is held or booked, the recycler that
booked it from the collection until it is processed.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from collection.actions.custody import post, read_chains, revision
from collection.actions.dispatch import ASSESS_DUE, nudge
from collection.actions.estimates import (
    Findings,
    condition_of,
    estimate_row,
    kept_findings,
    lot_input,
    replace_estimate,
)
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import record_events
from collection.models import Estimate, Event, Lot
from collection.queries.reference import current_catalogue, product_facts
from collection.rules.content import Composition, ContentInputError, advise_route, estimate
from collection.rules.content.evidence import from_xrf
from collection.rules.content.xrf import XrfReading, new_readings
from collection.rules.lifecycle import LotState, Place, StateConflictError, Verb
from collection.rules.plausibility import item_gross_kg
from collection.rules.roles import NotPermittedError, Permission, Viewer

WEIGHED_CLASSES = ("A", "B")

_PLACE_WITH_HOLDER = {LotState.HELD: Place.HELD, LotState.RESERVED: Place.HELD}
_PLACE_WITH_RECYCLER = {LotState.IN_TRANSIT: Place.IN_TRANSIT, LotState.RECEIVED: Place.RECEIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found out. `magnet_grams` is the weight of the lot's freed magnets, `composition` their
    certified alloy, `readings` handheld XRF shots called `reference`, `opened_grams` the magnets of single
    opened items; what is not given stays as it was. `words` says where it comes from."""

    words: str
    magnet_grams: int | None = None
    composition: Composition | None = None
    readings: tuple[XrfReading, ...] = ()
    reference: str = ""
    opened_grams: tuple[float, ...] = ()


class EvidenceError(Exception):
    """Evidence that cannot be; names the field and the way out."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def may_record_evidence(viewer: Viewer, lot: Lot) -> bool:
    """Whether the viewer's organisation has the lot in hand and the viewer may change what it holds."""
    return _place_in_hand(viewer, lot) is not None


def readings_not_counted(lot: Lot, readings: Sequence[XrfReading]) -> int:
    """How many of these readings are on record for the lot already, or are in the file twice."""
    kept = kept_findings(lot.estimates.get(is_current=True))
    return len(readings) - len(new_readings(kept.readings, readings))


def estimate_with(lot: Lot, evidence: Evidence, *, at: dt.datetime) -> tuple[Estimate, Estimate]:
    """The lot's estimate as it stands and as the evidence would make it, the latter unsaved.

    Raises ContentInputError or EvidenceError.
    """
    before = lot.estimates.get(is_current=True)
    _check(lot, evidence)
    weighed = evidence.magnet_grams
    if weighed is None and before.evidence_class in WEIGHED_CLASSES:
        weighed = before.magnet_central_grams
    findings = _findings(lot, kept_findings(before), evidence)
    try:
        catalogue = findings.catalogue(current_catalogue(), lot.product.code)
        known = lot_input(lot, magnet_grams_weighed=weighed, composition=findings.composition)
        content = estimate(catalogue, known)
    except ContentInputError as refusal:
        raise EvidenceError(refusal.field, str(refusal)) from refusal
    route_code = advise_route(catalogue, content, condition_of(lot)).route_code
    return before, estimate_row(lot, content, at=at, route_code=route_code, findings=findings)


def _findings(lot: Lot, kept: Findings, evidence: Evidence) -> Findings:
    """What is known of the lot once the evidence is added. A certificate replaces every reading before it;
    readings are always taken together, against the alloy believed before any of them."""
    if evidence.composition is not None:
        return replace(kept, composition=evidence.composition, readings=(), sharpened=evidence.composition)
    if evidence.opened_grams:
        return replace(kept, opened_grams=kept.opened_grams + evidence.opened_grams)
    if not evidence.readings:
        return kept
    new = new_readings(kept.readings, evidence.readings)
    if not new:
        raise EvidenceError(
            "readings",
            "All these readings are on record for this lot already. The same shots do not count twice: "
            "record only readings of other pieces.",
        )
    readings = kept.readings + new
    prior = kept.sharpened or _grade_composition(lot)
    alloy = from_xrf(prior, readings, reference=evidence.reference)
    return replace(kept, composition=alloy.composition, readings=readings)


def _grade_composition(lot: Lot) -> Composition:
    return estimate(current_catalogue(), lot_input(lot)).composition


def record_evidence(
    viewer: Viewer, lot_id: int, evidence: Evidence, *, submission_id: uuid.UUID, at: dt.datetime
) -> Estimate:
    """Replace the lot's estimate, once per `submission_id`, and bring the ledger to it through REVISION.

    Raises EvidenceError, NotPermittedError or StateConflictError.
    """
    with transaction.atomic():
        # One at a time per lot: the same form sent twice waits here and then finds itself.
        Lot.unscoped.select_for_update().get(pk=lot_id)
        lot = Lot.objects.visible_to(viewer).select_related("product").get(pk=lot_id)
        earlier = _recorded_before(lot, submission_id)
        if earlier is not None:
            return earlier
        place = _require_in_hand(viewer, lot)
        before, after = estimate_with(lot, evidence, at=at)
        replace_estimate(lot, after)
        movements = revision(read_chains([lot.pk])[lot.pk], place, after)
        if movements:
            reason = f"Evidence: {evidence.words}"[:200]
            post({lot.pk: movements}, at=at, recorded_at=at, actor_id=viewer.user_id, reason=reason)
        record_events(
            [lot.pk],
            Verb.REVISED,
            at=at,
            recorded_at=at,
            viewer=viewer,
            words=evidence.words,
            data={
                "submission_id": str(submission_id),
                "estimate_before": before.pk,
                "estimate_after": after.pk,
            },
        )
        mark_due([lot.pk], at=at)
        nudge(ASSESS_DUE)
    return after


def _recorded_before(lot: Lot, submission_id: uuid.UUID) -> Estimate | None:
    event = Event.objects.filter(lot=lot, verb=Verb.REVISED, data__submission_id=str(submission_id)).first()
    return lot.estimates.get(pk=event.data["estimate_after"]) if event else None


def _place_in_hand(viewer: Viewer, lot: Lot) -> Place | None:
    state = LotState(lot.state)
    if lot.holder_id == viewer.organisation_id and viewer.may(Permission.CHANGE_OWN_LOT):
        return _PLACE_WITH_HOLDER.get(state)
    if lot.reserved_by_id == viewer.organisation_id and viewer.may(Permission.RECEIVE):
        return _PLACE_WITH_RECYCLER.get(state)
    return None


def _require_in_hand(viewer: Viewer, lot: Lot) -> Place:
    place = _place_in_hand(viewer, lot)
    if place is not None:
        return place
    if viewer.organisation_id not in (lot.holder_id, lot.reserved_by_id) or not (
        viewer.may(Permission.CHANGE_OWN_LOT) or viewer.may(Permission.RECEIVE)
    ):
        raise NotPermittedError(f"Only whoever has {lot.reference} in hand may record evidence on it.")
    raise StateConflictError(
        f"{lot.reference} is {lot.get_state_display().lower()}: evidence is recorded by the holder while a lot "
        "is held, and by the recycler from the collection until it is processed."
    )


def _check(lot: Lot, evidence: Evidence) -> None:
    if evidence.opened_grams:
        _check_opened(lot, evidence.opened_grams)
    if evidence.magnet_grams is None:
        return
    if evidence.magnet_grams <= 0:
        raise EvidenceError(
            "magnets", "The weight must be above 0. A lot without magnets is withdrawn, not weighed."
        )
    if lot.gross_grams is not None:
        net = lot.gross_grams - (lot.tare_grams or 0)
        if evidence.magnet_grams > net:
            raise EvidenceError(
                "magnets",
                f"The magnets cannot weigh more than the whole lot, logged at {net / 1000:,.1f} kg net. "
                "Check the weight and its unit.",
            )


def _check_opened(lot: Lot, opened: Sequence[float]) -> None:
    """No item holds more magnet than such an item can weigh: kilograms typed as grams stop here."""
    heaviest = item_gross_kg(product_facts(lot.product))[1] * 1000
    too_much = next((grams for grams in opened if grams > heaviest), None)
    if too_much is not None:
        raise EvidenceError(
            "opened",
            f"{too_much:,g} g of magnets is more than one {lot.product.name} can weigh. "
            "Give the weights in grams, one for each item.",
        )
