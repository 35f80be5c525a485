"""Plans: asked for, watched while they are worked out, cancelled or confirmed."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.plans import (
    PlanRefusedError,
    PlanRequest,
    cancel_plan,
    request_plan,
    stop_searching,
)
from collection.actions.rounds import confirm_plan
from collection.api.base import (
    CHANGING,
    CREATING,
    CURSOR,
    LIMIT,
    LISTING,
    READING,
    LodestoneView,
)
from collection.api.plan_shapes import PlanIn, PlanOut, PlanPage, plan_head, plan_shape
from collection.models import Facility, Plan
from collection.rules.roles import Permission, Viewer

PLANS = frozenset({Permission.PLAN_ROUNDS})


def readable_plans(viewer: Viewer) -> "QuerySet[Plan, Plan]":
    """Plans with everything their shape needs: two queries whatever the number."""
    found: QuerySet[Plan, Plan] = Plan.objects.visible_to(viewer).select_related("facility", "based_on")
    heavy = ("based_on__problem", "based_on__answer", "based_on__progress")
    return found.defer(*heavy).prefetch_related("rounds")


class PlansView(LodestoneView):
    """Your plans; and asking for one."""

    needs = {"GET": PLANS, "POST": PLANS}

    @extend_schema(
        operation_id="plans_list",
        summary="List your plans, newest first",
        parameters=[CURSOR, LIMIT],
        responses={200: PlanPage, **LISTING},
    )
    def get(self, request: Request) -> Response:
        plans = Plan.objects.visible_to(self.viewer).select_related("facility", "based_on")
        heavy = [f"{of}{name}" for of in ("", "based_on__") for name in ("problem", "answer", "progress")]
        return self.page(plans.defer(*heavy), plan_head, request)

    @extend_schema(
        operation_id="plans_request",
        summary="Ask for rounds",
        description="A worker searches in the background: read the plan until its state is done. "
        "Nothing is reserved, so asking twice harms nobody.",
        request=PlanIn,
        responses={202: PlanOut, **CREATING},
    )
    def post(self, request: Request) -> Response:
        wanted = self.body(PlanIn)
        vehicles, code = wanted.pop("vehicles"), wanted.pop("facility")
        facility = Facility.objects.filter(code=code).first()
        if facility is None:
            raise PlanRefusedError("facility", "Choose one of your own plants that takes lots.")
        asked = PlanRequest(facility_id=facility.pk, vehicle_ids=vehicles, **wanted)
        plan = request_plan(self.viewer, asked, at=self.now())
        shape = plan_shape(readable_plans(self.viewer).get(pk=plan.pk))
        return Response(shape, status=status.HTTP_202_ACCEPTED)


class PlanView(LodestoneView):
    """One plan."""

    needs = {"GET": PLANS}

    @extend_schema(
        operation_id="plans_read",
        summary="Read a plan: its progress, and the best rounds so far",
        responses={200: PlanOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(plan_shape(readable_plans(self.viewer).get(reference=reference)))


class PlanCancellationView(LodestoneView):
    """Giving a plan up."""

    needs = {"POST": PLANS}

    @extend_schema(
        operation_id="plans_cancel",
        summary="Cancel a plan that waits or runs",
        description="A running search notices within a second. A plan that is over stays as it is.",
        request=None,
        responses={200: PlanOut, **READING},
    )
    def post(self, request: Request, reference: str) -> Response:
        plan = readable_plans(self.viewer).get(reference=reference)
        cancel_plan(self.viewer, plan.pk, at=self.now())
        return Response(plan_shape(readable_plans(self.viewer).get(pk=plan.pk)))


class PlanEnoughView(LodestoneView):
    """Being content with what was found."""

    needs = {"POST": PLANS}

    @extend_schema(
        operation_id="plans_enough",
        summary="Stop searching and keep the best rounds so far",
        request=None,
        responses={200: PlanOut, **READING},
    )
    def post(self, request: Request, reference: str) -> Response:
        plan = readable_plans(self.viewer).get(reference=reference)
        stop_searching(self.viewer, plan.pk)
        return Response(plan_shape(readable_plans(self.viewer).get(pk=plan.pk)))


class PlanConfirmationView(LodestoneView):
    """Booking a plan."""

    needs = {"POST": frozenset({Permission.CONFIRM_PLAN})}

    @extend_schema(
        operation_id="plans_confirm",
        summary="Confirm a plan: reserve its lots, make its rounds, tell the holders",
        description="All or nothing. Confirming twice makes the rounds once. Where a lot or vehicle was "
        "taken meanwhile, 409 names each and nothing is booked.",
        request=None,
        responses={200: PlanOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        plan = readable_plans(self.viewer).get(reference=reference)
        confirm_plan(self.viewer, plan.pk, at=self.now())
        return Response(plan_shape(readable_plans(self.viewer).get(pk=plan.pk)))
