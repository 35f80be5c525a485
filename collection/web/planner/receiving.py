"""The plant's gate: weigh a load in, then record what was made of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.receipts import WeighingError, expected_net_grams, process, receive
from collection.models import Facility, Lot, Receipt
from collection.queries.receiving import loads_in_transit, receipt_with_lot, receipts_to_process
from collection.rules.lifecycle import LotState
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.components import SummaryRow
from collection.web.kit.numbers import kilograms
from collection.web.planner.receiving_forms import ProcessForm, WeighInForm

RECORDED_BEFORE = "This was recorded before, as it stands here. What you sent now changed nothing."

# Both lists are worked off from the oldest; what comes after these moves up.
MOST_SHOWN = 100


@requires(Permission.RECEIVE)
@require_safe
def loads(request: ViewerRequest) -> HttpResponse:
    context = {
        "loads": loads_in_transit(request.viewer)[:MOST_SHOWN],
        "receipts": receipts_to_process(request.viewer)[:MOST_SHOWN],
        "most": MOST_SHOWN,
    }
    return render(request, "collection/planner/receiving.html", context)


@requires(Permission.RECEIVE)
@require_http_methods(["GET", "POST"])
def weigh_in(request: ViewerRequest, reference: str) -> HttpResponseBase:
    lot: Lot = (
        Lot.objects.visible_to(request.viewer).select_related("product", "holder").get(reference=reference)
    )
    plants = list(Facility.objects.filter(organisation_id=request.viewer.organisation_id, accepts_lots=True))
    if lot.state != LotState.IN_TRANSIT:
        receipt = Receipt.objects.visible_to(request.viewer).filter(lot=lot).first()
        return _as_recorded(request, receipt.reference) if receipt else redirect("receiving")
    form = WeighInForm(
        request.POST or None,
        plants=plants,
        initial={"submission_id": uuid.uuid4(), "facility": str(plants[0].pk) if plants else ""},
    )
    if form.is_valid():
        try:
            receipt = receive(
                request.viewer,
                lot.pk,
                form.weighing(),
                facility_id=int(form.cleaned_data["facility"]),
                submission_id=form.cleaned_data["submission_id"],
                at=request.now,
            )
        except WeighingError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return redirect("receipt", receipt.reference)
    return form_page(
        request,
        form,
        title=f"Weigh in {reference}",
        back_href="/receiving/",
        submit_label="Weigh in",
        template_name="collection/planner/weigh_in.html",
        rows=_load_rows(lot),
    )


@requires(Permission.RECEIVE, Permission.PROCESS)
@require_safe
def receipt_page(request: ViewerRequest, reference: str) -> HttpResponse:
    receipt = receipt_with_lot(request.viewer, reference)
    processing = getattr(receipt.lot, "processing", None)
    context = {"receipt": receipt, "rows": _receipt_rows(receipt), "processing": processing}
    return render(request, "collection/planner/receipt.html", context)


@requires(Permission.PROCESS)
@require_http_methods(["GET", "POST"])
def process_lot(request: ViewerRequest, reference: str) -> HttpResponseBase:
    receipt = receipt_with_lot(request.viewer, reference)
    lot = receipt.lot
    if lot.state != LotState.RECEIVED:
        return _as_recorded(request, reference)
    form = ProcessForm(request.POST or None, initial={"submission_id": uuid.uuid4()})
    if form.is_valid():
        try:
            process(
                request.viewer,
                lot.pk,
                retained_grams=form.cleaned_data["retained"],
                batch=form.cleaned_data["batch"],
                route_code=receipt.facility.route_code,
                submission_id=form.cleaned_data["submission_id"],
                at=request.now,
            )
        except WeighingError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return redirect("receipt", reference)
    return form_page(
        request,
        form,
        title=f"Process {lot.reference}",
        intro=f"{kilograms(lot.magnet_grams)} of magnets were received. "
        "What is not retained counts as residue.",
        back_href=f"/receipts/{reference}/",
        submit_label="Record",
    )


def _as_recorded(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """To the receipt as it stands. Whoever went back and sent other figures is told that they did not count."""
    if request.method == "POST":
        messages.info(request, RECORDED_BEFORE)
    return redirect("receipt", reference)


def _load_rows(lot: Lot) -> list[SummaryRow]:
    expected = expected_net_grams(lot)
    return [
        SummaryRow("What", f"{lot.product.name}, {lot.quantity_text}"),
        SummaryRow("From", lot.holder.name),
        SummaryRow("Expected net weight", kilograms(expected) if expected else "Never weighed"),
        SummaryRow("Magnets, by estimate", kilograms(lot.magnet_grams)),
    ]


def _receipt_rows(receipt: Receipt) -> list[SummaryRow]:
    rows: list[tuple[str, Any]] = [
        ("Lot", receipt.lot.reference),
        ("What", f"{receipt.lot.product.name}, {receipt.lot.quantity_text}"),
        ("From", receipt.lot.holder.name),
        ("Plant", receipt.facility.name),
        ("Gross", kilograms(receipt.gross_grams)),
        ("Tare", kilograms(receipt.tare_grams)),
        ("Net", kilograms(receipt.net_grams)),
        ("Expected net", kilograms(receipt.expected_net_grams) if receipt.expected_net_grams else ""),
        ("Difference", _difference(receipt)),
        ("Magnets weighed", kilograms(receipt.magnet_grams) if receipt.magnet_grams else ""),
        ("Weighbridge ticket", receipt.weighbridge_ticket),
    ]
    return [SummaryRow(key, value) for key, value in rows if value]


def _difference(receipt: Receipt) -> list[str] | str:
    if not receipt.expected_net_grams:
        return ""
    grams = receipt.net_grams - receipt.expected_net_grams
    sign = "+" if grams > 0 else "−" if grams < 0 else ""
    share = abs(grams) / receipt.expected_net_grams
    lines = [f"{sign}{kilograms(abs(grams))} ({sign}{share:.1%})"]
    return [*lines, receipt.difference_reason] if receipt.difference_reason else lines
