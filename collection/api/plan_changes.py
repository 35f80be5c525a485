"""Plans changed by hand: what a change would do, making it, searching on, comparing two."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.plan_changes import change_plan, judge_change, search_on
from collection.actions.plans import LONGEST_SEARCH_S, SHORTEST_SEARCH_S
from collection.api.base import CHANGING, READING, ErrorSerializer, LodestoneView, Shape
from collection.api.plan_shapes import PlanBestOut, PlanOut, answer_shape, plan_shape
from collection.api.plans import readable_plans
from collection.models import Plan
from collection.queries.duties import duty_findings
from collection.rules.planning.answer import PlanAnswer
from collection.rules.planning.changes import KINDS, Change
from collection.rules.planning.comparison import compared
from collection.rules.roles import Permission

PLANS = frozenset({Permission.PLAN_ROUNDS})
CHANGE_KINDS = tuple(KINDS.items())


class ChangeIn(Shape):
    """One change. `stop` and `vehicle_day` are named as the plan names them."""

    kind = serializers.ChoiceField(choices=CHANGE_KINDS)
    stop = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="`key` of a stop; not for add_vehicle"
    )
    vehicle_day = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="For move, arrange and add_vehicle: one of `vehicle_days`",
    )
    position = serializers.IntegerField(
        required=False, min_value=0, help_text="For arrange: where in the round, from 0"
    )
    vehicle_id = serializers.IntegerField(required=False, help_text="For add_vehicle")


class JudgedOut(Shape):
    """What the change would do. `plan` is null where it is not possible; the sentence says why."""

    is_possible = serializers.BooleanField()
    sentence = serializers.CharField()
    rise_pence = serializers.IntegerField(help_text="What the plan is worse by, lost prizes counted")
    plan = PlanBestOut(allow_null=True)


class SearchIn(Shape):
    """How long to search on."""

    seconds = serializers.IntegerField(min_value=SHORTEST_SEARCH_S, max_value=LONGEST_SEARCH_S, default=20)


class FindingOut(Shape):
    """One thing the law asks, in a sentence."""

    subject = serializers.CharField(help_text="carrier, vehicle or plant")
    sentence = serializers.CharField()
    blocks = serializers.BooleanField(help_text="True: the plan cannot be confirmed")


class DutiesOut(Shape):
    """What is checked before a plan is confirmed."""

    findings = FindingOut(many=True)


class FigureOut(Shape):
    """One figure of both plans."""

    name = serializers.CharField()
    kind = serializers.CharField(
        help_text="mass (grams), pounds (pence), kilometres (metres), minutes, count"
    )
    first = serializers.IntegerField()
    second = serializers.IntegerField()


class MovedOut(Shape):
    """A stop that both plans make, otherwise."""

    stop = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class ComparisonOut(Shape):
    """Two plans side by side."""

    figures = FigureOut(many=True)
    only_first = serializers.ListField(child=serializers.CharField())
    only_second = serializers.ListField(child=serializers.CharField())
    moved = MovedOut(many=True)


class ComparedIn(Shape):
    """Which two."""

    first = serializers.CharField(max_length=16)
    second = serializers.CharField(max_length=16)


class PlanWhatIfView(LodestoneView):
    """Asking, without changing anything."""

    needs = {"POST": PLANS}

    @extend_schema(
        operation_id="plans_what_if",
        summary="What one change to a plan would do; nothing is written",
        request=ChangeIn,
        responses={200: JudgedOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        plan = readable_plans(self.viewer).get(reference=reference)
        verdict = judge_change(self.viewer, plan, Change(**self.body(ChangeIn)))
        return Response(
            {
                "is_possible": verdict.answer is not None,
                "sentence": verdict.sentence,
                "rise_pence": verdict.rise_pence,
                "plan": answer_shape(verdict.answer) if verdict.answer else None,
            }
        )


class PlanChangesView(LodestoneView):
    """Changing a plan."""

    needs = {"POST": PLANS}

    @extend_schema(
        operation_id="plans_change",
        summary="Make a change: a new plan beside the old one",
        request=ChangeIn,
        responses={201: PlanOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        plan = readable_plans(self.viewer).get(reference=reference)
        changed = change_plan(self.viewer, plan.pk, Change(**self.body(ChangeIn)), at=self.now())
        shape = plan_shape(readable_plans(self.viewer).get(pk=changed.pk))
        return Response(shape, status=status.HTTP_201_CREATED)


class PlanSearchView(LodestoneView):
    """Searching on."""

    needs = {"POST": PLANS}

    @extend_schema(
        operation_id="plans_search_on",
        summary="Search on from a plan, keeping every change made by hand",
        request=SearchIn,
        responses={202: PlanOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        plan = readable_plans(self.viewer).get(reference=reference)
        again = search_on(self.viewer, plan.pk, seconds=self.body(SearchIn)["seconds"], at=self.now())
        shape = plan_shape(readable_plans(self.viewer).get(pk=again.pk))
        return Response(shape, status=status.HTTP_202_ACCEPTED)


class PlanDutiesView(LodestoneView):
    """What the law asks."""

    needs = {"GET": PLANS}

    @extend_schema(
        operation_id="plans_duties",
        summary="Carrier, vehicles and plant as checked before confirming",
        responses={200: DutiesOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        plan = readable_plans(self.viewer).get(reference=reference)
        found = duty_findings(plan.facility, PlanAnswer.from_json(plan.answer).rounds)
        shapes = [{"subject": f.subject, "sentence": f.sentence, "blocks": f.blocks} for f in found]
        return Response({"findings": shapes})


class PlanComparisonView(LodestoneView):
    """Two plans side by side."""

    needs = {"GET": PLANS}

    @extend_schema(
        operation_id="plans_compare",
        summary="Compare two plans",
        parameters=[ComparedIn],
        responses={200: ComparisonOut, 400: ErrorSerializer, **READING},
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(ComparedIn)
        first, second = (self._answer(asked[name]) for name in ("first", "second"))
        found = compared(first, second)
        shape: dict[str, Any] = {
            "figures": [
                {"name": each.name, "kind": each.kind, "first": each.first, "second": each.second}
                for each in found.figures
            ],
            "only_first": [stop.key for stop in found.only_first],
            "only_second": [stop.key for stop in found.only_second],
            "moved": [{"stop": m.stop.key, "before": m.before, "after": m.after} for m in found.moved],
        }
        return Response(shape)

    def _answer(self, reference: str) -> PlanAnswer:
        plan: Plan = Plan.objects.visible_to(self.viewer).get(reference=reference)
        return PlanAnswer.from_json(plan.answer)
