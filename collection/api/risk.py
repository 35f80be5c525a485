"""Why a lot is likely to leave, and which lots have a warning open."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.api.base import (
    CURSOR,
    LIMIT,
    LISTING,
    READING,
    ErrorSerializer,
    LodestoneView,
    Page,
    Shape,
    instant,
    instant_or_none,
)
from collection.api.shapes import RiskOut, risk
from collection.models import Flag, Lot
from collection.queries.flags import flags_of
from collection.queries.risk import explanation_of
from collection.rules.risk import Explanation
from collection.rules.roles import Permission

SEE = frozenset({Permission.SEE_LOTS})


class ReasonOut(Shape):
    """One signal and what it adds to the score."""

    signal = serializers.CharField()
    words = serializers.CharField()
    value = serializers.CharField()
    points = serializers.FloatField(help_text="Log-odds; above 0 makes export likelier")
    sentence = serializers.CharField()
    citation = serializers.CharField()
    grade = serializers.CharField(help_text="How good the evidence for it is")


class RemedyOut(Shape):
    """Something that would lower the chance."""

    words = serializers.CharField()
    points = serializers.FloatField()
    p90 = serializers.FloatField(help_text="The chance within 90 days after it")


class ExplanationOut(Shape):
    """`baseline` and the points of all reasons add up to `points`."""

    points = serializers.FloatField()
    baseline = serializers.FloatField(help_text="The points of a lot with no reason either way")
    reasons = ReasonOut(many=True)
    remedies = RemedyOut(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Facts nobody recorded")
    how_sure = serializers.CharField()


class LotRiskOut(Shape):
    """The kept score, and why: worked out anew from the lot as it stands."""

    reference = serializers.CharField()
    score = RiskOut(allow_null=True, help_text="Null until the lot has been scored")
    explanation = ExplanationOut(allow_null=True, help_text="Null once the lot is not open any more")


class FlagOut(Shape):
    """A warning that a lot is likely to leave."""

    lot = serializers.CharField()
    holder = serializers.CharField()
    product_code = serializers.CharField()
    magnet_grams = serializers.IntegerField()
    nation = serializers.CharField()
    opened_at = serializers.DateTimeField()
    p90_at_opening = serializers.FloatField(help_text="The model's chance when the flag was opened")
    is_set_by_a_person = serializers.BooleanField(
        help_text="A person's band holds on the lot now, in place of the model's"
    )
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_because = serializers.CharField()
    announced_at = serializers.DateTimeField(allow_null=True)


class FlagPage(Page):
    """A page of flags."""

    results = FlagOut(many=True)


class FlagsAsked(Shape):
    """Which flags."""

    state = serializers.ChoiceField(choices=["open", "closed", "all"], default="open")


class LotRiskView(LodestoneView):
    """Why a lot has its score."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="lots_risk",
        summary="Read why a lot is likely to leave, signal by signal",
        responses={200: LotRiskOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        lots: QuerySet[Lot, Lot] = Lot.objects.visible_to(self.viewer).select_related("score__model")
        lot = lots.get(reference=reference)
        score = getattr(lot, "score", None)
        why = explanation_of(lot, at=self.now())
        return Response(
            {
                "reference": lot.reference,
                "score": risk(score) if score else None,
                "explanation": explanation_shape(why) if why else None,
            }
        )


class FlagsView(LodestoneView):
    """Warnings."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="flags_list",
        summary="List flags on lots you may see, newest first",
        parameters=[FlagsAsked, CURSOR, LIMIT],
        responses={200: FlagPage, 400: ErrorSerializer, **LISTING},
    )
    def get(self, request: Request) -> Response:
        flags = flags_of(self.viewer)
        asked = self.asked(FlagsAsked)["state"]
        if asked != "all":
            flags = flags.filter(closed_at__isnull=asked == "open")
        return self.page(flags, flag_shape, request)


def explanation_shape(why: Explanation) -> dict[str, Any]:
    return {
        "points": why.points,
        "baseline": why.baseline,
        "reasons": [
            {
                "signal": reason.signal,
                "words": reason.words,
                "value": reason.value,
                "points": reason.points,
                "sentence": reason.sentence,
                "citation": reason.source,
                "grade": reason.grade,
            }
            for reason in why.reasons
        ],
        "remedies": [
            {"words": remedy.words, "points": remedy.points, "p90": remedy.p90} for remedy in why.remedies
        ],
        "missing": list(why.missing),
        "how_sure": why.how_sure,
    }


def flag_shape(flag: Flag) -> dict[str, Any]:
    """A flag as `flags_of` reads it."""
    return {
        "lot": flag.lot.reference,
        "holder": flag.lot.holder.slug,
        "product_code": flag.lot.product.code,
        "magnet_grams": flag.lot.magnet_grams,
        "nation": flag.lot.nation,
        "opened_at": instant(flag.opened_at),
        "p90_at_opening": flag.p90_at_opening,
        "is_set_by_a_person": flag.is_set_by_a_person,  # type: ignore[attr-defined]
        "closed_at": instant_or_none(flag.closed_at),
        "closed_because": flag.closed_because,
        "announced_at": instant_or_none(flag.announced_at),
    }
