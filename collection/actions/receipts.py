"""Weighing in at a plant, and what the plant made of it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from collection.actions.batches import batch_problems
from collection.actions.custody import parted_balance, post, read_chains, revision, whole_balance
from collection.actions.estimates import replace_estimate, weighed_estimate
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import move, record_events
from collection.actions.references import next_reference
from collection.actions.rounds import close_unloaded_rounds
from collection.models import Facility, Lot, PickupLot, ProcessingRecord, Receipt
from collection.rules.custody import balances
from collection.rules.lifecycle import PROCESS, RECEIVE, Place, StateConflictError, Verb
from collection.rules.roles import Permission, Viewer, require

# Gate weight and parts should agree within 2-3 %: beyond that the difference needs a reason.
DIFFERENCE_TOLERANCE = 0.03


class WeighingError(Exception):
    """A weight that cannot be; names the field and the way out."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """What the weighbridge said. `magnet_grams` only where freed magnets were weighed on their own."""

    gross_grams: int
    tare_grams: int
    magnet_grams: int | None = None
    difference_reason: str = ""
    weighbridge_ticket: str = ""

    @property
    def net_grams(self) -> int:
        return self.gross_grams - self.tare_grams


def expected_net_grams(lot: Lot) -> int | None:
    """The item weight the plant should find: as collected, else as logged; None when never weighed."""
    line = lot.pickup_lots.filter(state=PickupLot.State.COLLECTED).order_by("-pk").first()
    if line is not None and line.collected_gross_grams:
        return line.collected_gross_grams
    if lot.gross_grams is None:
        return None
    return lot.gross_grams - (lot.tare_grams or 0)


def check_weighing(weighing: Weighing, expected: int | None) -> None:
    """Raise WeighingError unless the weights hold together and a large difference is explained."""
    if weighing.gross_grams <= 0:
        raise WeighingError("gross", "Enter the gross weight from the weighbridge ticket, above zero.")
    if weighing.tare_grams < 0 or weighing.tare_grams >= weighing.gross_grams:
        raise WeighingError("tare", "The tare must be less than the gross weight. Check which is which.")
    if weighing.magnet_grams is not None and weighing.magnet_grams > weighing.net_grams:
        raise WeighingError("magnets", "The magnets cannot weigh more than the net weight of the load.")
    if expected and not weighing.difference_reason.strip():
        difference = weighing.net_grams - expected
        if abs(difference) > DIFFERENCE_TOLERANCE * expected:
            raise WeighingError(
                "difference_reason",
                f"The net weight is {abs(difference) / 1000:,.1f} kg "
                f"{'more' if difference > 0 else 'less'} than the {expected / 1000:,.1f} kg collected. "
                "Say why, so that the difference is explained.",
            )


def receive(
    viewer: Viewer,
    lot_id: int,
    weighing: Weighing,
    *,
    facility_id: int,
    submission_id: uuid.UUID,
    at: dt.datetime,
) -> Receipt:
    """Book a lot in at a plant, once per `submission_id`; a weighed magnet mass replaces the estimate.

    Raises WeighingError or StateConflictError.
    """
    require(viewer, Permission.RECEIVE)
    with transaction.atomic():
        earlier = Receipt.unscoped.filter(submission_id=submission_id, lot_id=lot_id).first()
        if earlier is not None:
            return earlier
        lot = Lot.objects.visible_to(viewer).get(pk=lot_id)
        facility = Facility.objects.get(pk=facility_id, organisation_id=viewer.organisation_id)
        expected = expected_net_grams(lot)
        check_weighing(weighing, expected)
        move([lot.pk], RECEIVE, at=at, reserved_by=lot.reserved_by_id)
        receipt = Receipt.unscoped.create(
            reference=next_reference("REC", at),
            submission_id=submission_id,
            lot=lot,
            facility=facility,
            received_at=at,
            recorded_by_id=viewer.user_id,
            gross_grams=weighing.gross_grams,
            tare_grams=weighing.tare_grams,
            net_grams=weighing.net_grams,
            expected_net_grams=expected,
            difference_reason=weighing.difference_reason.strip(),
            magnet_grams=weighing.magnet_grams,
            weighbridge_ticket=weighing.weighbridge_ticket,
        )
        _book_in(viewer, lot, receipt, at)
        close_unloaded_rounds([lot.pk])
        mark_due([lot.pk], at=at)
    return receipt


def _book_in(viewer: Viewer, lot: Lot, receipt: Receipt, at: dt.datetime) -> None:
    reason = f"Weighed in at {receipt.facility.name}, {receipt.reference}"[:200]
    estimate = lot.estimates.get(is_current=True)
    chain = read_chains([lot.pk])[lot.pk]
    if lot.magnet_grams:
        movement = whole_balance(chain, from_place=Place.IN_TRANSIT, to_place=Place.RECEIVED)
        post({lot.pk: [movement]}, at=at, recorded_at=at, actor_id=viewer.user_id, reason=reason)
    record_events([lot.pk], Verb.RECEIVED, at=at, recorded_at=at, viewer=viewer, words=receipt.reference)
    if receipt.magnet_grams is None:
        return
    weighed = replace_estimate(lot, weighed_estimate(lot, estimate, receipt.magnet_grams, at=at))
    chain = read_chains([lot.pk])[lot.pk]
    movements = revision(chain, Place.RECEIVED, weighed)
    if movements:
        words = f"Magnets weighed, {receipt.reference}"
        post({lot.pk: movements}, at=at, recorded_at=at, actor_id=viewer.user_id, reason=words)
        record_events([lot.pk], Verb.REVISED, at=at, recorded_at=at, viewer=viewer, words=words)


def process(
    viewer: Viewer,
    lot_id: int,
    *,
    retained_grams: int,
    batch: str,
    route_code: str,
    submission_id: uuid.UUID,
    at: dt.datetime,
) -> ProcessingRecord:
    """Record what became of a received lot: what was retained, the rest is residue.

    Raises WeighingError when more is retained than was received or the batch holds what must stay apart from
    it, StateConflictError when it was not received.
    """
    require(viewer, Permission.PROCESS)
    with transaction.atomic():
        earlier = ProcessingRecord.objects.filter(submission_id=submission_id, lot_id=lot_id).first()
        if earlier is not None:
            return earlier
        lot = Lot.objects.visible_to(viewer).get(pk=lot_id)
        receipt = Receipt.objects.visible_to(viewer).filter(lot=lot).first()
        if receipt is None or receipt.facility.organisation_id != viewer.organisation_id:
            raise StateConflictError(f"{lot.reference} has not been weighed in at one of your plants.")
        chain = read_chains([lot.pk])[lot.pk]
        received = balances(chain).get(Place.RECEIVED, 0)
        if not 0 <= retained_grams <= received:
            raise WeighingError(
                "retained",
                f"Between 0 and {received / 1000:,.3f} kg can be retained: that is what was received.",
            )
        problems = batch_problems(lot, facility=receipt.facility, batch=batch, route_code=route_code)
        if problems:
            raise WeighingError("batch", f"{' '.join(problems)} Give this lot a batch of its own.")
        move([lot.pk], PROCESS, at=at, reserved_by=lot.reserved_by_id)
        parts = [(Place.RETAINED, retained_grams), (Place.RESIDUE, received - retained_grams)]
        movements = parted_balance(chain, parts, from_place=Place.RECEIVED)
        post(
            {lot.pk: movements},
            at=at,
            recorded_at=at,
            actor_id=viewer.user_id,
            reason=f"Processed, {batch}"[:200],
        )
        record_events([lot.pk], Verb.PROCESSED, at=at, recorded_at=at, viewer=viewer, words=batch)
        return ProcessingRecord.objects.create(
            lot=lot,
            facility=receipt.facility,
            submission_id=submission_id,
            route_code=route_code,
            batch=batch,
            retained_grams=retained_grams,
            residue_grams=received - retained_grams,
            processed_at=at,
            recorded_by_id=viewer.user_id,
        )
