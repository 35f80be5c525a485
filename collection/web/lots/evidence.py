"""Recording what was weighed or measured of a lot, and every estimate it ever had."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.evidence import (
    Evidence,
    EvidenceError,
    estimate_with,
    may_record_evidence,
    record_evidence,
)
from collection.models import Estimate, Lot
from collection.queries.lots import lot_of
from collection.rules.content import EVIDENCE_CLASSES, ContentInputError
from collection.rules.content.coefficients import RARE_EARTHS
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission
from collection.rules.spoken_mass import mass
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.lots.evidence_forms import (
    ELEMENT_LABELS,
    CertificateForm,
    EvidenceForm,
    OpenedForm,
    WeighedForm,
    XrfForm,
)


@require_safe
@requires(Permission.SEE_LOTS)
def evidence(request: ViewerRequest, reference: str) -> HttpResponse:
    """Every estimate of a lot, and what may be recorded now."""
    lot = lot_of(request.viewer, reference)
    context = {
        "lot": lot,
        "may_record": may_record_evidence(request.viewer, lot),
        "estimates": [
            (each, EVIDENCE_CLASSES[each.evidence_class]) for each in lot.estimates.order_by("-pk")
        ],
    }
    return render(request, "collection/lots/evidence.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT, Permission.RECEIVE)
def weighed(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """The freed magnets were weighed."""
    return _evidence_page(request, reference, WeighedForm, "Record weighed magnets")


@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT, Permission.RECEIVE)
def opened(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Some items were opened and their magnets weighed."""
    return _evidence_page(request, reference, OpenedForm, "Record opened items")


@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT, Permission.RECEIVE)
def certificate(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """A laboratory or a plant certified what the magnets are made of."""
    return _evidence_page(request, reference, CertificateForm, "Record a certificate")


@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT, Permission.RECEIVE)
def xrf(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Magnets were read with a handheld XRF instrument."""
    return _evidence_page(request, reference, XrfForm, "Record XRF readings")


def _evidence_page(
    request: ViewerRequest, reference: str, form_class: type[EvidenceForm], title: str
) -> HttpResponseBase:
    """Ask, show what would change, and keep it once that was seen."""
    lot = lot_of(request.viewer, reference)
    if request.method == "GET":
        if not may_record_evidence(request.viewer, lot):
            raise StateConflictError(f"Only whoever has {reference} in hand may record evidence on it.")
        return _ask(request, lot, form_class(initial={"submission_id": uuid.uuid4()}), title)
    form = form_class(request.POST, request.FILES)
    if not form.is_valid() or "change" in request.POST:
        return _ask(request, lot, form, title)
    try:
        found, warnings = form.evidence(lot)
        if "save" in request.POST:
            return _keep(request, lot, form, found)
        before, after = estimate_with(lot, found, at=request.now)
    except (ContentInputError, EvidenceError) as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _ask(request, lot, form, title)
    context = {
        "lot": lot,
        "title": title,
        "warnings": warnings,
        "rows": _changes(before, after),
        "sent_again": form.to_send_again(),
    }
    return render(request, "collection/lots/evidence_check.html", context)


def _ask(request: ViewerRequest, lot: Lot, form: EvidenceForm, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        intro=f"{lot.reference}: {lot.quantity_text} of {lot.product.name}",
        back_href=reverse("lot-evidence", args=[lot.reference]),
        submit_label="See what changes",
    )


def _keep(request: ViewerRequest, lot: Lot, form: EvidenceForm, found: Evidence) -> HttpResponseBase:
    record_evidence(
        request.viewer,
        lot.pk,
        found,
        submission_id=form.cleaned_data["submission_id"],
        at=request.now,
    )
    messages.success(
        request, f"{found.words}: the estimate of {lot.reference} is replaced, the old one kept."
    )
    return redirect("lot", lot.reference)


def _changes(before: Estimate, after: Estimate) -> list[dict[str, str]]:
    """What the estimate says now and what it would say, line by line."""
    rows = [
        {
            "name": "Magnets",
            "before": _range(before.magnet_low_grams, before.magnet_central_grams, before.magnet_high_grams),
            "after": _range(after.magnet_low_grams, after.magnet_central_grams, after.magnet_high_grams),
        }
    ]
    for element in RARE_EARTHS:
        old, new = before.elements.get(element, (0, 0, 0)), after.elements.get(element, (0, 0, 0))
        if old[2] or new[2]:
            name = ELEMENT_LABELS[element]
            rows.append({"name": name, "before": _range(*old), "after": _range(*new)})
    rows.append({"name": "Evidence", "before": _class(before), "after": _class(after)})
    return rows


def _range(low: int, central: int, high: int) -> str:
    return f"{mass(central)} ({mass(low)} to {mass(high)})"


def _class(kept: Estimate) -> str:
    return f"Class {kept.evidence_class}: {EVIDENCE_CLASSES[kept.evidence_class]}"
