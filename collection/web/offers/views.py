"""Offers and bids on one lot: seen together, made, answered, taken back, reported."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.bids import report_bid, report_site_event
from collection.actions.offers import answer_offer, make_offer, withdraw_offer
from collection.models import Lot, Offer
from collection.queries.lots import lot_of
from collection.queries.offers import lot_market
from collection.rules.lifecycle import OPEN_STATES, LotState, StateConflictError
from collection.rules.offers import OfferInputError, OfferState, pounds
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.forms import KitForm
from collection.web.offers.forms import AnswerForm, BidForm, OfferForm, SeenForm

TONES = {OfferState.OPEN: "brand", OfferState.ACCEPTED: "good"}


@requires(Permission.SEE_LOTS)
@require_safe
def offers(request: ViewerRequest, reference: str) -> HttpResponse:
    """What is offered here and abroad for a lot."""
    market = lot_market(request.viewer, lot_of(request.viewer, reference))
    rows = [(offer, TONES.get(OfferState(offer.state), "neutral")) for offer in market.offers]
    return render(
        request, "collection/offers/offers.html", {"market": market, "lot": market.lot, "rows": rows}
    )


@requires(Permission.MAKE_OFFER)
@require_http_methods(["GET", "POST"])
def new_offer(request: ViewerRequest, reference: str) -> HttpResponseBase:
    lot = lot_of(request.viewer, reference)
    _must_be(lot, frozenset({LotState.HELD}))
    form = OfferForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        made = make_offer(
            request.viewer,
            lot.pk,
            pence_per_kg=form.pence,
            days=answers["days"],
            note=answers["note"],
            at=request.now,
        )
        messages.success(request, f"{made.reference}: {lot.holder.name} has been told.")
        return redirect("lot-offers", reference)
    bid = lot_market(request.viewer, lot).best_bid
    known = f" An export bid of {pounds(bid.pence_per_kg)} a kilogram is known." if bid else ""
    return _page(request, form, "Make an offer", lot, f"{lot.holder.name} is told at once.{known}")


@requires(Permission.ANSWER_OFFER)
@require_http_methods(["GET", "POST"])
def accept(request: ViewerRequest, reference: str, offer_id: int) -> HttpResponseBase:
    return _answer(request, reference, offer_id, takes=True)


@requires(Permission.ANSWER_OFFER)
@require_http_methods(["GET", "POST"])
def decline(request: ViewerRequest, reference: str, offer_id: int) -> HttpResponseBase:
    return _answer(request, reference, offer_id, takes=False)


def _answer(request: ViewerRequest, reference: str, offer_id: int, *, takes: bool) -> HttpResponseBase:
    """Ask first, with the offer in sight; a good answer leads back to the lot's offers."""
    lot, offer = _offer(request, reference, offer_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer_offer(
            request.viewer, offer.pk, accept=takes, answer=form.cleaned_data["answer"], at=request.now
        )
        messages.success(request, f"{offer.organisation.name} has been told.")
        return redirect("lot-offers", reference)
    title = "Accept this offer" if takes else "Decline this offer"
    words = f"{offer.organisation.name} offers {pounds(offer.pence_per_kg)} a kilogram. "
    after = "The recycler then plans a pickup. Other offers on this lot are declined." if takes else ""
    return _page(request, form, title, lot, words + after)


@requires(Permission.MAKE_OFFER)
@require_http_methods(["GET", "POST"])
def withdraw(request: ViewerRequest, reference: str, offer_id: int) -> HttpResponseBase:
    lot, offer = _offer(request, reference, offer_id)
    form = KitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        withdraw_offer(request.viewer, offer.pk, at=request.now)
        messages.success(request, f"{offer.reference} is withdrawn. {lot.holder.name} has been told.")
        return redirect("lot-offers", reference)
    return _page(
        request, form, "Withdraw this offer", lot, f"{pounds(offer.pence_per_kg)} for a kilogram of the lot."
    )


@requires(Permission.RECORD_EXPORT, Permission.RECORD_OUTCOME)
@require_http_methods(["GET", "POST"])
def new_bid(request: ViewerRequest, reference: str) -> HttpResponseBase:
    lot = lot_of(request.viewer, reference)
    _must_be(lot, OPEN_STATES)
    today = timezone.localdate(request.now)
    form = BidForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST" and form.is_valid():
        answers = {name: value for name, value in form.cleaned_data.items() if name != "price"}
        try:
            report_bid(request.viewer, lot.pk, pence_per_kg=form.pence, at=request.now, **answers)
        except OfferInputError as error:
            form.add_error(error.field if error.field in form.fields else "price", str(error))
        else:
            messages.success(request, f"The bid is kept with {reference}. Its score takes it in.")
            return redirect("lot-offers", reference)
    words = "A bid from abroad is no offence. It tells recyclers what they have to match."
    return _page(request, form, "Report an export bid", lot, words)


@requires(Permission.RECORD_EXPORT, Permission.RECORD_OUTCOME)
@require_http_methods(["GET", "POST"])
def seen(request: ViewerRequest, reference: str) -> HttpResponseBase:
    lot = lot_of(request.viewer, reference)
    _must_be(lot, OPEN_STATES)
    today = timezone.localdate(request.now)
    form = SeenForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            report_site_event(request.viewer, lot.pk, at=request.now, **form.cleaned_data)
        except OfferInputError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, "It is kept. Every lot at this site is looked at again.")
            return redirect("lot-offers", reference)
    return _page(
        request, form, "Record what was seen at the site", lot, "It counts for every lot that lies there."
    )


def _offer(request: ViewerRequest, reference: str, offer_id: int) -> tuple[Lot, Offer]:
    lot = lot_of(request.viewer, reference)
    offer = Offer.objects.visible_to(request.viewer).select_related("organisation").get(pk=offer_id, lot=lot)
    return lot, offer


def _must_be(lot: Lot, states: frozenset[LotState]) -> None:
    if lot.state not in states:
        raise StateConflictError(f"{lot.reference} is no longer held: {lot.get_state_display().lower()}.")


def _page(request: ViewerRequest, form: KitForm, title: str, lot: Lot, words: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        intro=f"{lot.reference}: {lot.quantity_text} of {lot.product.name}. {words}",
        back_href=reverse("lot-offers", args=[lot.reference]),
        submit_label=title,
    )
