"""How a held lot leaves without being retained: forms for an export, a loss, a withdrawal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from collection.actions.departures import record_export, record_loss, withdraw
from collection.models import DestinationClass, Lot
from collection.queries.lots import lot_of
from collection.rules.lifecycle import LotState, StateConflictError
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.dates import DayField
from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import LongText, Radios, Text


class DepartureForm(KitForm):
    """A day in the past or today, not before the lot was logged."""

    happened_on = DayField(label="Day it left", error_messages={"required": "Enter the day it left"})

    def __init__(self, *args: Any, lot: Lot, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"happened_on": today}, **kwargs)
        self.lot, self.today = lot, today

    def clean_happened_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["happened_on"]
        logged_on = timezone.localdate(self.lot.logged_at)
        if day > self.today:
            raise ValidationError("The day it left cannot be in the future")
        if day < logged_on:
            raise ValidationError(
                f"{self.lot.reference} was logged on {logged_on:%-d %B %Y}; it cannot have left before that"
            )
        return day


class ExportForm(DepartureForm):
    destination_class = forms.ChoiceField(
        label="Where did it go?",
        choices=DestinationClass.choices,
        widget=Radios(),
        error_messages={"required": "Choose where it went"},
    )
    country = forms.CharField(label="Country", required=False, max_length=60, widget=Text(width=20))
    port = forms.CharField(label="Port", required=False, max_length=80, widget=Text(width=20))
    explanation = forms.CharField(
        label="How you know", required=False, max_length=2000, widget=LongText(rows=3)
    )


class LossForm(DepartureForm):
    explanation = forms.CharField(
        label="What happened to it",
        help_text="For example: shredded with the car, stolen, went out with mixed iron.",
        max_length=2000,
        widget=LongText(rows=3),
        error_messages={"required": "Say what happened to it"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].label = "Day it was lost"
        self.fields["happened_on"].error_messages["required"] = "Enter the day it was lost"


class WithdrawForm(KitForm):
    why = forms.CharField(
        label="Why it is withdrawn",
        help_text="Only for a lot logged in error. Its history stays; its mass leaves the figures.",
        max_length=190,
        widget=LongText(rows=3),
        error_messages={"required": "Say why it is withdrawn"},
    )

    def __init__(self, *args: Any, lot: Lot, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_EXPORT, Permission.RECORD_OUTCOME)
def export(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Record that a held lot left the country."""

    def write(lot: Lot, answers: dict[str, Any]) -> None:
        record_export(request.viewer, lot.pk, at=request.now, **answers)

    return _departure_page(request, reference, ExportForm, "Record an export", write)


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_EXPORT, Permission.RECORD_OUTCOME)
def loss(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Record that a held lot is gone."""

    def write(lot: Lot, answers: dict[str, Any]) -> None:
        record_loss(request.viewer, lot.pk, at=request.now, **answers)

    return _departure_page(request, reference, LossForm, "Record a loss", write)


@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT)
def withdrawal(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Withdraw a lot that was logged in error."""

    def write(lot: Lot, answers: dict[str, Any]) -> None:
        withdraw(request.viewer, lot.pk, at=request.now, **answers)

    return _departure_page(request, reference, WithdrawForm, "Withdraw this lot", write)


def _departure_page(
    request: ViewerRequest, reference: str, form_class: Any, title: str, write: Any
) -> HttpResponseBase:
    """Show the form of a departure; a good one is written and leads back to the lot."""
    lot = lot_of(request.viewer, reference)
    if lot.state != LotState.HELD:
        raise StateConflictError(f"{reference} is no longer held: {lot.get_state_display().lower()}.")
    today = timezone.localdate(request.now)
    form = form_class(request.POST if request.method == "POST" else None, lot=lot, today=today)
    if request.method == "POST" and form.is_valid():
        write(lot, form.cleaned_data)
        messages.success(request, f"Recorded for {reference}.")
        return redirect("lot", reference)
    return form_page(
        request,
        form,
        title=title,
        intro=f"{reference}: {lot.quantity_text} of {lot.product.name}",
        back_href=reverse("lot", args=[reference]),
        submit_label=title,
    )
