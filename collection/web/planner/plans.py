"""Asking for a plan, watching it come, confirming it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection.actions.plans import (
    PlanRefusedError,
    PlanRequest,
    cancel_plan,
    request_plan,
    stop_searching,
    wishes_of,
)
from collection.actions.rounds import DutyError, PlanTakenError, confirm_plan
from collection.models import Facility, JobState, Plan, Vehicle
from collection.rules.planning.snapshot import kept_vehicle_days
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.planner.plan_form import PlanForm, first_answers
from collection.web.planner.plan_view import plan_context, plan_of

RECENT = 25


@requires(Permission.PLAN_ROUNDS)
@require_safe
def all_plans(request: ViewerRequest) -> HttpResponse:
    plans = Plan.objects.visible_to(request.viewer).select_related("facility", "based_on", "regular")
    heavy = [f"{of}{name}" for of in ("", "based_on__") for name in ("problem", "progress", "answer")]
    context = {"plans": plans.defer(*heavy).order_by("-pk")[:RECENT]}
    return render(request, "collection/planner/plans.html", context)


@requires(Permission.PLAN_ROUNDS)
@require_http_methods(["GET", "POST"])
def new_plan(request: ViewerRequest) -> HttpResponseBase:
    viewer = request.viewer
    plants = list(Facility.objects.filter(organisation_id=viewer.organisation_id, accepts_lots=True))
    fleet = list(Vehicle.objects.visible_to(viewer).filter(is_active=True, depot__in=plants))
    if not plants or not fleet:
        return render(request, "collection/planner/cannot_plan.html", {"plants": plants})
    initial = first_answers(plants, fleet, timezone.localdate(request.now))
    form = PlanForm(request.POST or None, plants=plants, fleet=fleet, initial=initial)
    if form.is_valid():
        try:
            plan = request_plan(viewer, form.plan_request(), at=request.now)
        except PlanRefusedError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return redirect("plan", plan.reference)
    return form_page(
        request,
        form,
        title="Plan rounds",
        intro="Nothing is booked until you have seen the plan and confirmed it.",
        back_href="/planner/",
        submit_label="Plan rounds",
    )


@requires(Permission.PLAN_ROUNDS)
@require_safe
def plan_page(request: ViewerRequest, reference: str) -> HttpResponse:
    plan = plan_of(request, reference)
    return render(request, "collection/planner/plan.html", plan_page_context(request, plan))


def plan_page_context(request: ViewerRequest, plan: Plan) -> dict[str, object]:
    """The plan with what only its whole page offers: vehicles to add, plans made from it."""
    rows = kept_vehicle_days(plan.problem)
    others = Vehicle.objects.visible_to(request.viewer).filter(depot=plan.facility, is_active=True)
    return plan_context(plan) | {
        "other_vehicles": others.exclude(pk__in={row.vehicle_id for row in rows}).order_by("name", "pk"),
        "days": sorted({row.on for row in rows}),
        "changed_plans": Plan.unscoped.filter(based_on=plan)
        .defer("problem", "answer", "progress")
        .order_by("pk"),
        "unlawful": [],
    }


@requires(Permission.PLAN_ROUNDS)
@require_safe
def plan_progress(request: ViewerRequest, reference: str) -> HttpResponse:
    """The part of the page that changes while the plan is being worked out."""
    plan = plan_of(request, reference)
    response = render(request, "collection/planner/plan_progress.html", plan_context(plan))
    if plan.state not in (JobState.WAITING, JobState.RUNNING):
        # The whole page has more to say now: reasons, what was left out, the button to confirm.
        response["X-Poll-Location"] = f"/plans/{plan.reference}/"
    return response


@requires(Permission.PLAN_ROUNDS)
@require_POST
def cancel(request: ViewerRequest, reference: str) -> HttpResponseBase:
    cancel_plan(request.viewer, plan_of(request, reference).pk, at=request.now)
    return redirect("plan", reference)


@requires(Permission.PLAN_ROUNDS)
@require_POST
def enough(request: ViewerRequest, reference: str) -> HttpResponseBase:
    stop_searching(request.viewer, plan_of(request, reference).pk)
    return redirect("plan", reference)


@requires(Permission.CONFIRM_PLAN)
@require_POST
def confirm(request: ViewerRequest, reference: str) -> HttpResponseBase:
    plan = plan_of(request, reference)
    try:
        rounds = confirm_plan(request.viewer, plan.pk, at=request.now)
    except PlanTakenError as conflict:
        context = {**plan_page_context(request, plan), "taken": conflict.taken}
        return render(request, "collection/planner/plan.html", context, status=409)
    except DutyError as conflict:
        context = {**plan_page_context(request, plan), "unlawful": conflict.sentences}
        return render(request, "collection/planner/plan.html", context, status=409)
    noun = "round is" if len(rounds) == 1 else "rounds are"
    messages.success(request, f"{len(rounds)} {noun} booked and the holders are told.")
    return redirect("plan", reference)


@requires(Permission.PLAN_ROUNDS)
@require_POST
def plan_again(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """The same request on the lots that can still be had, with what the planner ticked left out or insisted on."""
    plan = plan_of(request, reference)
    wishes = wishes_of(plan)
    without, must = _ticked(request, "without"), _ticked(request, "must")
    wishes["without_lot_ids"] = (set(wishes["without_lot_ids"]) | without) - must
    wishes["must_lot_ids"] = (set(wishes["must_lot_ids"]) | must) - without
    again = PlanRequest(
        facility_id=plan.facility_id,
        from_on=max(plan.from_on, timezone.localdate(request.now)),
        days=plan.days,
        vehicle_ids=list(plan.vehicles.values_list("pk", flat=True)),
        seconds=plan.seconds,
        seed=plan.seed,
        **wishes,
    )
    try:
        return redirect("plan", request_plan(request.viewer, again, at=request.now).reference)
    except PlanRefusedError as refusal:
        messages.error(request, refusal.message)
        return redirect("new-plan")


def _ticked(request: ViewerRequest, name: str) -> set[int]:
    """Lot ids of ticked stops; a stop sends those of all its lots, separated by commas."""
    return {int(pk) for stop in request.POST.getlist(name) for pk in stop.split(",") if pk.isdecimal()}
