"""Pickups: one collection at one place; and what the driver recorded there."""

from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.calling_off import cancel_pickup
from collection.actions.collections import CollectedLine, record_collection
from collection.api.base import (
    CHANGING,
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
from collection.models import FailureReason, HolderAnswer, Lot, Pickup, PickupLot, PickupState, Unit
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission, Viewer
from collection.rules.signature import SignatureError, Strokes, checked_strokes
from collection.rules.weighing import weight_loaded_problem

SEE = frozenset({Permission.LOG_LOT, Permission.PLAN_ROUNDS, Permission.DRIVE_ROUND})


class PickupLineOut(Shape):
    """A lot of a pickup."""

    lot = serializers.CharField()
    product_code = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3)
    unit = serializers.ChoiceField(choices=Unit.choices)
    state = serializers.ChoiceField(choices=PickupLot.State.choices)
    planned_gross_grams = serializers.IntegerField()
    collected_gross_grams = serializers.IntegerField(allow_null=True)
    failure_reason = serializers.CharField(help_text="Empty unless it stayed behind")


class PickupOut(Shape):
    """One collection at one place."""

    reference = serializers.CharField()
    round = serializers.CharField()
    sequence = serializers.IntegerField()
    trip = serializers.IntegerField(help_text="Which trip of the round, from 1")
    state = serializers.ChoiceField(choices=PickupState.choices)
    holder = serializers.CharField(help_text="Slug of the organisation")
    place_name = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    planned_arrival_at = serializers.DateTimeField()
    service_minutes = serializers.IntegerField()
    why = serializers.CharField()
    slot_starts_at = serializers.DateTimeField(allow_null=True, help_text="Promised to the holder")
    slot_ends_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.ChoiceField(choices=HolderAnswer.choices, help_text="The holder's")
    answer_words = serializers.CharField()
    asked_starts_at = serializers.DateTimeField(allow_null=True, help_text="What the holder asks for instead")
    asked_ends_at = serializers.DateTimeField(allow_null=True)
    expected_arrival_at = serializers.DateTimeField(
        allow_null=True, help_text="On the day, by the stops recorded so far"
    )
    arrived_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    signed_by = serializers.CharField()
    signature = serializers.ListField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.IntegerField())),
        help_text="Strokes of [x, y] from 0 to 1000",
    )
    carrier_signed_by = serializers.CharField()
    note = serializers.CharField()
    lines = PickupLineOut(many=True)


class PickupPage(Page):
    """A page of pickups."""

    results = PickupOut(many=True)


class PickupsAsked(Shape):
    """Which pickups."""

    state = serializers.ChoiceField(choices=PickupState.choices, required=False)


class CollectedIn(Shape):
    """What was loaded of one lot."""

    lot = serializers.CharField(max_length=16)
    quantity = serializers.DecimalField(
        max_digits=14, decimal_places=3, min_value=Decimal(0), help_text="In the lot's unit; 0: left behind"
    )
    gross_grams = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    failure_reason = serializers.ChoiceField(
        choices=FailureReason.choices, required=False, allow_blank=True, help_text="Needed for 0"
    )


class CollectionIn(Shape):
    """What the driver did: every planned lot once."""

    submission_id = serializers.UUIDField(help_text="Made by you; sending it again is safe")
    lines = CollectedIn(many=True, allow_empty=False)
    signed_by = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text="Needed when anything was loaded"
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    signature = serializers.JSONField(required=False, help_text="Strokes of [x, y] from 0 to 1000")
    arrived_at = serializers.DateTimeField(required=False, help_text="When the vehicle came")

    def validate_signature(self, value: Any) -> Strokes:
        try:
            return checked_strokes(value)
        except SignatureError as error:
            raise serializers.ValidationError(str(error)) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if any(line["quantity"] for line in attrs["lines"]) and not attrs.get("signed_by", "").strip():
            raise serializers.ValidationError({"signed_by": "Say who signed for what was loaded."})
        references = [line["lot"] for line in attrs["lines"]]
        if len(set(references)) < len(references):
            raise serializers.ValidationError({"lines": "Name each lot once."})
        return attrs


class CalledOffIn(Shape):
    """Why it is called off: the holder reads it."""

    why = serializers.CharField(max_length=200)


def readable_pickups(viewer: Viewer) -> "QuerySet[Pickup, Pickup]":
    """Pickups with everything their shape needs: three queries whatever the number."""
    lines = PickupLot.objects.select_related("lot__product").order_by("pk")
    found: QuerySet[Pickup, Pickup] = Pickup.objects.visible_to(viewer).select_related(
        "round__vehicle", "holder"
    )
    return found.prefetch_related(Prefetch("lines", lines))


class PickupsView(LodestoneView):
    """Pickups."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="pickups_list",
        summary="List pickups, newest first",
        description="A holder sees those at their own places, a driver those of their own rounds.",
        parameters=[PickupsAsked, CURSOR, LIMIT],
        responses={200: PickupPage, 400: ErrorSerializer, **LISTING},
    )
    def get(self, request: Request) -> Response:
        pickups = readable_pickups(self.viewer).filter(**self.asked(PickupsAsked))
        return self.page(pickups, pickup_shape, request)


class PickupView(LodestoneView):
    """One pickup."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="pickups_read", summary="Read a pickup", responses={200: PickupOut, **READING}
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(pickup_shape(readable_pickups(self.viewer).get(reference=reference)))


