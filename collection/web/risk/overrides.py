"""Putting a person's band in place of the model's, taking it back, and judging both by what happened."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.overrides import lift_override, override_band
from collection.models import Band, RiskOverride, Score
from collection.queries.lots import lot_of
from collection.queries.overrides import override_book
from collection.rules.lifecycle import OPEN_STATES, StateConflictError
from collection.rules.risk_override import LONGEST_DAYS, OVERRIDE_REASONS, USUAL_DAYS, OverrideRecord
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.forms import KitForm
from collection.web.kit.numbers import percent
from collection.web.kit.widgets import LongText, Number, Radios

DIRECTIONS = {
    "raised": "Raised above the model",
    "lowered": "Lowered below the model",
    "kept": "Held at the model’s band",
}


class OverrideForm(KitForm):
    band = forms.TypedChoiceField(
        label="Which band should hold?",
        choices=[(band.value, band.label) for band in reversed(Band)],
        coerce=int,
        widget=Radios(hints={str(Band.HIGH): "The lot is flagged", str(Band.LOW): "A flag is closed"}),
        error_messages={"required": "Choose a band"},
    )
    reason = forms.ChoiceField(
        label="Why?",
        choices=list(OVERRIDE_REASONS.items()),
        widget=Radios(),
        error_messages={"required": "Choose a reason"},
    )
    words = forms.CharField(
        label="What you know",
        help_text="Everybody who may see the lot can read this.",
        max_length=300,
        widget=LongText(rows=3),
        error_messages={"required": "Say in a sentence what you know"},
    )
    days = forms.IntegerField(
        label="For how long",
        help_text="It ends by itself. Make it anew if it still holds then.",
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=USUAL_DAYS,
        widget=Number(whole=True, suffix="days", width=3),
        error_messages={"required": "Enter a number of days"},
    )


@requires(Permission.OVERRIDE_RISK)
@require_http_methods(["GET", "POST"])
def override(request: ViewerRequest, reference: str) -> HttpResponseBase:
    lot = lot_of(request.viewer, reference)
    if lot.state not in OPEN_STATES:
        raise StateConflictError(f"{reference} is no longer held: {lot.get_state_display().lower()}.")
    score = Score.objects.filter(lot=lot).first()
    form = OverrideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        made = override_band(
            request.viewer,
            lot.pk,
            to_band=answers["band"],
            reason=answers["reason"],
            words=answers["words"],
            days=answers["days"],
            at=request.now,
        )
        until = f"{timezone.localtime(made.expires_at):%-d %B %Y}"
        messages.success(request, f"{reference} is {made.get_band_display().lower()} until {until}.")
        return redirect("lot", reference)
    says = f"The model gives it {percent(score.p90)} within 90 days. " if score else ""
    return form_page(
        request,
        form,
        title="Override the risk band",
        intro=f"{reference}: {lot.quantity_text} of {lot.product.name}. {says}Your name and reason are kept, "
        "and overrides are judged later by what happened.",
        back_href=reverse("lot", args=[reference]),
        submit_label="Put this band in force",
    )


@requires(Permission.OVERRIDE_RISK)
@require_http_methods(["GET", "POST"])
def lift(request: ViewerRequest, reference: str) -> HttpResponseBase:
    lot = lot_of(request.viewer, reference)
    running = get_object_or_404(RiskOverride, lot=lot, ended_at=None)
    form = KitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        lift_override(request.viewer, running.pk, at=request.now)
        messages.success(request, f"The model’s band holds for {reference} again.")
        return redirect("lot", reference)
    return form_page(
        request,
        form,
        title="End the override",
        intro=f"{reference} is {running.get_band_display().lower()} until "
        f"{timezone.localtime(running.expires_at):%-d %B %Y}: {running.words}",
        back_href=reverse("lot", args=[reference]),
        submit_label="End it now",
    )


@requires(Permission.OVERRIDE_RISK)
@require_safe
def overrides(request: ViewerRequest) -> HttpResponse:
    """Overrides in force, and how people and model did on those whose 90 days have passed."""
    book = override_book(request.viewer, at=request.now)
    context = {"book": book, "record": [(DIRECTIONS[one.direction], one, _said(one)) for one in book.record]}
    return render(request, "collection/risk/overrides.html", context)


def _said(one: OverrideRecord) -> str:
    right = one.people_were_right
    if right is None:
        return "Nothing to say yet" if not one.count else "Not a disagreement"
    return "People saw more than the model" if right else "The model was nearer"
