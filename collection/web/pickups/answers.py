"""The holder's answer to a proposed pickup: accept, another time, refuse."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from collection.actions.proposals import (
    accept_pickup,
    ask_for_other_time,
    offered_slots,
    refuse_pickup,
    slot_of,
)
from collection.models import Pickup
from collection.rules.appointments import Slot
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import LongText, Radios, Select, Text

REASONS = (
    "The lots are sold to somebody else",
    "The lots are not ready for a long time",
    "We do not want to give them to this plant",
)


class OtherTimeForm(KitForm):
    slot = forms.ChoiceField(
        label="When would suit you?",
        widget=Select,
        help_text="The plant sees whether a vehicle can be there then, and answers.",
        error_messages={"required": "Choose a time"},
    )
    words = forms.CharField(
        label="Anything the plant should know", required=False, max_length=300, widget=LongText(rows=2)
    )

    def __init__(self, *args: Any, slots: list[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = {slot.starts_at.isoformat(): slot for slot in slots}
        field: Any = self.fields["slot"]
        days = groupby(slots, key=lambda slot: f"{timezone.localtime(slot.starts_at):%A %-d %B}")
        field.choices = [("", "Choose a day and time"), *((day, _options(of_day)) for day, of_day in days)]


def _options(slots: Any) -> list[tuple[str, str]]:
    return [
        (
            slot.starts_at.isoformat(),
            f"{timezone.localtime(slot.starts_at):%a %-d %b, %H:%M} to {timezone.localtime(slot.ends_at):%H:%M}",
        )
        for slot in slots
    ]


class RefusalForm(KitForm):
    why = forms.ChoiceField(
        label="Why do you refuse it?",
        choices=[*((words, words) for words in REASONS), ("other", "Another reason")],
        widget=Radios(reveals={"other": "other"}),
        help_text="The plant reads this. Your lots are free again.",
        error_messages={"required": "Choose why you refuse it"},
    )
    other = forms.CharField(label="Reason", required=False, max_length=200, widget=Text())

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("why") == "other" and not answers.get("other"):
            self.add_error("other", "Enter the reason")
        return answers

    def words(self) -> str:
        why: str = self.cleaned_data["other" if self.cleaned_data["why"] == "other" else "why"]
        return why.rstrip(".") + "."


@requires(Permission.ANSWER_PICKUP)
@require_POST
def accept(request: ViewerRequest, reference: str) -> HttpResponseBase:
    accept_pickup(request.viewer, _own(request, reference).pk, at=request.now)
    messages.success(request, "You accepted the time. The plant is told.")
    return redirect("pickup", reference)


@requires(Permission.ANSWER_PICKUP)
@require_http_methods(["GET", "POST"])
def other_time(request: ViewerRequest, reference: str) -> HttpResponseBase:
    pickup = _own(request, reference)
    form = OtherTimeForm(request.POST or None, slots=offered_slots(pickup, request.now))
    if form.is_valid():
        slot = form.slots[form.cleaned_data["slot"]]
        ask_for_other_time(request.viewer, pickup.pk, slot, words=form.cleaned_data["words"], at=request.now)
        messages.success(request, f"You asked for {slot.words}. The plant answers here.")
        return redirect("pickup", reference)
    return form_page(
        request,
        form,
        title="Ask for another time",
        intro=f"Proposed: {slot_of(pickup).words}.",
        back_href=f"/pickups/{reference}/",
        submit_label="Ask for this time",
    )


@requires(Permission.ANSWER_PICKUP)
@require_http_methods(["GET", "POST"])
def refuse(request: ViewerRequest, reference: str) -> HttpResponseBase:
    pickup = _own(request, reference)
    form = RefusalForm(request.POST or None)
    if form.is_valid():
        refuse_pickup(request.viewer, pickup.pk, why=form.words(), at=request.now)
        messages.success(request, "You refused the pickup. Your lots are free again.")
        return redirect("pickup", reference)
    return form_page(
        request, form, title="Refuse the pickup", back_href=f"/pickups/{reference}/", submit_label="Refuse it"
    )


def _own(request: ViewerRequest, reference: str) -> Pickup:
    pickup: Pickup = (
        Pickup.objects.visible_to(request.viewer)
        .select_related("round__facility", "site")
        .get(reference=reference)
    )
    return pickup
