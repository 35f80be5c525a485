"""A holder's answer to a proposed pickup, and the planner's answer to that."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.dispatching import agree_to_asked_time, give_to_other_vehicle, move_to_another_day
from collection.actions.proposals import (
    accept_pickup,
    ask_for_other_time,
    keep_time,
    offered_slots,
    refuse_pickup,
)
from collection.api.base import CHANGING, READING, LodestoneView, Shape, instant
from collection.api.pickups import PickupOut, pickup_shape, readable_pickups
from collection.models import Pickup
from collection.rules.appointments import Slot
from collection.rules.roles import Permission

ANSWERS = (("accepted", "Accepted"), ("other_time", "Another time"), ("refused", "Refused"))
MOVES = (
    ("asked_time", "To the time the holder asked for"),
    ("other_vehicle", "To another vehicle the same day"),
    ("other_day", "To the next working day with room"),
    ("keep", "Not at all: the first time stands and the holder is asked again"),
)


class SlotOut(Shape):
    """A span of time in which a vehicle could come."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class SlotsOut(Shape):
    """The slots a holder may ask for."""

    slots = SlotOut(many=True)


class AnswerIn(Shape):
    """What the holder says."""

    answer = serializers.ChoiceField(choices=ANSWERS)
    starts_at = serializers.DateTimeField(required=False, help_text="For other_time: of a slot offered")
    ends_at = serializers.DateTimeField(required=False)
    words = serializers.CharField(
        required=False, allow_blank=True, max_length=300, help_text="Needed to refuse"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["answer"] == "other_time" and not (attrs.get("starts_at") and attrs.get("ends_at")):
            raise serializers.ValidationError({"starts_at": "Say which slot: see the pickup's slots."})
        if attrs["answer"] == "refused" and not attrs.get("words", "").strip():
            raise serializers.ValidationError({"words": "Say why it is refused."})
        return attrs


class MoveIn(Shape):
    """What the planner does about a stop."""

    to = serializers.ChoiceField(choices=MOVES)
    why = serializers.CharField(
        required=False, max_length=200, help_text="For other_day and keep: the holder reads it"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["to"] in ("other_day", "keep") and not attrs.get("why"):
            raise serializers.ValidationError({"why": "Say why: the holder reads it."})
        return attrs


class PickupSlotsView(LodestoneView):
    """When else the vehicle could come."""

    needs = {"GET": frozenset({Permission.ANSWER_PICKUP})}

    @extend_schema(
        operation_id="pickups_slots",
        summary="The slots a holder may ask for instead",
        responses={200: SlotsOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        found: Pickup = (
            Pickup.objects.visible_to(self.viewer)
            .select_related("round__facility", "site")
            .get(reference=reference)
        )
        slots = offered_slots(found, self.now())
        shapes = [{"starts_at": instant(slot.starts_at), "ends_at": instant(slot.ends_at)} for slot in slots]
        return Response({"slots": shapes})


class PickupAnswerView(LodestoneView):
    """Accepting, asking for another time, refusing."""

    needs = {"POST": frozenset({Permission.ANSWER_PICKUP})}

    @extend_schema(
        operation_id="pickups_answer",
        summary="Answer a proposed pickup",
        description="Refusing calls the stop off and frees its lots.",
        request=AnswerIn,
        responses={200: PickupOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        said = self.body(AnswerIn)
        pickup = readable_pickups(self.viewer).get(reference=reference)
        words = said.get("words", "")
        if said["answer"] == "accepted":
            accept_pickup(self.viewer, pickup.pk, at=self.now())
        elif said["answer"] == "refused":
            refuse_pickup(self.viewer, pickup.pk, why=words, at=self.now())
        else:
            slot = Slot(said["starts_at"], said["ends_at"])
            ask_for_other_time(self.viewer, pickup.pk, slot, words=words, at=self.now())
        return Response(pickup_shape(readable_pickups(self.viewer).get(pk=pickup.pk)))


class PickupMoveView(LodestoneView):
    """Moving one stop with the least harm."""

    needs = {"POST": frozenset({Permission.CONFIRM_PLAN})}

    @extend_schema(
        operation_id="pickups_move",
        summary="Give a stop another vehicle, day or time",
        description="409 says in a sentence why it is not possible; nothing is changed then.",
        request=MoveIn,
        responses={200: PickupOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(MoveIn)
        pickup = readable_pickups(self.viewer).get(reference=reference)
        if wanted["to"] == "asked_time":
            agree_to_asked_time(self.viewer, pickup.pk, at=self.now())
        elif wanted["to"] == "other_vehicle":
            give_to_other_vehicle(self.viewer, pickup.pk, at=self.now())
        elif wanted["to"] == "other_day":
            move_to_another_day(self.viewer, pickup.pk, why=wanted["why"], at=self.now())
        else:
            keep_time(self.viewer, pickup.pk, why=wanted["why"], at=self.now())
        return Response(pickup_shape(readable_pickups(self.viewer).get(pk=pickup.pk)))
