"""What the register has learnt: how good coefficients were, and how hard models are to take apart."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.learning import activate_refit
from collection.api.base import CHANGING, LISTING, LodestoneView, Shape
from collection.api.products import ProductOut, product_shape
from collection.queries.disassembly import disassembly_league
from collection.queries.learning import Lesson, lessons
from collection.queries.reference import current_catalogue
from collection.rules.content.disassembly import LeagueRow
from collection.rules.content.learning import Coverage
from collection.rules.roles import Permission

SEE = frozenset({Permission.SEE_LOTS})


class CoverageOut(Shape):
    """Truths inside the stated 80 % interval, and between which bounds the true share lies (95 %)."""

    inside = serializers.IntegerField()
    count = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    believable_low = serializers.FloatField()
    believable_high = serializers.FloatField()


class ProposalOut(Shape):
    """What the coefficient should become, in kg per unit."""

    lots = serializers.IntegerField()
    weight = serializers.FloatField(help_text="How much the evidence counts against the published figure")
    low_kg = serializers.FloatField()
    central_kg = serializers.FloatField()
    high_kg = serializers.FloatField()
    is_news = serializers.BooleanField(help_text="Whether it differs from the figure in force")


class LessonOut(Shape):
    """How one product's coefficient did."""

    product_code = serializers.CharField()
    version = serializers.IntegerField(help_text="The version in force")
    lots = serializers.IntegerField()
    bias = serializers.FloatField(help_text="Typical truth over estimate, less one")
    spread = serializers.FloatField(allow_null=True, help_text="Standard deviation of the log ratio")
    coverage = CoverageOut()
    proposal = ProposalOut(allow_null=True)


class LessonsOut(Shape):
    """Every product with a weighed lot, most observed first."""

    overall = CoverageOut()
    products = LessonOut(many=True)


class ActivationIn(Shape):
    """What was reviewed, and why it should come into force."""

    version = serializers.IntegerField(help_text="The version in force when you reviewed")
    lots = serializers.IntegerField(help_text="The lots the lesson rested on when you reviewed")
    reason = serializers.CharField(max_length=300)


class ModelOut(Shape):
    """One maker's model. Judged figures are drawn towards what is usual for the product, and rank it."""

    product_code = serializers.CharField()
    maker = serializers.CharField()
    model = serializers.CharField()
    lots = serializers.IntegerField()
    items = serializers.IntegerField()
    minutes_per_item = serializers.FloatField()
    minutes_per_kg = serializers.FloatField(allow_null=True)
    judged_minutes_per_kg = serializers.FloatField(allow_null=True)
    intact_share = serializers.FloatField(allow_null=True)
    judged_intact_share = serializers.FloatField(allow_null=True)
    obstacles = serializers.DictField(child=serializers.IntegerField(), help_text="Code → lots it was met in")


class LeagueOut(Shape):
    """Models by product, the easiest first."""

    results = ModelOut(many=True)


class LeagueAsked(Shape):
    """Which product."""

    product = serializers.CharField(required=False, max_length=60, help_text="Product code")


class LessonsView(LodestoneView):
    """What weighed lots taught."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="learning_list",
        summary="Read the bias, spread and interval coverage of every coefficient",
        responses={200: LessonsOut, **LISTING},
    )
    def get(self, request: Request) -> Response:
        learnt = lessons()
        return Response(
            {
                "overall": _coverage(learnt.overall),
                "products": [_lesson(each) for each in learnt.by_product.values()],
            }
        )


class RefitView(LodestoneView):
    """Bringing a refit into force."""

    needs = {"POST": frozenset({Permission.ADMINISTER})}

    @extend_schema(
        operation_id="learning_activate",
        summary="Bring a reviewed refit into force as a new version",
        request=ActivationIn,
        responses={200: ProductOut, **CHANGING},
    )
    def post(self, request: Request, code: str) -> Response:
        wanted = self.body(ActivationIn)
        activate_refit(
            self.viewer,
            code,
            reviewed_version=wanted["version"],
            reviewed_lots=wanted["lots"],
            reason=wanted["reason"],
            at=self.now(),
        )
        return Response(product_shape(current_catalogue().products[code]))


class LeagueView(LodestoneView):
    """Design for disassembly."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="disassembly_league",
        summary="Compare makers' models by how hard they are to take apart",
        parameters=[LeagueAsked],
        responses={200: LeagueOut, **LISTING},
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(LeagueAsked)
        rows = disassembly_league(asked.get("product", ""))
        return Response({"results": [_model(row) for row in rows]})


def _coverage(found: Coverage) -> dict[str, Any]:
    low, high = found.interval
    return {
        "inside": found.inside,
        "count": found.count,
        "share": found.share,
        "believable_low": low,
        "believable_high": high,
    }


def _lesson(found: Lesson) -> dict[str, Any]:
    proposal = found.proposal
    return {
        "product_code": found.product_code,
        "version": found.in_force.version,
        "lots": found.accuracy.count,
        "bias": found.accuracy.bias,
        "spread": found.accuracy.spread,
        "coverage": _coverage(found.coverage),
        "proposal": None
        if proposal is None
        else {
            "lots": proposal.count,
            "weight": proposal.weight,
            "low_kg": proposal.proposed.low,
            "central_kg": proposal.proposed.central,
            "high_kg": proposal.proposed.high,
            "is_news": found.is_news,
        },
    }


def _model(row: LeagueRow) -> dict[str, Any]:
    return {
        "product_code": row.product_code,
        "maker": row.maker,
        "model": row.model,
        "lots": row.lots,
        "items": row.items,
        "minutes_per_item": row.minutes_per_item,
        "minutes_per_kg": row.minutes_per_kg,
        "judged_minutes_per_kg": row.judged_minutes_per_kg,
        "intact_share": row.intact_share,
        "judged_intact_share": row.judged_intact_share,
        "obstacles": dict(row.obstacles),
    }
