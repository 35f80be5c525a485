"""A round on its day: leaving, arriving, coming back; where it is, a breakdown, and what came of it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.dispatching import break_down, proposal_key
from collection.actions.driving import arrive, come_back, leave_plant, unload
from collection.api.base import CHANGING, READING, LodestoneView, Shape, instant
from collection.api.pickups import PickupOut, pickup_shape, readable_pickups
from collection.api.rounds import RoundOut, round_shape
from collection.models import Round
from collection.queries.live import LIVE_STATES, instant_of, round_now, with_stops
from collection.queries.outcomes import Sides, round_outcome
from collection.queries.replanning import breakdown_remedy
from collection.queries.rounds import round_with_stops
from collection.rules.lifecycle import StateConflictError
from collection.rules.planning.emissions import Emission
from collection.rules.roles import Permission

DRIVE = frozenset({Permission.DRIVE_ROUND})
PLAN = frozenset({Permission.PLAN_ROUNDS})
BOOK = frozenset({Permission.CONFIRM_PLAN})


class BackIn(Shape):
    """The vehicle is at the plant again."""

    driven_metres = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=3_000_000, help_text="From the odometer"
    )


class ExpectedOut(Shape):
    """One stop still to be made."""

    pickup = serializers.CharField()
    expected_at = serializers.DateTimeField()
    is_late = serializers.BooleanField(help_text="After the promised slot")


class ExpectedAtPlantOut(Shape):
    """A call at the plant still to be made between two trips."""

    after_trip = serializers.IntegerField()
    expected_at = serializers.DateTimeField()


class RoundNowOut(Shape):
    """Where a round is, by its recorded stops."""

    reference = serializers.CharField()
    stops = ExpectedOut(many=True)
    unloadings = ExpectedAtPlantOut(many=True)
    returns_at = serializers.DateTimeField()


class PlacementOut(Shape):
    """Where a stop of the broken-down vehicle would go."""

    pickup = serializers.CharField()
    proposal = serializers.CharField(help_text="Send it back to have it done")
    vehicle = serializers.CharField()
    arrives_at = serializers.DateTimeField()


class UnplacedOut(Shape):
    """A stop nobody can take, and why."""

    pickup = serializers.CharField()
    sentence = serializers.CharField()


class BreakdownOut(Shape):
    """The least change when a vehicle drives no further."""

    placements = PlacementOut(many=True)
    unplaced = UnplacedOut(many=True)
    cost_pence = serializers.IntegerField()


class BreakdownIn(Shape):
    """What was proposed, to be done. 409 when the day has moved on and it would be different now."""

    proposals = serializers.ListField(child=serializers.CharField(max_length=80), allow_empty=True)


class SidesOut(Shape):
    """Planned and actual; null while it is not known."""

    planned = serializers.IntegerField()
    actual = serializers.IntegerField(allow_null=True)


class EmissionOut(Shape):
    """Grams of CO2 equivalent."""

    low_grams = serializers.IntegerField()
    central_grams = serializers.IntegerField()
    high_grams = serializers.IntegerField()


class OutcomeOut(Shape):
    """What a round was planned to be, and what it was."""

    stops = SidesOut()
    distance_metres = SidesOut()
    duration_minutes = SidesOut()
    service_minutes = SidesOut()
    cost_pence = SidesOut()
    magnet_grams = SidesOut()
    saved_grams = SidesOut()
    emission_planned = EmissionOut()
    emission_actual = EmissionOut(allow_null=True)
    emission_source = serializers.CharField()
    slots = serializers.IntegerField()
    slots_kept = serializers.IntegerField()


class RoundDepartureView(LodestoneView):
    """Leaving the plant."""

    needs = {"POST": DRIVE}

    @extend_schema(
        operation_id="rounds_leave",
        summary="The vehicle leaves the plant; saying so again changes nothing",
        request=None,
        responses={200: RoundOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        chosen = Round.objects.visible_to(self.viewer).get(reference=reference)
        leave_plant(self.viewer, chosen.pk, at=self.now())
        return Response(round_shape(round_with_stops(self.viewer, reference)))


class RoundUnloadingView(LodestoneView):
    """Unloading at the plant between two trips."""

    needs = {"POST": DRIVE}

    @extend_schema(
        operation_id="rounds_unload",
        summary="The load of a trip is at the plant and the vehicle goes again; the first time counts",
        request=None,
        responses={200: RoundOut, **CHANGING},
    )
    def post(self, request: Request, reference: str, trip: int) -> Response:
        chosen = Round.objects.visible_to(self.viewer).get(reference=reference)
        unload(self.viewer, chosen.pk, trip, at=self.now())
        return Response(round_shape(round_with_stops(self.viewer, reference)))


class RoundReturnView(LodestoneView):
    """Coming back."""

    needs = {"POST": DRIVE}

    @extend_schema(
        operation_id="rounds_return",
        summary="The vehicle is at the plant again",
        request=BackIn,
        responses={200: RoundOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        driven = self.body(BackIn).get("driven_metres")
        chosen = Round.objects.visible_to(self.viewer).get(reference=reference)
        come_back(self.viewer, chosen.pk, driven_metres=driven, at=self.now())
        return Response(round_shape(round_with_stops(self.viewer, reference)))


class PickupArrivalView(LodestoneView):
    """Arriving at a gate."""

    needs = {"POST": DRIVE}

    @extend_schema(
        operation_id="pickups_arrive",
        summary="The vehicle is at the gate; the first time counts",
        request=None,
        responses={200: PickupOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        pickup = readable_pickups(self.viewer).get(reference=reference)
        arrive(self.viewer, pickup.pk, at=self.now())
        return Response(pickup_shape(readable_pickups(self.viewer).get(pk=pickup.pk)))


class RoundLiveView(LodestoneView):
    """Where a round is."""

    needs = {"GET": PLAN | DRIVE}

    @extend_schema(
        operation_id="rounds_live",
        summary="Expected times of the stops still to be made",
        responses={200: RoundNowOut, **CHANGING},
    )
    def get(self, request: Request, reference: str) -> Response:
        found = with_stops(Round.objects.visible_to(self.viewer).filter(reference=reference))
        if not found:
            raise Round.DoesNotExist
        if found[0].state not in LIVE_STATES:
            raise StateConflictError(f"{reference} is over.")
        now = round_now(found[0], self.now())
        stops = [
            {
                "pickup": call.stop.key,
                "expected_at": instant(instant_of(call.arrives)),
                "is_late": call.is_late,
            }
            for call in now.table.calls
        ]
        unloadings = [
            {"after_trip": call.after_trip, "expected_at": instant(instant_of(call.arrives))}
            for call in now.table.unloadings
        ]
        returns = instant(instant_of(now.table.returns))
        return Response(
            {"reference": reference, "stops": stops, "unloadings": unloadings, "returns_at": returns}
        )


class RoundBreakdownView(LodestoneView):
    """A vehicle that drives no further."""

    needs = {"GET": BOOK, "POST": BOOK}

    @extend_schema(
        operation_id="rounds_breakdown_options",
        summary="Where the stops would go if the vehicle broke down now",
        responses={200: BreakdownOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        chosen = Round.objects.visible_to(self.viewer).select_related("facility").get(reference=reference)
        remedy = breakdown_remedy(self.viewer, chosen, self.now())
        placements = [
            {
                "pickup": placed.stop.key,
                "proposal": proposal_key(placed),
                "vehicle": placed.vehicle.name,
                "arrives_at": instant(instant_of(placed.arrives)),
            }
            for placed in remedy.placements
        ]
        unplaced = [{"pickup": each.stop.key, "sentence": each.sentence} for each in remedy.unplaced]
        return Response({"placements": placements, "unplaced": unplaced, "cost_pence": remedy.pence})

    @extend_schema(
        operation_id="rounds_breakdown",
        summary="Record a breakdown and move the stops as proposed",
        request=BreakdownIn,
        responses={200: RoundOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        chosen = Round.objects.visible_to(self.viewer).get(reference=reference)
        break_down(self.viewer, chosen.pk, self.body(BreakdownIn)["proposals"], at=self.now())
        return Response(round_shape(round_with_stops(self.viewer, reference)))


class RoundOutcomeView(LodestoneView):
    """Planned against what happened."""

    needs = {"GET": PLAN}

    @extend_schema(
        operation_id="rounds_outcome",
        summary="What a round was planned to be, and what it was",
        responses={200: OutcomeOut, **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        found = round_outcome(round_with_stops(self.viewer, reference))
        shape: dict[str, Any] = {
            "stops": _sides(found.stops),
            "distance_metres": _sides(found.distance),
            "duration_minutes": _sides(found.duration),
            "service_minutes": _sides(found.service),
            "cost_pence": _sides(found.cost),
            "magnet_grams": _sides(found.magnets),
            "saved_grams": _sides(found.saved),
            "emission_planned": _emission(found.planned_emission),
            "emission_actual": _emission(found.actual_emission) if found.actual_emission else None,
            "emission_source": f"{found.factor.source}; {found.factor.basis}",
            "slots": found.slots,
            "slots_kept": found.slots_kept,
        }
        return Response(shape)


def _sides(sides: Sides) -> dict[str, int | None]:
    return {"planned": sides.planned, "actual": sides.actual}


def _emission(found: Emission) -> dict[str, int]:
    return {"low_grams": found.low, "central_grams": found.central, "high_grams": found.high}
