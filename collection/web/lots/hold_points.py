"""The hold points of a defence lot: which are open, and recording the evidence of one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.hold_points import (
    HoldPointRefusedError,
    may_record_hold_points,
    record_hold_point,
)
from collection.models import HoldPointRecord, Lot
from collection.queries.lots import lot_of
from collection.rules.hold_points import HOLD_WORDS, HoldPoint, open_points
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kept import keeps_typed, typed_on
from collection.web.kit.components import Task
from collection.web.kit.dates import DayField
from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import LongText, Text


class HoldPointForm(KitForm):
    evidence = forms.CharField(
        label="Evidence",
        max_length=300,
        widget=LongText(rows=2),
        error_messages={"required": "Enter the number or reference of the evidence"},
    )
    checked_by = forms.CharField(
        label="Who checked it",
        help_text="Full name of the person who has seen the evidence and stands for it.",
        max_length=120,
        widget=Text(width=20),
        error_messages={"required": "Enter the name of the person who checked it"},
    )
    checked_on = DayField(label="Day it was checked", error_messages={"required": "Enter the day"})

    def __init__(self, *args: Any, point: HoldPoint, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"checked_on": today}, **kwargs)
        words = HOLD_WORDS[point]
        self.fields["evidence"].help_text = f"{words.evidence}. For example: {words.example}"


@require_safe
@requires(Permission.SEE_LOTS)
def hold_points(request: ViewerRequest, reference: str) -> HttpResponse:
    """All five hold points of a lot with what was recorded."""
    lot = _defence_lot(request, reference)
    context = {
        "lot": lot,
        "tasks": hold_tasks(lot, list(lot.hold_points.all()), may_record_hold_points(request.viewer, lot)),
        "records": lot.hold_points.select_related("recorded_by"),
        "back_href": reverse("lot", args=[reference]),
    }
    return render(request, "collection/lots/hold_points.html", context)


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT)
def hold_point(request: ViewerRequest, reference: str, point: str) -> HttpResponseBase:
    """Record the evidence of one hold point."""
    lot = _defence_lot(request, reference)
    if point not in tuple(HoldPoint):
        raise Lot.DoesNotExist
    chosen = HoldPoint(point)
    today = timezone.localdate(request.now)
    form = HoldPointForm(typed_on(request), point=chosen, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            record_hold_point(request.viewer, lot.pk, chosen, at=request.now, **form.cleaned_data)
        except HoldPointRefusedError as refused:
            for problem in refused.problems:
                form.add_error(problem.field, str(problem))
        else:
            messages.success(request, f"Recorded for {reference}: {HOLD_WORDS[chosen].name}.")
            return redirect("lot-hold-points", reference)
    return form_page(
        request,
        form,
        title=HOLD_WORDS[chosen].name,
        intro=f"{reference}. What is recorded cannot be changed afterwards.",
        back_href=reverse("lot-hold-points", args=[reference]),
        submit_label="Record",
    )


def hold_tasks(lot: Lot, records: list[HoldPointRecord], may_record: bool) -> list[Task]:
    """The five hold points as a task list; open ones lead to their form for those who may record them."""
    still_open = open_points({record.point for record in records})
    tasks = []
    for point in HoldPoint:
        if point in still_open:
            href = reverse("lot-hold-point", args=[lot.reference, point.value]) if may_record else ""
            tasks.append(Task(HOLD_WORDS[point].name, "Open", href, tone="caution"))
        else:
            record = next(record for record in records if record.point == point)
            hint = f"{record.evidence}. Checked by {record.checked_by}, {record.checked_on:%-d %B %Y}"
            tasks.append(Task(HOLD_WORDS[point].name, "Recorded", "", hint=hint, tone="good"))
    return tasks


def _defence_lot(request: ViewerRequest, reference: str) -> Lot:
    lot = lot_of(request.viewer, reference)
    if not lot.is_defence:
        raise Lot.DoesNotExist
    return lot
