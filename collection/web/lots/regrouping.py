"""Splitting, merging and taking apart a lot: the pages."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.merging import merge
from collection.actions.regrouping import may_regroup, split, take_apart
from collection.models import Dismantling, Lot
from collection.queries.disassembly import maker_names
from collection.queries.lineage import family_of, lots_to_merge_with
from collection.queries.lots import lot_of
from collection.rules.content import ContentInputError
from collection.rules.content.disassembly import MATERIALS, OBSTACLES
from collection.rules.lifecycle import LotState, StateConflictError
from collection.rules.merging import MergeRefusedError
from collection.rules.roles import NotPermittedError, Permission
from collection.rules.spoken_mass import mass
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.components import SummaryRow
from collection.web.kit.numbers import kilograms
from collection.web.lots.lineage_graph import draw_lineage
from collection.web.lots.regrouping_forms import ApartForm, MergeForm, SplitForm, expected_of


@require_safe
@requires(Permission.SEE_LOTS)
def lineage(request: ViewerRequest, reference: str) -> HttpResponse:
    """What a lot came from and what came of it: drawn, as a table, and with its balance of mass."""
    family = family_of(request.viewer, reference)
    context = {
        "family": family,
        "lot": family.lot,
        "drawing": draw_lineage(family),
        "apart": [apart_rows(change.dismantling) for change in family.changes if change.dismantling],
        "steps": [(family.lots[link.parent_id], family.lots[link.child_id], link) for link in family.links],
    }
    return render(request, "collection/lots/lineage.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT)
def split_page(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Divide part of a lot off."""
    lot = _lot_in_hand(request, reference)
    form = SplitForm(request.POST or None, lot=lot, initial={"submission_id": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        try:
            child = split(
                request.viewer,
                lot.pk,
                answers["quantity"],
                reason=answers["reason"],
                submission_id=answers["submission_id"],
                at=request.now,
            )
        except ContentInputError as refusal:
            form.add_error("quantity", str(refusal))
        else:
            messages.success(
                request, f"{child.quantity_text} are now {child.reference}; the rest is {reference}."
            )
            return redirect("lot-lineage", child.reference)
    return _page(request, lot, form, "Split this lot", "Split the lot")


@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT)
def merge_page(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Join other lots with this one."""
    lot = _lot_in_hand(request, reference)
    others = lots_to_merge_with(request.viewer, lot)
    if not others and request.method == "GET":
        return render(request, "collection/lots/nothing_to_merge.html", {"lot": lot})
    form = MergeForm(request.POST or None, others=others, initial={"submission_id": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        chosen = [int(pk) for pk in answers["others"]]
        try:
            child = merge(
                request.viewer,
                [lot.pk, *chosen],
                reason=answers["reason"],
                submission_id=answers["submission_id"],
                at=request.now,
            )
        except MergeRefusedError as refusal:
            for words in refusal.reasons:
                form.add_error("others", words)
        else:
            messages.success(
                request, f"{len(chosen) + 1} lots are now {child.reference}. The old ones stay on record."
            )
            return redirect("lot-lineage", child.reference)
    return _page(request, lot, form, "Merge lots", "Merge the lots")


@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT)
def apart_page(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Record that a lot was taken apart; filled in with what should come out."""
    lot = _lot_in_hand(request, reference)
    expected = expected_of(lot)
    initial = {"submission_id": uuid.uuid4(), **expected.initial}
    form = ApartForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            done = take_apart(
                request.viewer,
                lot.pk,
                form.apart(),
                submission_id=form.cleaned_data["submission_id"],
                at=request.now,
            )
        except ContentInputError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            found = done.record.freed_grams
            messages.success(
                request,
                f"{reference} was taken apart: {kilograms(found)} of magnets"
                + (f" are now {done.magnets.reference}." if done.magnets else "; none came out."),
            )
            return redirect("lot-lineage", reference)
    return _page(
        request,
        lot,
        form,
        "Record that it was taken apart",
        "Record it",
        template_name="collection/lots/take_apart.html",
        expected=expected.sentences,
        makers=maker_names(request.viewer, lot.product_id),
    )


def apart_rows(record: Dismantling) -> list[SummaryRow]:
    """A record of taking apart, as its page shows it."""
    others = [f"{MATERIALS[code]} {kilograms(grams)}" for code, grams in record.other_grams.items()]
    per_kg = f"{1000 * record.minutes / record.freed_grams:,.0f} a kg of magnet" if record.freed_grams else ""
    rows = [
        SummaryRow("Maker and model", f"{record.maker} {record.model}"),
        SummaryRow("Taken apart", f"{record.items:,} items on {timezone.localtime(record.at):%-d %B %Y}"),
        SummaryRow("Minutes", [f"{record.minutes:,} together", *([per_kg] if per_kg else [])]),
        SummaryRow(
            "Magnets",
            [
                f"Freed {kilograms(record.freed_grams)}, of these unbroken {kilograms(record.intact_grams)}",
                f"Left in the scrap {kilograms(record.residue_grams)}",
                f"Lost {kilograms(record.loss_grams)}",
            ],
        ),
        SummaryRow("Other parts", others),
        SummaryRow("In the way", ", ".join(OBSTACLES[code] for code in record.obstacles) or "Nothing noted"),
        SummaryRow("Why weights differ", record.unexplained_reason),
    ]
    return [row for row in rows if row.value]


def _lot_in_hand(request: ViewerRequest, reference: str) -> Lot:
    """The lot, refused where the viewer may not regroup it now. A form sent twice is let through, so that it
    finds what it made."""
    lot = lot_of(request.viewer, reference)
    if may_regroup(request.viewer, lot):
        return lot
    if lot.holder_id != request.viewer.organisation_id:
        raise NotPermittedError(f"Only the holder of {reference} may divide, merge or take it apart.")
    if request.method == "GET" or lot.state != LotState.DIVIDED:
        raise StateConflictError(f"{reference} is {lot.get_state_display().lower()}: it is no longer held.")
    return lot


def _page(request: ViewerRequest, lot: Lot, form: Any, title: str, submit: str, **more: Any) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        intro=f"{lot.reference}: {lot.quantity_text} of {lot.product.name}, about {mass(lot.magnet_grams)} of magnets",
        back_href=reverse("lot", args=[lot.reference]),
        submit_label=submit,
        **more,
    )
