"""Logging lots: the one way a lot enters the register."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from collection.actions.custody import LONDON, estimate_composition, estimate_doubt, post
from collection.actions.dispatch import ASSESS_DUE, nudge
from collection.actions.estimates import condition_of, content_of, estimate_row
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import record_events
from collection.actions.lot_details import write_details
from collection.actions.references import next_reference
from collection.actions.reserved_references import take_reserved_reference
from collection.actions.watched import arrived_from_draft
from collection.models import Lot, LotPhoto, Organisation, ProductType, Site, SupplyClass
from collection.queries.intake import look_up, supply_class_of
from collection.queries.reference import current_catalogue, locate_postcode, product_facts
from collection.rules.answers import Problem, RefusedAnswerError, error, errors_in
from collection.rules.content import Catalogue, advise_route
from collection.rules.custody import Movement
from collection.rules.intake import LookedUp, NewLot, check_new_lot
from collection.rules.lifecycle import LotState, Place, Verb
from collection.rules.roles import Permission, Viewer, require


class LotRefusedError(Exception):
    """A new lot that cannot be logged as it stands; carries every problem with its way out."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class LoggedLot:
    """The lot, and whether this call made it (False: the same submission had made it before)."""

    lot: Lot
    is_new: bool


def log_lot(
    viewer: Viewer,
    new_lot: NewLot,
    *,
    at: dt.datetime,
    recorded_at: dt.datetime | None = None,
    draft_id: int | None = None,
    reference: str = "",
) -> LoggedLot:
    """Log a lot for the viewer's organisation, once per `submission_id`.

    A lot logged without signal was logged `at` and reaches the register later, `recorded_at`; it may carry
    one of the references its phone was given in advance. Raises LotRefusedError with every problem found;
    nothing is written then.
    """
    require(viewer, Permission.LOG_LOT)
    earlier = _logged_before(viewer, new_lot.submission_id)
    if earlier is not None:
        return LoggedLot(earlier, is_new=False)
    checked = _check(viewer, new_lot, at)
    catalogue = current_catalogue()
    try:
        with transaction.atomic():
            lot = _create(
                viewer, new_lot, checked.product, checked.place, at, _reference_for(viewer, reference, at)
            )
            write_details(viewer, lot, new_lot, checked.looked_up, checked.supply_class, at=at)
            _enter_mass(viewer, lot, catalogue, at, recorded_at or at)
            if draft_id is not None:
                LotPhoto.objects.filter(draft_id=draft_id, lot=None).update(lot=lot, draft=None)
                arrived_from_draft(draft_id, lot, at=at)
            mark_due([lot.pk], at=recorded_at or at)
            nudge(ASSESS_DUE)
    except (IntegrityError, LotRefusedError):
        # Two requests with one submission at the same moment: the other one won.
        earlier = _logged_before(viewer, new_lot.submission_id)
        if earlier is None:
            raise
        return LoggedLot(earlier, is_new=False)
    return LoggedLot(lot, is_new=True)


def _reference_for(viewer: Viewer, reserved: str, at: dt.datetime) -> str:
    if not reserved:
        return next_reference("LOT", at)
    if take_reserved_reference(viewer, reserved, at=at):
        return reserved
    raise LotRefusedError(
        [
            Problem(
                "reference",
                "not_reserved",
                f"{reserved[:20]} is not one of the numbers kept for you, or another lot has it.",
                "Take another number and write that on the lot.",
            )
        ]
    )


def _logged_before(viewer: Viewer, submission_id: uuid.UUID) -> Lot | None:
    return Lot.unscoped.filter(submission_id=submission_id, holder_id=viewer.organisation_id).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlaceOfLot:
    site: Site | None
    lat: float | None
    lon: float | None
    outcode: str
    nation: str
    region_id: int | None


@dataclass(frozen=True, slots=True)
class _Checked:
    """A new lot's answers as found in the register."""

    product: ProductType
    place: _PlaceOfLot
    looked_up: LookedUp
    supply_class: SupplyClass | None


def _place_of(viewer: Viewer, new_lot: NewLot) -> tuple[_PlaceOfLot | None, Problem | None]:
    """Where the lot is: a saved place of the viewer's, or the point of a postcode's first half; else why not."""
    if new_lot.site_id is not None:
        site = Site.objects.visible_to(viewer).filter(pk=new_lot.site_id).first()
        if site is None:
            return None, error(
                "site", "unknown", "That saved place is not one of yours.", "Choose a place from the list."
            )
        place = _PlaceOfLot(
            site=site,
            lat=site.lat,
            lon=site.lon,
            outcode=site.postcode.split(" ")[0][:4],
            nation=site.nation,
            region_id=site.region_id,
        )
        return place, None
    try:
        point = locate_postcode(new_lot.postcode)
    except RefusedAnswerError as refusal:
        return None, refusal.problem
    place = _PlaceOfLot(
        site=None,
        lat=point.lat,
        lon=point.lon,
        outcode=point.outcode,
        nation=point.nation,
        region_id=point.region.pk,
    )
    return place, None


