"""Scrap metal dealers' records: kept for a lot, listed, and exported for an inspection."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.dealer_records import (
    LONGEST_REASON,
    DealerRecordRefusedError,
    correct_receipt,
    record_receipt,
)
from collection.models import DealerRecord, Lot
from collection.queries.dealer_records import (
    dealer_records_between,
    dealer_records_page,
    lots_without_record,
    records_of,
)
from collection.queries.lots import lot_of
from collection.rules.dealer_record import KEPT_YEARS, is_wanted
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kept import keeps_typed, typed_on
from collection.web.kit.components import SummaryRow
from collection.web.kit.widgets import Text
from collection.web.logging.dealer import DealerPage
from collection.web.logging.page import Known, LotChoices

COLUMNS = (
    "lot", "received", "metal", "quantity", "net kg", "form", "condition", "marks", "vehicle", "seller",
    "seller address", "verified by", "document number", "paid by", "payment", "payment evidence", "keep until",
    "recorded", "state", "why corrected",
)  # fmt: skip


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT)
def dealer_record(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """The record of one lot: shown, or asked for while there is none."""
    lot = lot_of(request.viewer, reference)
    if lot.holder_id != request.viewer.organisation_id or not is_wanted(
        source_kind=lot.source_kind, nation=lot.nation
    ):
        raise Lot.DoesNotExist
    kept = records_of(request.viewer, lot)
    if not kept:
        return _ask(request, lot)
    context = {
        "lot": lot,
        "rows": record_rows(kept[0]),
        "record": kept[0],
        "earlier": [(record, record_rows(record)) for record in kept[1:]],
        "back_href": reverse("lot", args=[reference]),
    }
    return render(request, "collection/lots/dealer_record.html", context)


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT)
def correct(request: ViewerRequest, reference: str, record_id: int) -> HttpResponseBase:
    """Another record in the place of this one, which stays; refused where it is not the current one any more."""
    lot = lot_of(request.viewer, reference)
    record = DealerRecord.objects.visible_to(request.viewer).get(pk=record_id, lot=lot)
    if not record.is_current and request.method != "POST":
        return redirect("lot-dealer-record", reference)
    return _ask(request, lot, record)


class CorrectionPage(DealerPage):
    """A record as it should have been, and why it was not."""

    intro = later_label = ""
    problem_fields = {**DealerPage.problem_fields, "dealer_record.reason": "reason"}

    reason = forms.CharField(
        label="Why is it corrected?",
        help_text="For example: the plate was misread. The record as it was stays below the corrected one.",
        max_length=LONGEST_REASON,
        widget=Text(width=20),
        error_messages={"required": "Say why it is corrected"},
    )


def _ask(request: ViewerRequest, lot: Lot, replaces: DealerRecord | None = None) -> HttpResponseBase:
    known = Known(source_kind=lot.source_kind, nation=lot.nation)
    choices = LotChoices((), timezone.localdate(request.now))
    page = DealerPage if replaces is None else CorrectionPage
    initial = typed_of(replaces) if replaces else {}
    form = page(typed_on(request), choices=choices, known=known, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            if replaces is None:
                record_receipt(request.viewer, lot.pk, form.record(), at=request.now)
            else:
                reason = form.cleaned_data["reason"]
                correct_receipt(
                    request.viewer,
                    lot.pk,
                    form.record(),
                    replaces_id=replaces.pk,
                    reason=reason,
                    at=request.now,
                )
        except DealerRecordRefusedError as refused:
            for problem in refused.problems:
                form.add_error(form.problem_fields[problem.field], str(problem))
        else:
            done = "kept" if replaces is None else "corrected; the one before stays"
            messages.success(request, f"The dealer’s record of {lot.reference} is {done}.")
            return redirect("lot", lot.reference)
    return form_page(
        request,
        form,
        title="Scrap metal dealer’s record" if replaces is None else "Correct the dealer’s record",
        intro=f"{lot.reference}: {lot.quantity_text} of {lot.product.name}. Kept for three years; only your own "
        "organisation can see it.",
        back_href=reverse("lot" if replaces is None else "lot-dealer-record", args=[lot.reference]),
        submit_label="Keep this record" if replaces is None else "Keep this correction",
    )


def typed_of(record: DealerRecord) -> dict[str, object]:
    """A record as somebody would type it into the form."""
    received = timezone.localtime(record.received_at)
    same = (name for name in DealerPage.base_fields if name not in ("received_on", "received_time"))
    return {
        **{name: getattr(record, name) for name in same},
        "received_on": received.date(),
        "received_time": f"{received:%H:%M}",
    }


@require_safe
@requires(Permission.CHANGE_OWN_LOT)
def dealer_records(request: ViewerRequest) -> HttpResponse:
    """The records that are still to be made, and the organisation's records, newest first."""
    page = dealer_records_page(
        request.viewer, before=request.GET.get("before", ""), after=request.GET.get("after", "")
    )
    context = {
        "records": page.records,
        "cursors": page.cursors,
        "to_make": lots_without_record(request.viewer),
    }
    return render(request, "collection/lots/dealer_records.html", context)


@require_safe
@requires(Permission.CHANGE_OWN_LOT)
def export(request: ViewerRequest) -> StreamingHttpResponse:
    """Every record that must still be kept, as a CSV file, for a constable or the council."""
    today = timezone.localdate(request.now)
    since = today - dt.timedelta(days=KEPT_YEARS * 366)
    found = dealer_records_between(request.viewer, since, today + dt.timedelta(days=1))
    response = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="dealer-records-{today:%Y-%m-%d}.csv"'
    return response


class _Echo:
    """A file that hands back what is written to it, for `csv.writer`."""

    def write(self, line: str) -> str:
        return line


def _lines(records: Iterator[DealerRecord]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for record in records:
        lot = record.lot
        net = None if lot.gross_grams is None else (lot.gross_grams - (lot.tare_grams or 0)) / 1000
        yield writer.writerow(
            [
                lot.reference,
                f"{timezone.localtime(record.received_at):%Y-%m-%d %H:%M}",
                lot.product.name,
                lot.quantity_text,
                "" if net is None else f"{net:.3f}",
                *map(_harmless, (record.form, record.condition, record.marks, record.vehicle)),
                *map(_harmless, (record.seller_name, record.seller_address)),
                record.get_document_display(),
                *map(_harmless, (record.document_reference, record.paid_by)),
                record.get_payment_display(),
                _harmless(record.payment_reference),
                record.keep_until.isoformat(),
                f"{timezone.localtime(record.recorded_at):%Y-%m-%d %H:%M}",
                "in force" if record.is_current else "corrected since",
                _harmless(record.reason),
            ]
        )


def _harmless(text: str) -> str:
    """A cell that a spreadsheet will not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def record_rows(record: DealerRecord) -> list[SummaryRow]:
    """A record as people look it over."""
    received = timezone.localtime(record.received_at)
    return [
        SummaryRow("Received", f"{received:%-d %B %Y, %H:%M}"),
        SummaryRow("Form and condition", [record.form, record.condition]),
        SummaryRow("Marks", record.marks),
        SummaryRow("Vehicle", record.vehicle or "Did not come on a vehicle"),
        SummaryRow("Seller", [record.seller_name, *record.seller_address.splitlines()]),
        SummaryRow("Verified by", [record.get_document_display(), record.document_reference]),
        SummaryRow("Paid by", record.paid_by),
        SummaryRow("Payment", [record.get_payment_display(), *filter(None, [record.payment_reference])]),
        SummaryRow("Keep until", f"{record.keep_until:%-d %B %Y}"),
    ]
