"""Offers of domestic recyclers on held lots: made, answered, withdrawn, run out. Each end is written once."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q

from collection.actions.custody import LONDON
from collection.actions.dispatch import ASSESS_DUE, nudge
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import record_events
from collection.actions.notifications import members_with, notify
from collection.actions.references import next_reference
from collection.models import Lot, Offer
from collection.rules.lifecycle import OPEN_STATES, STATE_LABELS, LotState, StateConflictError, Verb
from collection.rules.offers import OFFER_WORDS, OfferState, check_price, pounds, stands_until
from collection.rules.roles import NotPermittedError, OrganisationKind, Permission, Role, Viewer, require

SWEEP_LIMIT = 2000


def make_offer(
    viewer: Viewer, lot_id: int, *, pence_per_kg: int, days: int, at: dt.datetime, note: str = ""
) -> Offer:
    """Offer a price for a held lot. A newer offer takes the place of one's own; the same twice is one.

    Raises OfferInputError for a price or time out of range, StateConflictError where the lot is not held.
    """
    require(viewer, Permission.MAKE_OFFER)
    if viewer.organisation_kind != OrganisationKind.RECYCLER:
        raise NotPermittedError("Only a recycler can make an offer.")
    check_price(pence_per_kg)
    until = stands_until(at, days)
    try:
        with transaction.atomic():
            lot = _held(viewer, lot_id)
            own = Offer.unscoped.filter(
                lot=lot, organisation_id=viewer.organisation_id, state=OfferState.OPEN
            )
            standing = own.first()
            if standing and (standing.pence_per_kg, standing.note) == (pence_per_kg, note[:200]):
                own.update(expires_at=until)
                standing.expires_at = until
                return standing
            own.update(state=OfferState.REPLACED, ended_at=at, ended_by_id=viewer.user_id)
            offer = Offer.unscoped.create(
                reference=next_reference("OFR", at),
                lot=lot,
                organisation_id=viewer.organisation_id,
                pence_per_kg=pence_per_kg,
                note=note[:200],
                made_at=at,
                made_by_id=viewer.user_id,
                expires_at=until,
            )
            _record(offer, Verb.OFFERED, viewer, at)
            _tell_holder(offer, lot, at)
    except IntegrityError as error:
        raise StateConflictError("Somebody of your organisation made an offer at the same moment.") from error
    return offer


def answer_offer(viewer: Viewer, offer_id: int, *, accept: bool, at: dt.datetime, answer: str = "") -> Offer:
    """The holder takes or declines an open offer. Taking one declines the others on the lot."""
    require(viewer, Permission.ANSWER_OFFER)
    with transaction.atomic():
        offer: Offer = Offer.objects.visible_to(viewer).select_related("lot").get(pk=offer_id)
        if offer.lot.holder_id != viewer.organisation_id:
            raise Offer.DoesNotExist
        if accept:
            _held(viewer, offer.lot_id)
        state = OfferState.ACCEPTED if accept else OfferState.DECLINED
        _end(offer, state, viewer, at, answer)
        if accept:
            for other in Offer.unscoped.filter(lot=offer.lot, state=OfferState.OPEN).select_related("lot"):
                _end(other, OfferState.DECLINED, viewer, at, "Another offer was accepted")
    return offer


def withdraw_offer(viewer: Viewer, offer_id: int, *, at: dt.datetime) -> Offer:
    """The recycler takes its own open offer back."""
    require(viewer, Permission.MAKE_OFFER)
    with transaction.atomic():
        offer: Offer = Offer.objects.visible_to(viewer).select_related("lot").get(pk=offer_id)
        if offer.organisation_id != viewer.organisation_id:
            raise Offer.DoesNotExist
        _end(offer, OfferState.WITHDRAWN, viewer, at, "")
    return offer


def end_stale_offers(*, at: dt.datetime) -> int:
    """End offers whose time ran out or whose lot is no longer there; how many. Safe to run twice."""
    gone = Q(expires_at__lte=at) | ~Q(lot__state__in=OPEN_STATES)
    stale = Offer.unscoped.filter(gone, state=OfferState.OPEN).select_related("lot").order_by("pk")
    ended = 0
    for offer in stale[:SWEEP_LIMIT]:
        with transaction.atomic():
            ended += _set_end(offer, OfferState.LAPSED, None, min(offer.expires_at, at), "")
            _record(offer, Verb.OFFER_ENDED, None, at)
    return ended


def _held(viewer: Viewer, lot_id: int) -> Lot:
    lot: Lot = Lot.objects.visible_to(viewer).select_related("product").get(pk=lot_id)
    if lot.state != LotState.HELD:
        raise StateConflictError(
            f"{lot.reference} is no longer held: {STATE_LABELS[LotState(lot.state)].lower()}."
        )
    return lot


def _set_end(offer: Offer, state: OfferState, viewer: Viewer | None, at: dt.datetime, answer: str) -> int:
    """Write the end of an open offer, once. 0 when somebody was first."""
    user_id = viewer.user_id if viewer else None
    written = Offer.unscoped.filter(pk=offer.pk, state=OfferState.OPEN).update(
        state=state, ended_at=max(at, offer.made_at), ended_by_id=user_id, answer=answer[:200]
    )
    offer.state, offer.ended_at, offer.answer = state, max(at, offer.made_at), answer[:200]
    return written


def _end(offer: Offer, state: OfferState, viewer: Viewer, at: dt.datetime, answer: str) -> None:
    if offer.expires_at <= at and state == OfferState.ACCEPTED:
        raise StateConflictError(
            f"{offer.reference} ran out on {offer.expires_at.astimezone(LONDON):%-d %B %Y}."
        )
    if not _set_end(offer, state, viewer, at, answer):
        offer.refresh_from_db()
        raise StateConflictError(f"{offer.reference}: {OFFER_WORDS[OfferState(offer.state)].lower()}.")
    verb = {OfferState.ACCEPTED: Verb.OFFER_ACCEPTED, OfferState.DECLINED: Verb.OFFER_DECLINED}
    _record(offer, verb.get(state, Verb.OFFER_ENDED), viewer, at)
    if state in verb:
        _tell_maker(offer, at)
    else:
        _tell_holder(offer, offer.lot, at)


def _record(offer: Offer, verb: Verb, viewer: Viewer | None, at: dt.datetime) -> None:
    """The event names the offer and not its price: lots are read by more people than offers are."""
    record_events(
        [offer.lot_id], verb, at=at, recorded_at=at, viewer=viewer, words=f"Offer {offer.reference}"
    )
    mark_due([offer.lot_id], at=at)
    nudge(ASSESS_DUE)


def _tell_holder(offer: Offer, lot: Lot, at: dt.datetime) -> None:
    people = members_with([lot.holder_id], [Role.COLLECTOR])[lot.holder_id]
    maker = offer.organisation.name
    withdrawn = offer.state == OfferState.WITHDRAWN
    until = f"The offer stands until {offer.expires_at.astimezone(LONDON):%-d %B %Y}. {offer.note}"
    notify(
        people,
        "offer",
        f"{lot.reference}: {maker} {'withdrew its offer' if withdrawn else 'makes an offer'}",
        f"{maker} {'no longer offers' if withdrawn else 'offers'} {pounds(offer.pence_per_kg)} for a kilogram "
        f"of the lot as it lies. " + ("" if withdrawn else until),
        f"/lots/{lot.reference}/offers/",
        f"offer-{offer.pk}-{offer.state}",
        at,
    )


def _tell_maker(offer: Offer, at: dt.datetime) -> None:
    people = members_with([offer.organisation_id], [Role.PLANNER])[offer.organisation_id]
    notify(
        people,
        "offer",
        f"{offer.lot.reference}: your offer was {OFFER_WORDS[OfferState(offer.state)].lower()}",
        f"{offer.reference}, {pounds(offer.pence_per_kg)} a kilogram. {offer.answer}"
        + (" Plan a pickup to make it sure." if offer.state == OfferState.ACCEPTED else ""),
        f"/lots/{offer.lot.reference}/offers/",
        f"offer-{offer.pk}-{offer.state}",
        at,
    )
