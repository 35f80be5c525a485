"""The queue of estimates still to be replaced, and replacing one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection.actions.evidence import EvidenceError, may_record_evidence
from collection.actions.weights import WeighingRefusedError, replace_by_weighing, see_to
from collection.models import WeightReading
from collection.queries.lots import lot_of
from collection.queries.weights import (
    MOST_SHOWN,
    colleagues_of,
    weight_to_replace,
    weights_to_replace,
)
from collection.rules.lifecycle import StateConflictError
from collection.rules.mass_input import format_mass
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kept import keeps_typed, typed_on
from collection.web.weights.forms import OwnerForm, WeighingForm


@require_safe
@requires(Permission.CHANGE_OWN_LOT)
def queue(request: ViewerRequest) -> HttpResponse:
    """What still has to be weighed, oldest first, with who sees to it. `?show=mine` narrows it."""
    is_mine = request.GET.get("show") == "mine"
    found = weights_to_replace(request.viewer, mine=is_mine)
    rows = [
        {
            "reading": one.reading,
            "lot": one.reading.lot,
            "weight": format_mass(one.reading.net_grams) if one.reading.net_grams else "No weight",
            "how": one.reading.get_method_display() or "Nobody said how",
            "is_weak_content": one.is_weak_content,
            "days": (request.now - one.reading.read_at).days,
        }
        for one in found
    ]
    context = {"rows": rows, "is_mine": is_mine, "is_full": len(found) == MOST_SHOWN}
    return render(request, "collection/weights/queue.html", context)


@require_POST
@requires(Permission.CHANGE_OWN_LOT)
def take(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """See to one oneself."""
    reading = see_to(request.viewer, pk, request.viewer.user_id, at=request.now)
    messages.success(request, f"You see to weighing {reading.lot.reference}.")
    return redirect("weights")


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT)
def assign(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """Give one to a colleague, or back to everybody."""
    reading = weight_to_replace(request.viewer, pk)
    form = OwnerForm(
        typed_on(request),
        colleagues=list(colleagues_of(request.viewer)),
        initial={"owner": str(reading.owner_id or "")},
    )
    if request.method == "POST" and form.is_valid():
        see_to(request.viewer, pk, form.owner_id, at=request.now)
        messages.success(request, f"Noted who sees to {reading.lot.reference}.")
        return redirect("weights")
    title = f"Who sees to weighing {reading.lot.reference}?"
    return form_page(request, form, title=title, back_href=reverse("weights"), submit_label="Save")


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT)
def weigh(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Write down what a lot weighed; the estimate stays in its history."""
    lot = lot_of(request.viewer, reference)
    if lot.holder_id != request.viewer.organisation_id:
        raise WeightReading.DoesNotExist
    if not may_record_evidence(request.viewer, lot):
        raise StateConflictError(
            f"{reference} is {lot.get_state_display().lower()}: weigh it where it is now."
        )
    form = WeighingForm(typed_on(request), initial={"submission_id": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        submission_id = form.cleaned_data["submission_id"]
        try:
            replace_by_weighing(
                request.viewer, lot.pk, form.weighing(), submission_id=submission_id, at=request.now
            )
        except WeighingRefusedError as refused:
            for problem in refused.problems:
                form.add_error(form.problem_fields[problem.field], str(problem))
        except EvidenceError as refused:
            form.add_error("net", str(refused))
        else:
            messages.success(request, f"{reference} is weighed; the estimate is replaced and kept.")
            return redirect("lot", reference)
    return form_page(
        request,
        form,
        title="Write down a weighing",
        intro=f"{reference}: {lot.quantity_text} of {lot.product.name}",
        back_href=reverse("lot", args=[reference]),
        submit_label="Replace the estimate",
    )
