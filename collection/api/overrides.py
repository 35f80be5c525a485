"""A person's band in place of the model's, for software."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.overrides import lift_override, override_band
from collection.api.base import CHANGING, LodestoneView, Shape, instant, instant_or_none
from collection.models import Band, Lot, RiskOverride
from collection.rules.risk_override import LONGEST_DAYS, OVERRIDE_REASONS, USUAL_DAYS
from collection.rules.roles import Permission

MAY = frozenset({Permission.OVERRIDE_RISK})
BANDS = [(band.label.lower(), band.label.lower()) for band in Band]
BAND_OF = {band.label.lower(): band for band in Band}


class OverrideOut(Shape):
    """An override: both bands, the model's chance then, and when it ends by itself."""

    lot = serializers.CharField()
    band = serializers.ChoiceField(choices=BANDS)
    reason = serializers.ChoiceField(choices=list(OVERRIDE_REASONS.items()))
    words = serializers.CharField()
    model_band = serializers.ChoiceField(choices=BANDS)
    model_p90 = serializers.FloatField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class OverrideIn(Shape):
    """The band that holds instead, why, and for how many days."""

    band = serializers.ChoiceField(choices=BANDS)
    reason = serializers.ChoiceField(choices=list(OVERRIDE_REASONS.items()))
    words = serializers.CharField(max_length=300)
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, default=USUAL_DAYS)


class LotOverrideView(LodestoneView):
    """The override on a lot."""

    needs = {"POST": MAY, "DELETE": MAY}

    @extend_schema(
        operation_id="lots_override",
        summary="Put another risk band in force for a time",
        request=OverrideIn,
        responses={201: OverrideOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(OverrideIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        band = BAND_OF[wanted.pop("band")]
        made = override_band(self.viewer, lot.pk, to_band=band, at=self.now(), **wanted)
        return Response(override_shape(made), status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="lots_lift_override",
        summary="End the override on a lot; the model's band holds again",
        request=None,
        responses={204: None, **CHANGING},
    )
    def delete(self, request: Request, reference: str) -> Response:
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        running = RiskOverride.objects.get(lot=lot, ended_at=None)
        lift_override(self.viewer, running.pk, at=self.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def override_shape(override: RiskOverride) -> dict[str, Any]:
    return {
        "lot": override.lot.reference,
        "band": Band(override.band).label.lower(),
        "reason": override.reason,
        "words": override.words,
        "model_band": Band(override.model_band).label.lower(),
        "model_p90": override.model_p90,
        "made_at": instant(override.made_at),
        "expires_at": instant(override.expires_at),
        "ended_at": instant_or_none(override.ended_at),
    }