def _check(viewer: Viewer, new_lot: NewLot, at: dt.datetime) -> _Checked:
    product = ProductType.objects.filter(code=new_lot.product_code, is_current=True).first()
    facts = product_facts(product) if product else None
    place, misplaced = _place_of(viewer, new_lot)
    looked_up = look_up(new_lot, nation=place.nation if place else "", site=place.site if place else None)
    found = check_new_lot(new_lot, facts, at.astimezone(LONDON).date(), looked_up)
    problems = errors_in([*found, *_not_in_the_register(new_lot, looked_up)])
    if misplaced is not None and all(problem.field != misplaced.field for problem in problems):
        problems.append(misplaced)
    if problems or product is None or place is None:
        raise LotRefusedError(problems)
    supply_class = supply_class_of(new_lot.stock_number) if new_lot.stock_number else None
    return _Checked(product, place, looked_up, supply_class)


def _not_in_the_register(new_lot: NewLot, looked_up: LookedUp) -> Iterator[Problem]:
    if new_lot.turbine_model and looked_up.turbine is None:
        yield error(
            "turbine_model",
            "unknown",
            f"“{new_lot.turbine_model[:60]}” is not a turbine model of the table.",
            "Search by maker and model, or leave it empty.",
        )
    if new_lot.stock_number and supply_class_of(new_lot.stock_number) is None:
        yield error(
            "stock_number",
            "class_unknown",
            f"{new_lot.stock_number[:4]} is not a NATO supply class.",
            "Check the first four figures.",
        )


def _create(
    viewer: Viewer, new_lot: NewLot, product: ProductType, place: _PlaceOfLot, at: dt.datetime, reference: str
) -> Lot:
    holder = Organisation.objects.get(pk=viewer.organisation_id)
    return Lot.unscoped.create(
        reference=reference,
        submission_id=new_lot.submission_id,
        holder=holder,
        source_kind=new_lot.source_kind,
        site=place.site,
        product=product,
        quantity=new_lot.quantity,
        unit=new_lot.unit,
        gross_grams=new_lot.gross_grams,
        tare_grams=_not_goods(new_lot),
        condition=new_lot.condition,
        is_magnetised=new_lot.is_magnetised,
        build_year=new_lot.build_year,
        serial=new_lot.serial,
        available_from_on=new_lot.available_from_on,
        intent=new_lot.intent,
        ewc_code=new_lot.ewc_code,
        note=new_lot.note,
        state=LotState.HELD,
        state_at=at,
        magnet_family=product.magnet_family,
        is_defence=new_lot.source_kind == "defence" or product.is_defence_controlled,
        is_demonstration=holder.is_demonstration,
        lat=place.lat,
        lon=place.lon,
        outcode=place.outcode,
        nation=place.nation,
        region_id=place.region_id,
        logged_at=at,
        logged_by_id=viewer.user_id,
    )


def _not_goods(new_lot: NewLot) -> int | None:
    """Tare and pallet together; the weight reading keeps them apart."""
    parts = [grams for grams in (new_lot.tare_grams, new_lot.pallet_grams) if grams is not None]
    return sum(parts) if parts else None


def _enter_mass(
    viewer: Viewer, lot: Lot, catalogue: Catalogue, at: dt.datetime, recorded_at: dt.datetime
) -> None:
    """Estimate the lot and bring its central magnet mass into the ledger."""
    content = content_of(catalogue, lot)
    estimate = estimate_row(
        lot, content, at=at, route_code=advise_route(catalogue, content, condition_of(lot)).route_code
    )
    estimate.save(force_insert=True)
    lot.magnet_grams = estimate.magnet_central_grams
    lot.save(update_fields=["magnet_grams"])
    record_events([lot.pk], Verb.LOGGED, at=at, recorded_at=recorded_at, viewer=viewer)
    if not lot.magnet_grams:
        return
    arriving = Movement(
        from_place=Place.SOURCE,
        to_place=Place.HELD,
        grams=estimate.magnet_central_grams,
        composition=estimate_composition(estimate),
        doubt=estimate_doubt(estimate),
    )
    post(
        {lot.pk: [arriving]},
        at=at,
        recorded_at=recorded_at,
        actor_id=viewer.user_id,
        reason="Logged by the holder",
    )
