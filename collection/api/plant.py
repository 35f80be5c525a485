"""The plant's gate: a lot weighed in, and what was made of it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.receipts import Weighing, process, receive
from collection.api.base import CHANGING, READING, LodestoneView, Shape, instant
from collection.models import Facility, Lot, ProcessingRecord, Receipt
from collection.rules.roles import Permission

SEE = frozenset({Permission.SEE_CUSTODY})


class ReceiptIn(Shape):
    """What the weighbridge said."""

    submission_id = serializers.UUIDField(help_text="Made by you; sending it again is safe")
    facility = serializers.CharField(max_length=60, help_text="Code of one of your own plants")
    gross_grams = serializers.IntegerField()
    tare_grams = serializers.IntegerField()
    magnet_grams = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        help_text="Only where freed magnets were weighed: this replaces the estimate",
    )
    difference_reason = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Needed when more than 3 % off"
    )
    weighbridge_ticket = serializers.CharField(required=False, allow_blank=True, max_length=40)


class ReceiptOut(Shape):
    """A lot as it was weighed in."""

    reference = serializers.CharField()
    lot = serializers.CharField()
    facility = serializers.CharField()
    received_at = serializers.DateTimeField()
    gross_grams = serializers.IntegerField()
    tare_grams = serializers.IntegerField()
    net_grams = serializers.IntegerField()
    expected_net_grams = serializers.IntegerField(allow_null=True)
    difference_reason = serializers.CharField()
    magnet_grams = serializers.IntegerField(allow_null=True)
    weighbridge_ticket = serializers.CharField()


class ProcessingIn(Shape):
    """What was retained; the rest of what was received is residue."""

    submission_id = serializers.UUIDField(help_text="Made by you; sending it again is safe")
    retained_grams = serializers.IntegerField(min_value=0)
    batch = serializers.CharField(max_length=60, help_text="The output batch it went into")


class ProcessingOut(Shape):
    """What became of a received lot."""

    lot = serializers.CharField()
    facility = serializers.CharField()
    route_code = serializers.CharField()
    batch = serializers.CharField()
    retained_grams = serializers.IntegerField()
    residue_grams = serializers.IntegerField()
    processed_at = serializers.DateTimeField()


class LotReceiptView(LodestoneView):
    """Weighing a lot in."""

    needs = {"GET": SEE, "POST": frozenset({Permission.RECEIVE})}

    @extend_schema(
        operation_id="lots_receipt", summary="Read a lot's receipt", responses={200: ReceiptOut, **READING}
    )
    def get(self, request: Request, reference: str) -> Response:
        receipts = Receipt.objects.visible_to(self.viewer).select_related("lot", "facility")
        return Response(receipt_shape(receipts.get(lot__reference=reference)))

    @extend_schema(
        operation_id="lots_receive",
        summary="Weigh a lot in",
        description="The same `submission_id` twice is one receipt: 201 the first time, 200 after.",
        request=ReceiptIn,
        responses={201: ReceiptOut, 200: ReceiptOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(ReceiptIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        submission_id, code = wanted.pop("submission_id"), wanted.pop("facility")
        own = Facility.objects.filter(code=code, organisation_id=self.viewer.organisation_id).first()
        if own is None:
            raise serializers.ValidationError({"facility": "Name one of your own plants: see /facilities/."})
        is_new = not Receipt.objects.visible_to(self.viewer).filter(submission_id=submission_id).exists()
        receipt = receive(
            self.viewer,
            lot.pk,
            Weighing(**wanted),
            facility_id=own.pk,
            submission_id=submission_id,
            at=self.now(),
        )
        return Response(receipt_shape(receipt), status=_code(is_new))


class LotProcessingView(LodestoneView):
    """Recording what was made of a lot."""

    needs = {"GET": SEE, "POST": frozenset({Permission.PROCESS})}

    @extend_schema(
        operation_id="lots_processing",
        summary="Read what became of a lot",
        responses={200: ProcessingOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        record = ProcessingRecord.objects.select_related("lot", "facility").get(lot=lot)
        return Response(processing_shape(record))

    @extend_schema(
        operation_id="lots_process",
        summary="Record what was retained of a received lot",
        description="The same `submission_id` twice is one record: 201 the first time, 200 after.",
        request=ProcessingIn,
        responses={201: ProcessingOut, 200: ProcessingOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(ProcessingIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        receipt = Receipt.objects.visible_to(self.viewer).filter(lot=lot).select_related("facility").first()
        route_code = receipt.facility.route_code if receipt else ""
        is_new = not ProcessingRecord.objects.filter(lot=lot, submission_id=wanted["submission_id"]).exists()
        record = process(self.viewer, lot.pk, route_code=route_code, at=self.now(), **wanted)
        return Response(processing_shape(record), status=_code(is_new))


def _code(is_new: bool) -> int:
    return status.HTTP_201_CREATED if is_new else status.HTTP_200_OK


def receipt_shape(receipt: Receipt) -> dict[str, Any]:
    return {
        "reference": receipt.reference,
        "lot": receipt.lot.reference,
        "facility": receipt.facility.code,
        "received_at": instant(receipt.received_at),
        "gross_grams": receipt.gross_grams,
        "tare_grams": receipt.tare_grams,
        "net_grams": receipt.net_grams,
        "expected_net_grams": receipt.expected_net_grams,
        "difference_reason": receipt.difference_reason,
        "magnet_grams": receipt.magnet_grams,
        "weighbridge_ticket": receipt.weighbridge_ticket,
    }


def processing_shape(record: ProcessingRecord) -> dict[str, Any]:
    return {
        "lot": record.lot.reference,
        "facility": record.facility.code,
        "route_code": record.route_code,
        "batch": record.batch,
        "retained_grams": record.retained_grams,
        "residue_grams": record.residue_grams,
        "processed_at": instant(record.processed_at),
    }
