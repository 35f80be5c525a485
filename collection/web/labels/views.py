"""Labels to print, and the address their QR symbols hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from collection.actions.labels import MAY_PRINT, issue_labels
from collection.queries.labels import IssuedLabel, containers_of, label_of, lots_that_need_labels
from collection.queries.lots import lot_of
from collection.rules.labels import MOST_CONTAINERS, LabelSheet
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.labels.forms import LotLabelsForm, SeveralLabelsForm, SheetForm


@require_http_methods(["GET", "POST"])
@requires(*MAY_PRINT)
def lot_labels(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Labels of one lot, one for each container."""
    lot = lot_of(request.viewer, reference)
    form = LotLabelsForm(
        request.POST if request.method == "POST" else None,
        initial={"containers": min(containers_of(lot), MOST_CONTAINERS)},
    )
    if request.method == "POST" and form.is_valid():
        containers = form.cleaned_data["containers"]
        issued = issue_labels(request.viewer, [lot.reference], containers=containers, at=request.now)
        return _pdf(request, issued, form, name=f"labels-{lot.reference}")
    return form_page(
        request,
        form,
        title=f"Labels of {reference}",
        back_href=reverse("lot", args=[reference]),
        submit_label="Print labels",
        intro="Whoever may see the lot and scans its label opens it; to anybody else the label says only "
        "what is printed on it.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LOT)
def labels(request: ViewerRequest) -> HttpResponseBase:
    """One label for each of several lots of the viewer's organisation."""
    lots = lots_that_need_labels(request.viewer)
    form = SeveralLabelsForm(request.POST if request.method == "POST" else None, lots=lots)
    if request.method == "POST" and form.is_valid():
        issued = issue_labels(request.viewer, form.cleaned_data["lots"], at=request.now)
        return _pdf(request, issued, form, name="labels")
    return form_page(
        request, form, title="Print labels", back_href=reverse("lots"), submit_label="Print labels"
    )


@require_GET
@never_cache
@requires(Permission.SEE_LOTS)
def scanned(request: ViewerRequest, token: str) -> HttpResponseBase:
    """Where a label's symbol leads: to the lot, for those who may see it. Others learn nothing, not even
    whether there is such a label."""
    label = label_of(request.viewer, token)
    return redirect("lot", label.lot.reference)


def _pdf(
    request: ViewerRequest, labels: Sequence[IssuedLabel], form: SheetForm, *, name: str
) -> HttpResponse:
    from collection.documents.labels import draw_labels

    sheet = cast(LabelSheet, form.chosen_sheet)
    first = form.cleaned_data["first_free"] or 1
    pdf = draw_labels(labels, sheet, at=request.now, first_free=1 if sheet.is_roll else first)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
