"""Weights still to be replaced: who sees to one, and the weighing that replaces it."""

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from collection.actions.evidence import Evidence, may_record_evidence, record_evidence
from collection.actions.lifecycle import record_events
from collection.models import Lot, Membership, WeightReading
from collection.queries.reference import product_facts
from collection.rules.answers import Problem, error, errors_in
from collection.rules.lifecycle import StateConflictError, Verb
from collection.rules.mass_input import format_mass
from collection.rules.new_lot import Unit
from collection.rules.product_checks import check_item_weight
from collection.rules.roles import Permission, Viewer, require
from collection.rules.weighing import WEIGHED, check_weights, net_of


class WeighingRefusedError(Exception):
    """A weighing that cannot be; carries every problem with its way out."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWeighing:
    """A lot put on a scale; grams. `net_grams` is what the ticket says, where it says so."""

    method: str
    gross_grams: int | None = None
    tare_grams: int | None = None
    pallet_grams: int | None = None
    net_grams: int | None = None
    ticket: str = ""


def see_to(viewer: Viewer, weight_id: int, owner_id: int | None, *, at: dt.datetime) -> WeightReading:
    """Somebody of the organisation sees to replacing this estimate; None gives it back to everybody.

    Raises StateConflictError where it was replaced meanwhile or the person is not of the organisation.
    """
    require(viewer, Permission.CHANGE_OWN_LOT)
    if owner_id is not None and not _is_colleague(viewer, owner_id):
        raise StateConflictError("Choose one of your own colleagues.")
    changed = WeightReading.objects.filter(
        pk=weight_id, is_current=True, is_estimate=True, lot__holder_id=viewer.organisation_id
    ).update(owner_id=owner_id, owner_since=at if owner_id is not None else None)
    if not changed:
        raise StateConflictError("This weight has been replaced meanwhile, or is not yours.")
    return WeightReading.objects.select_related("lot").get(pk=weight_id)


def _is_colleague(viewer: Viewer, user_id: int) -> bool:
    return Membership.objects.filter(user_id=user_id, organisation_id=viewer.organisation_id).exists()


def replace_by_weighing(
    viewer: Viewer, lot_id: int, weighing: NewWeighing, *, submission_id: uuid.UUID, at: dt.datetime
) -> WeightReading:
    """Put a weighing in the place of the current weight, once per `submission_id`; the old reading stays.

    Where the lot is counted by weight its quantity follows, and the ledger is brought to the new estimate.
    Raises WeighingRefusedError, StateConflictError, or what `record_evidence` raises.
    """
    require(viewer, Permission.CHANGE_OWN_LOT)
    problems = _problems(weighing)
    if problems:
        raise WeighingRefusedError(problems)
    with transaction.atomic():
        Lot.unscoped.select_for_update().get(pk=lot_id)
        lot = Lot.objects.visible_to(viewer).select_related("product").get(pk=lot_id)
        earlier = WeightReading.objects.filter(submission_id=submission_id, lot=lot).first()
        if earlier is not None:
            return earlier
        if lot.holder_id != viewer.organisation_id or not may_record_evidence(viewer, lot):
            raise StateConflictError(f"{lot.reference} is not with you any more: weigh it where it is.")
        _refuse_absurd(lot, weighing)
        reading = _read(viewer, lot, weighing, submission_id, at)
        lot.gross_grams = reading.gross_grams
        parts = [grams for grams in (reading.tare_grams, reading.pallet_grams) if grams is not None]
        lot.tare_grams = sum(parts) if parts else None
        words = f"Weighed: {format_mass(reading.net_grams or 0)} net, {reading.get_method_display().lower()}"
        _bring_to(viewer, lot, reading, words, submission_id, at)
    return reading


def _refuse_absurd(lot: Lot, weighing: NewWeighing) -> None:
    """So many items must be able to weigh so much, as when they were logged."""
    net = net_of(weighing.gross_grams, weighing.tare_grams, weighing.pallet_grams, weighing.net_grams) or 0
    problems = errors_in(check_item_weight(net, lot.quantity, lot.unit, product_facts(lot.product)))
    if problems:
        raise WeighingRefusedError(problems)


def _problems(weighing: NewWeighing) -> list[Problem]:
    checked = list(
        check_weights(
            gross=weighing.gross_grams,
            tare=weighing.tare_grams,
            pallet=weighing.pallet_grams,
            net=weighing.net_grams,
            method=weighing.method,
        )
    )
    # Warnings are for whoever checks answers before logging; a weighing is kept at once, so no scale may say this.
    found = errors_in(checked) + [problem for problem in checked if problem.code == "too_heavy_for_platform"]
    if weighing.gross_grams is None and weighing.net_grams is None:
        found.append(error("gross", "missing", "There is no weight.", "Give the gross weight, or the net."))
    if weighing.method not in WEIGHED:
        found.append(
            error(
                "weight_method",
                "not_weighed",
                "Only a scale replaces an estimate.",
                "Choose the weighbridge or the platform scale.",
            )
        )
    return found


def _read(
    viewer: Viewer, lot: Lot, weighing: NewWeighing, submission_id: uuid.UUID, at: dt.datetime
) -> WeightReading:
    WeightReading.objects.filter(lot=lot, is_current=True).update(is_current=False)
    return WeightReading.objects.create(
        lot=lot,
        gross_grams=weighing.gross_grams,
        tare_grams=weighing.tare_grams,
        pallet_grams=weighing.pallet_grams,
        net_grams=net_of(
            weighing.gross_grams, weighing.tare_grams, weighing.pallet_grams, weighing.net_grams
        ),
        method=weighing.method,
        ticket=weighing.ticket[:60],
        is_estimate=False,
        read_at=at,
        read_by_id=viewer.user_id,
        submission_id=submission_id,
    )


def _bring_to(
    viewer: Viewer, lot: Lot, reading: WeightReading, words: str, submission_id: uuid.UUID, at: dt.datetime
) -> None:
    """The lot as weighed, and the ledger with it where its content follows from the weight."""
    fields = ["gross_grams", "tare_grams"]
    net = reading.net_grams or 0
    if lot.unit in (Unit.KG_GROSS, Unit.KG_MAGNETS):
        lot.quantity = Decimal(net) / 1000
        fields.append("quantity")
    lot.save(update_fields=fields)
    if lot.unit == Unit.KG_MAGNETS:
        record_evidence(
            viewer, lot.pk, Evidence(words=words, magnet_grams=net), submission_id=submission_id, at=at
        )
    elif lot.unit == Unit.KG_GROSS:
        record_evidence(viewer, lot.pk, Evidence(words=words), submission_id=submission_id, at=at)
    else:
        record_events([lot.pk], Verb.CHANGED, at=at, recorded_at=at, viewer=viewer, words=words)
