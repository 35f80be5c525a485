"""Changing a plan: ask what a change would do, make it, search on from it; and two plans side by side."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection.actions.plan_changes import change_plan, judge_change, search_on
from collection.actions.plans import PlanRefusedError
from collection.models import Plan, Vehicle
from collection.rules.lifecycle import StateConflictError
from collection.rules.planning.answer import PlanAnswer, PlannedStop
from collection.rules.planning.brief import vehicle_day_key
from collection.rules.planning.changes import (
    ADD,
    ADD_VEHICLE,
    ARRANGE,
    DROP,
    KINDS,
    MOVE,
    PIN,
    Change,
    ChangeError,
)
from collection.rules.planning.comparison import compared
from collection.rules.planning.snapshot import kept_vehicle_days
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import Radios, Select
from collection.web.planner.plan_view import plan_of, rounds_map

SEARCH_SECONDS = 20
NO_VEHICLE = ("", "Choose a vehicle and a day")


class ChangeForm(KitForm):
    """What to do with one stop of the plan."""

    kind = forms.ChoiceField(
        label="What would you change?", error_messages={"required": "Choose what to change"}
    )
    vehicle_day = forms.ChoiceField(label="Vehicle and day", required=False, widget=Select)

    def __init__(self, *args: Any, is_planned: bool, vehicle_days: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [DROP, MOVE, PIN] if is_planned else [ADD, MOVE]
        words = KINDS | {
            MOVE: "Move it to another vehicle or day" if is_planned else "Fetch it with this vehicle"
        }
        fields: dict[str, Any] = self.fields
        fields["kind"].widget = Radios(reveals={MOVE: "vehicle_day"})
        fields["kind"].choices = [(kind, words[kind]) for kind in kinds]
        fields["vehicle_day"].choices = [NO_VEHICLE, *((key, key) for key in vehicle_days)]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("kind") == MOVE and not answers.get("vehicle_day"):
            self.add_error("vehicle_day", "Choose a vehicle and a day")
        return answers


@dataclass(frozen=True, slots=True)
class Asked:
    """A change as the address names it."""

    change: Change
    stop: PlannedStop | None

    @property
    def fields(self) -> dict[str, str]:
        """The change as a form sends it."""
        return {name: str(value) for name, value in self.change.as_json().items() if value not in (None, "")}


@requires(Permission.PLAN_ROUNDS)
@require_safe
def change(request: ViewerRequest, reference: str) -> HttpResponse:
    """One stop: what could be changed, and what the chosen change would do. Nothing is written."""
    plan = plan_of(request, reference)
    asked = _asked(request.GET, PlanAnswer.from_json(plan.answer))
    is_fragment = request.headers.get("X-Requested-With") == "fragment"
    context: dict[str, Any] = {"plan": plan, "asked": asked, "form": _form(request, plan, asked)}
    if asked.change.kind:
        context |= _judgement(request, plan, asked, context["form"])
    status = 422 if context["form"] is not None and context["form"].errors else 200
    template = (
        "collection/planner/plan_change_answer.html" if is_fragment else "collection/planner/plan_change.html"
    )
    return render(request, template, context, status=status)


@requires(Permission.PLAN_ROUNDS)
@require_POST
def make_change(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Make the change: a new plan that can be compared with this one."""
    plan = plan_of(request, reference)
    asked = _asked(request.POST, PlanAnswer.from_json(plan.answer))
    try:
        changed = change_plan(request.viewer, plan.pk, asked.change, at=request.now)
    except (ChangeError, PlanRefusedError) as refusal:
        messages.error(request, str(refusal))
        return redirect("plan", reference)
    messages.success(request, f"Changed. {reference} stays as it was, to compare or to go back to.")
    return redirect("plan", changed.reference)


@requires(Permission.PLAN_ROUNDS)
@require_POST
def search_again(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Look for something better in the background, keeping what was changed by hand."""
    plan = plan_of(request, reference)
    again = search_on(request.viewer, plan.pk, seconds=max(plan.seconds, SEARCH_SECONDS), at=request.now)
    return redirect("plan", again.reference)


@requires(Permission.PLAN_ROUNDS)
@require_http_methods(["GET"])
def compare(request: ViewerRequest) -> HttpResponse:
    """Two plans side by side: their figures, and what is in one but not in the other."""
    mine = Plan.objects.visible_to(request.viewer).filter(state="done").select_related("facility")
    choices = list(mine.order_by("-pk").defer("problem", "progress", "answer")[:50])
    chosen = [plan_of(request, request.GET[name]) for name in ("first", "second") if request.GET.get(name)]
    context: dict[str, Any] = {"choices": choices, "chosen": chosen}
    if len(chosen) == 2:
        answers = [PlanAnswer.from_json(plan.answer) for plan in chosen]
        context["comparison"] = compared(answers[0], answers[1])
        context["sides"] = [
            (plan, rounds_map(plan.facility, answer.rounds) if answer.rounds else None)
            for plan, answer in zip(chosen, answers, strict=True)
        ]
    return render(request, "collection/planner/compare.html", context)


def _asked(sent: Any, answer: PlanAnswer) -> Asked:
    position, vehicle_id = sent.get("position", ""), sent.get("vehicle_id", "")
    found = Change(
        kind=sent.get("kind", ""),
        stop=sent.get("stop", ""),
        vehicle_day=sent.get("vehicle_day", ""),
        position=int(position) if position.isdecimal() else None,
        vehicle_id=int(vehicle_id) if vehicle_id.isdecimal() else None,
    )
    stops = [*(stop for each in answer.rounds for stop in each.stops), *answer.omitted]
    return Asked(found, next((stop for stop in stops if stop.key == found.stop), None))


def _form(request: ViewerRequest, plan: Plan, asked: Asked) -> ChangeForm | None:
    if asked.stop is None:
        return None
    return ChangeForm(
        request.GET if asked.change.kind and asked.change.kind != ARRANGE else None,
        is_planned=asked.stop.arrives_at is not None,
        vehicle_days=[row.key for row in kept_vehicle_days(plan.problem)],
    )


def _judgement(request: ViewerRequest, plan: Plan, asked: Asked, form: ChangeForm | None) -> dict[str, Any]:
    if form is not None and form.is_bound and not form.is_valid():
        return {}
    change = asked.change
    if change.kind == ADD_VEHICLE:
        change = _vehicle_change(request, plan)
    try:
        verdict = judge_change(request.viewer, plan, change)
    except (ChangeError, PlanRefusedError, StateConflictError) as refusal:
        return {"refusal": str(refusal)}
    fields = Asked(change, asked.stop).fields
    return {"verdict": verdict, "fields": fields, "again": urlencode(fields)}


def _vehicle_change(request: ViewerRequest, plan: Plan) -> Change:
    """A vehicle and a day as two answers make one key of the brief."""
    vehicle_id, day = request.GET.get("vehicle_id", ""), request.GET.get("on", "")
    vehicle = Vehicle.objects.visible_to(request.viewer).filter(pk=vehicle_id or None).first()
    try:
        on = dt.date.fromisoformat(day)
    except ValueError as error:
        raise ChangeError("Choose a day of the plan.") from error
    if vehicle is None:
        raise ChangeError("Choose a vehicle.")
    key = vehicle_day_key(vehicle.name, vehicle.registration, on)
    return Change(kind=ADD_VEHICLE, vehicle_day=key, vehicle_id=vehicle.pk)
