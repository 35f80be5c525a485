"""Rounds: one vehicle's day each, with its stops."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.calling_off import cancel_round
from collection.actions.rounds import assign_driver
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
from collection.api.pickups import CalledOffIn, PickupOut, pickup_shape
from collection.models import Round, RoundState
from collection.queries.rounds import drivers_of, round_with_stops
from collection.queries.unloadings import unloadings_of
from collection.rules.roles import Permission

SEE = frozenset({Permission.PLAN_ROUNDS, Permission.DRIVE_ROUND})
BOOK = frozenset({Permission.CONFIRM_PLAN})


class RoundHeadOut(Shape):
    """A round without its stops."""

    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=RoundState.choices)
    on = serializers.DateField()
    plan = serializers.CharField()
    facility = serializers.CharField()
    vehicle = serializers.CharField(help_text="Registration number")
    driver = serializers.EmailField(allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    distance_metres = serializers.IntegerField()
    driving_minutes = serializers.IntegerField()
    cost_pence = serializers.IntegerField()


class UnloadingOut(Shape):
    """A call at the plant between two trips of a round."""

    after_trip = serializers.IntegerField()
    planned_arrival_at = serializers.DateTimeField()
    expected_arrival_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class RoundOut(RoundHeadOut):
    """A round with its stops in order."""

    stops = PickupOut(many=True)
    unloadings = UnloadingOut(many=True)


class RoundPage(Page):
    """A page of rounds."""

    results = RoundHeadOut(many=True)


class RoundsAsked(Shape):
    """Which rounds. A driver sees their own."""

    on = serializers.DateField(required=False)
    state = serializers.ChoiceField(choices=RoundState.choices, required=False)


class DriverIn(Shape):
    """Who drives."""

    driver = serializers.EmailField(allow_null=True, help_text="One of your drivers; null: nobody yet")


class RoundsView(LodestoneView):
    """Rounds."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="rounds_list",
        summary="List rounds, newest first",
        parameters=[RoundsAsked, CURSOR, LIMIT],
        responses={200: RoundPage, 400: ErrorSerializer, **LISTING},
    )
    def get(self, request: Request) -> Response:
        rounds: QuerySet[Round, Round] = Round.objects.visible_to(self.viewer)
        asked = self.asked(RoundsAsked)
        found = rounds.filter(**asked).select_related("plan", "facility", "vehicle", "driver")
        return self.page(found.defer("plan__answer", "plan__problem", "plan__progress"), round_head, request)


class RoundView(LodestoneView):
    """One round."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="rounds_read",
        summary="Read a round with its stops",
        responses={200: RoundOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(round_shape(round_with_stops(self.viewer, reference)))


class RoundDriverView(LodestoneView):
    """Who drives a round."""

    needs = {"PUT": BOOK}

    @extend_schema(
        operation_id="rounds_assign_driver",
        summary="Name who drives a round",
        request=DriverIn,
        responses={200: RoundOut, **CHANGING},
    )
    def put(self, request: Request, reference: str) -> Response:
        wanted = self.body(DriverIn)["driver"]
        chosen = Round.objects.visible_to(self.viewer).get(reference=reference)
        own = {driver.email: driver.pk for driver in drivers_of(chosen.organisation_id)}
        if wanted is not None and wanted.lower() not in own:
            raise serializers.ValidationError({"driver": "Choose one of your own drivers: see /drivers/."})
        driver_id = own[wanted.lower()] if wanted is not None else None
        assign_driver(self.viewer, chosen.pk, driver_id, at=self.now())
        return Response(round_shape(round_with_stops(self.viewer, reference)))


class RoundCancellationView(LodestoneView):
    """Calling a round off."""

    needs = {"POST": BOOK}

    @extend_schema(
        operation_id="rounds_cancel",
        summary="Call a round off before it leaves; its lots are free again",
        request=CalledOffIn,
        responses={200: RoundOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        why = self.body(CalledOffIn)["why"]
        chosen = Round.objects.visible_to(self.viewer).get(reference=reference)
        cancel_round(self.viewer, chosen.pk, why=why, at=self.now())
        return Response(round_shape(round_with_stops(self.viewer, reference)))


def round_head(each: Round) -> dict[str, Any]:
    return {
        "reference": each.reference,
        "state": each.state,
        "on": each.on.isoformat(),
        "plan": each.plan.reference,
        "facility": each.facility.code,
        "vehicle": each.vehicle.registration,
        "driver": each.driver.email if each.driver else None,
        "starts_at": instant(each.starts_at),
        "ends_at": instant(each.ends_at),
        "distance_metres": each.distance_metres,
        "driving_minutes": each.driving_minutes,
        "cost_pence": each.cost_pence,
    }


def round_shape(each: Round) -> dict[str, Any]:
    """The body of a round fetched by `round_with_stops`."""
    stops = []
    for stop in each.pickups.all():
        # The stops came with the round: no query for what is at hand.
        stop.round = each
        stops.append(pickup_shape(stop))
    unloadings = [
        {
            "after_trip": call.after_trip,
            "planned_arrival_at": instant(call.planned_arrival_at),
            "expected_arrival_at": instant_or_none(call.expected_arrival_at),
            "finished_at": instant_or_none(call.finished_at),
        }
        for call in unloadings_of(each)
    ]
    return round_head(each) | {"stops": stops, "unloadings": unloadings}