class PickupCollectionView(LodestoneView):
    """Recording a stop."""

    needs = {"POST": frozenset({Permission.DRIVE_ROUND})}

    @extend_schema(
        operation_id="pickups_collect",
        summary="Record what was loaded at a stop",
        description="All, part or nothing of each lot. Part of a lot: the rest stays with its holder as a "
        "lot of its own. The same `submission_id` again answers with what was recorded then.",
        request=CollectionIn,
        responses={200: PickupOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(CollectionIn)
        pickup = readable_pickups(self.viewer).get(reference=reference)
        if pickup.submission_id != wanted["submission_id"]:
            record_collection(
                self.viewer,
                pickup.pk,
                _collected(pickup, wanted["lines"]),
                submission_id=wanted["submission_id"],
                at=self.now(),
                signed_by=wanted.get("signed_by", ""),
                note=wanted.get("note", ""),
                signature=wanted.get("signature"),
                arrived_at=wanted.get("arrived_at"),
            )
        return Response(pickup_shape(readable_pickups(self.viewer).get(pk=pickup.pk)))


class PickupCancellationView(LodestoneView):
    """Calling one stop off."""

    needs = {"POST": frozenset({Permission.CONFIRM_PLAN})}

    @extend_schema(
        operation_id="pickups_cancel",
        summary="Call one stop off; the rest of the round stands",
        request=CalledOffIn,
        responses={200: PickupOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        why = self.body(CalledOffIn)["why"]
        pickup = readable_pickups(self.viewer).get(reference=reference)
        cancel_pickup(self.viewer, pickup.pk, why=why, at=self.now())
        return Response(pickup_shape(readable_pickups(self.viewer).get(pk=pickup.pk)))


def _collected(pickup: Pickup, wanted: list[dict[str, Any]]) -> list[CollectedLine]:
    """The lines as the action takes them. Raises ValidationError naming the line."""
    if pickup.state != PickupState.SCHEDULED:
        raise StateConflictError(f"{pickup.reference} has been recorded already.")
    planned = {line.lot.reference: line.lot for line in pickup.lines.all() if line.state == "planned"}
    missing = sorted(set(planned) - {line["lot"] for line in wanted})
    if missing:
        raise serializers.ValidationError({"lines": f"Say also what was loaded of {', '.join(missing)}."})
    carries_grams = pickup.round.vehicle.capacity_kg * 1000
    lines = []
    for number, line in enumerate(wanted):
        lot = planned.get(line["lot"])
        refusal = _line_problem(lot, line, carries_grams)
        if refusal or lot is None:
            raise serializers.ValidationError({f"lines.{number}.{name}": w for name, w in refusal.items()})
        lines.append(
            CollectedLine(
                lot_id=lot.pk,
                quantity=line["quantity"],
                gross_grams=line.get("gross_grams"),
                failure_reason=line.get("failure_reason", "") if not line["quantity"] else "",
            )
        )
    return lines


def _line_problem(lot: Lot | None, line: dict[str, Any], carries_grams: int) -> dict[str, str]:
    if lot is None:
        return {"lot": "This lot is not planned at this stop."}
    quantity = line["quantity"]
    if quantity > lot.quantity:
        return {"quantity": f"There are {lot.quantity_text} at the most."}
    if lot.unit == Unit.ITEMS and quantity != quantity.to_integral_value():
        return {"quantity": f"{lot.reference} is counted in whole items."}
    if not quantity and not line.get("failure_reason"):
        return {"failure_reason": f"Say why {lot.reference} stayed behind."}
    too_heavy = weight_loaded_problem(lot.reference, line.get("gross_grams") or 0, carries_grams)
    if quantity and too_heavy:
        return {"gross_grams": f"{too_heavy}: it is in grams."}
    return {}


def pickup_shape(pickup: Pickup) -> dict[str, Any]:
    return {
        "reference": pickup.reference,
        "round": pickup.round.reference,
        "sequence": pickup.sequence,
        "trip": pickup.trip,
        "state": pickup.state,
        "holder": pickup.holder.slug,
        "place_name": pickup.place_name,
        "lat": pickup.lat,
        "lon": pickup.lon,
        "planned_arrival_at": instant(pickup.planned_arrival_at),
        "service_minutes": pickup.service_minutes,
        "why": pickup.why,
        "slot_starts_at": instant_or_none(pickup.slot_starts_at),
        "slot_ends_at": instant_or_none(pickup.slot_ends_at),
        "answer": pickup.answer,
        "answer_words": pickup.answer_words,
        "asked_starts_at": instant_or_none(pickup.asked_starts_at),
        "asked_ends_at": instant_or_none(pickup.asked_ends_at),
        "expected_arrival_at": instant_or_none(pickup.expected_arrival_at),
        "arrived_at": instant_or_none(pickup.arrived_at),
        "finished_at": instant_or_none(pickup.finished_at),
        "signed_by": pickup.signed_by,
        "signature": pickup.signature,
        "carrier_signed_by": pickup.carrier_signed_by,
        "note": pickup.note,
        "lines": [_line(line) for line in pickup.lines.all()],
    }


def _line(line: PickupLot) -> dict[str, Any]:
    return {
        "lot": line.lot.reference,
        "product_code": line.lot.product.code,
        "quantity": f"{line.lot.quantity:f}",
        "unit": line.lot.unit,
        "state": line.state,
        "planned_gross_grams": line.planned_gross_grams,
        "collected_gross_grams": line.collected_gross_grams,
        "failure_reason": line.failure_reason,
    }
