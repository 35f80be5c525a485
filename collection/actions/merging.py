"""Several held lots become one. Each parent stays as it was; its grams pass through LINEAGE to the child."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from django.db import transaction

from collection.actions.custody import post, read_chains, revision, whole_balance
from collection.actions.details_of_parts import bring_together
from collection.actions.dispatch import ASSESS_DUE, nudge
from collection.actions.estimates import MEASURED, condition_of, kept_composition, lot_input
from collection.actions.hold_points import clearance_of
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import move, record_events
from collection.actions.lineage import copy_of
from collection.actions.regrouping import lots_in_hand, made_before
from collection.actions.weights_of_parts import add_up_weights
from collection.models import Estimate, Intent, Lineage, Lot
from collection.queries.catalogue import current_catalogue
from collection.rules.content import LedgerMass, advise_route, estimate, sum_ledger
from collection.rules.custody import Movement
from collection.rules.lifecycle import DIVIDE, LotState, Place, Verb
from collection.rules.merging import LotToMerge, check_merge, worst_condition
from collection.rules.roles import Viewer

Answer = TypeVar("Answer")
PPM_FIELDS = ("nd_ppm", "pr_ppm", "dy_ppm", "tb_ppm", "sm_ppm")


def merge(
    viewer: Viewer, lot_ids: Sequence[int], *, reason: str, submission_id: uuid.UUID, at: dt.datetime
) -> Lot:
    """Make one held lot of several, once per `submission_id`.

    Raises MergeRefusedError with every reason, NotPermittedError, StateConflictError.
    """
    with transaction.atomic():
        earlier = made_before(viewer, submission_id)
        lots = lots_in_hand(viewer, lot_ids, earlier)
        if earlier is not None:
            return earlier
        estimates = {lot.pk: lot.estimates.get(is_current=True) for lot in lots}
        check_merge([_to_merge(lot, estimates[lot.pk]) for lot in lots])
        child = _child_of(lots, submission_id, at)
        together = _estimate_of(child, [estimates[lot.pk] for lot in lots], at)
        together.save(force_insert=True)
        _move_mass(viewer, lots, estimates, child, together, reason or "Merged", at)
        bring_together(lots, child)
        add_up_weights(viewer, lots, child, at=at)
        move([lot.pk for lot in lots], DIVIDE, at=at, reserved_by=None)
        _tell(viewer, lots, child, at)
        mark_due([child.pk, *(lot.pk for lot in lots)], at=at)
        nudge(ASSESS_DUE)
    return child


def _to_merge(lot: Lot, kept: Estimate) -> LotToMerge:
    catalogue = current_catalogue()
    content = estimate(catalogue, lot_input(lot, composition=kept_composition(kept)))
    condition = condition_of(lot)
    return LotToMerge(
        reference=lot.reference,
        product_code=lot.product.code,
        unit=lot.unit,
        place=f"{lot.site_id}/{lot.outcode}",
        content=content,
        condition=condition,
        route_code=advise_route(catalogue, content, condition).route_code,
    )


def _child_of(lots: Sequence[Lot], submission_id: uuid.UUID, at: dt.datetime) -> Lot:
    """What the lots have in common stays; where they differ, the more careful answer."""
    first = lots[0]
    gross = [lot.gross_grams for lot in lots]
    tare = [lot.tare_grams or 0 for lot in lots]
    is_weighed = all(grams is not None for grams in gross)
    return copy_of(
        first,
        at=at,
        submission_id=submission_id,
        quantity=sum((lot.quantity for lot in lots), Decimal(0)),
        magnet_grams=sum(lot.magnet_grams for lot in lots),
        gross_grams=sum(grams or 0 for grams in gross) if is_weighed else None,
        tare_grams=sum(tare) if is_weighed else None,
        condition=worst_condition([lot.condition for lot in lots]),
        is_magnetised=True if any(lot.is_magnetised for lot in lots) else first.is_magnetised,
        build_year=_common([lot.build_year for lot in lots]),
        serial="",
        available_from_on=max(lot.available_from_on for lot in lots),
        intent=_common([lot.intent for lot in lots]) or Intent.UNDECIDED,
        is_defence=any(lot.is_defence for lot in lots),
        holds_cleared_at=clearance_of(lots),
        note="\n".join(dict.fromkeys(lot.note for lot in lots if lot.note)),
        # It has been waiting as long as its oldest part has.
        logged_at=min(lot.logged_at for lot in lots),
        state=LotState.HELD,
        reserved_by_id=None,
    )


def _common(answers: Sequence[Answer]) -> Answer | None:
    return answers[0] if len(set(answers)) == 1 else None


def _estimate_of(child: Lot, parts: Sequence[Estimate], at: dt.datetime) -> Estimate:
    """The parts added up: centres exactly, errors shared by the product linearly, own errors in quadrature.

    Element bounds are added as they stand, which is right for one alloy and on the wide side for several.
    """
    grams = [part.magnet_central_grams for part in parts]
    total = sum(grams)
    mass = sum_ledger(
        LedgerMass(
            product_code=child.product.code,
            grams=part.magnet_central_grams,
            shared_sd_grams=part.shared_sd_grams,
            own_variance=part.own_variance,
        )
        for part in parts
    ).magnet
    newest = parts[-1]
    measured = [part.explanation.get(MEASURED) for part in parts]
    is_one_alloy = all(record == measured[0] for record in measured)
    return Estimate(
        lot=child,
        made_at=at,
        magnet_low_grams=min(int(mass.low), total),
        magnet_central_grams=total,
        magnet_high_grams=max(int(mass.high + 0.999), total),
        **{name: _mean([getattr(part, name) for part in parts], grams) for name in PPM_FIELDS},
        elements=_added([part.elements for part in parts]),
        shared_sd_grams=sum(part.shared_sd_grams for part in parts),
        own_variance=sum(part.own_variance for part in parts),
        evidence_class=max(part.evidence_class for part in parts),
        method=f"sum of {len(parts)} merged lots",
        coefficient=_common([part.coefficient for part in parts]),
        coefficient_version=newest.coefficient_version,
        source=newest.source,
        route_code=newest.route_code,
        explanation={MEASURED: measured[0]} if is_one_alloy and measured[0] else {},
    )


def _mean(ppm: Sequence[int], grams: Sequence[int]) -> int:
    """Parts per million of the whole, by mass."""
    total = sum(grams)
    return round(sum(p * g for p, g in zip(ppm, grams, strict=True)) / total) if total else ppm[0]


def _added(elements: Sequence[dict[str, list[int]]]) -> dict[str, list[int]]:
    names = dict.fromkeys(name for part in elements for name in part)
    return {
        name: [sum(part.get(name, [0, 0, 0])[end] for part in elements) for end in range(3)] for name in names
    }


def _move_mass(
    viewer: Viewer,
    lots: Sequence[Lot],
    estimates: dict[int, Estimate],
    child: Lot,
    together: Estimate,
    reason: str,
    at: dt.datetime,
) -> None:
    """Each parent's grams to the child. A parent of another alloy takes the common one on first, through
    REVISION, so that no microgram of any element is lost between the chains."""
    chains = read_chains([lot.pk for lot in lots])
    movements: dict[int, list[Movement]] = {}
    arriving = []
    for lot in lots:
        kept = estimates[lot.pk]
        grams = kept.magnet_central_grams
        Lineage.objects.create(parent=lot, child=child, grams=grams, reason=reason[:200], at=at)
        if not grams:
            continue
        common = Estimate(
            magnet_central_grams=grams,
            shared_sd_grams=kept.shared_sd_grams,
            own_variance=kept.own_variance,
            **{name: getattr(together, name) for name in PPM_FIELDS},
        )
        changing = revision(chains[lot.pk], Place.HELD, common)
        if changing:
            leaving = replace(changing[-1], from_place=Place.HELD, to_place=Place.LINEAGE)
        else:
            leaving = whole_balance(chains[lot.pk], from_place=Place.HELD, to_place=Place.LINEAGE)
        movements[lot.pk] = [*changing, leaving]
        arriving.append(replace(leaving, from_place=Place.LINEAGE, to_place=Place.HELD))
    if arriving:
        movements[child.pk] = arriving
        post(movements, at=at, recorded_at=at, actor_id=viewer.user_id, reason=reason[:200])


def _tell(viewer: Viewer, lots: Sequence[Lot], child: Lot, at: dt.datetime) -> None:
    named = ", ".join(lot.reference for lot in lots)
    pks = [lot.pk for lot in lots]
    into = f"Merged into {child.reference}"
    record_events(pks, Verb.DIVIDED, at=at, recorded_at=at, viewer=viewer, words=into)
    record_events(
        [child.pk], Verb.DERIVED, at=at, recorded_at=at, viewer=viewer, words=f"Merged from {named}"
    )
