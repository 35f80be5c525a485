"""Hold points, the dealer's record and weighings of a lot."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.dealer_records import correct_receipt, record_receipt
from collection.actions.hold_points import record_hold_point
from collection.actions.weights import NewWeighing, replace_by_weighing
from collection.api.base import CHANGING, READING, LodestoneView, Shape
from collection.api.lots import SEE, readable_lots
from collection.api.particulars import (
    DealerCorrectionIn,
    DealerRecordIn,
    DealerRecordOut,
    HoldPointIn,
    HoldPointOut,
    dealer_record,
    hold_points,
)
from collection.api.shapes import LotOut, lot_shape
from collection.models import DealerRecord, HoldPointRecord, Lot
from collection.rules.dealer_record import NewDealerRecord
from collection.rules.hold_points import HoldPoint
from collection.rules.roles import Permission

OWN = frozenset({Permission.CHANGE_OWN_LOT})


class LotHoldPointsView(LodestoneView):
    """The five hold points of a defence lot."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="lots_hold_points",
        summary="Read the hold points of a defence lot",
        responses={200: HoldPointOut(many=True), **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference, is_defence=True)
        return Response(hold_points(list(lot.hold_points.all())))


class LotHoldPointView(LodestoneView):
    """One hold point, recorded once with its evidence."""

    needs = {"POST": OWN}

    @extend_schema(
        operation_id="lots_record_hold_point",
        summary="Record the evidence of a hold point",
        request=HoldPointIn,
        responses={200: HoldPointOut(many=True), **CHANGING},
    )
    def post(self, request: Request, reference: str, point: str) -> Response:
        wanted = self.body(HoldPointIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference, is_defence=True)
        if point not in tuple(HoldPoint):
            raise HoldPointRecord.DoesNotExist
        record_hold_point(self.viewer, lot.pk, HoldPoint(point), at=self.now(), **wanted)
        return Response(hold_points(list(lot.hold_points.all())))


class LotDealerRecordView(LodestoneView):
    """The scrap metal dealer's record of a lot: only for the dealer's own people."""

    needs = {"GET": OWN, "POST": OWN}

    @extend_schema(
        operation_id="lots_dealer_record",
        summary="Read the dealer's record of a lot",
        responses={200: DealerRecordOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        mine = DealerRecord.objects.visible_to(self.viewer)
        found = mine.get(lot__reference=reference, is_current=True)
        return Response(dealer_record(found))

    @extend_schema(
        operation_id="lots_keep_dealer_record",
        summary="Keep the dealer's record of a lot, once",
        request=DealerRecordIn,
        responses={201: DealerRecordOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(DealerRecordIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        kept = record_receipt(self.viewer, lot.pk, NewDealerRecord(**wanted), at=self.now())
        return Response(dealer_record(kept), status=status.HTTP_201_CREATED)


class LotDealerCorrectionView(LodestoneView):
    """Correcting a dealer's record; what it said before stays."""

    needs = {"POST": OWN}

    @extend_schema(
        operation_id="lots_correct_dealer_record",
        summary="Correct the dealer's record of a lot",
        description="409 where it was corrected since you read it.",
        request=DealerCorrectionIn,
        responses={201: DealerRecordOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(DealerCorrectionIn)
        replaces, reason = wanted.pop("replaces"), wanted.pop("reason")
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        kept = correct_receipt(
            self.viewer,
            lot.pk,
            NewDealerRecord(**wanted),
            replaces_id=replaces,
            reason=reason,
            at=self.now(),
        )
        return Response(dealer_record(kept), status=status.HTTP_201_CREATED)


class WeighingIn(Shape):
    """A lot put on a scale. Give the gross weight, or the net of the ticket; they must add up."""

    submission_id = serializers.UUIDField(help_text="Made by you; sending it again is safe")
    method = serializers.ChoiceField(choices=["weighbridge", "platform"])
    gross_grams = serializers.IntegerField(required=False, allow_null=True)
    tare_grams = serializers.IntegerField(required=False, allow_null=True)
    pallet_grams = serializers.IntegerField(required=False, allow_null=True)
    net_grams = serializers.IntegerField(required=False, allow_null=True)
    ticket = serializers.CharField(required=False, allow_blank=True, max_length=60)


class LotWeighingView(LodestoneView):
    """Replacing an estimated weight by a weighing."""

    needs = {"POST": OWN}

    @extend_schema(
        operation_id="lots_weigh",
        summary="Replace the weight of a lot by a weighing",
        request=WeighingIn,
        responses={200: LotOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(WeighingIn)
        submission_id = wanted.pop("submission_id")
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        weighing = NewWeighing(**wanted)
        replace_by_weighing(self.viewer, lot.pk, weighing, submission_id=submission_id, at=self.now())
        return Response(lot_shape(readable_lots(self.viewer).get(pk=lot.pk)))
