"""Rounds that come again, and how long stops take."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.plans import PlanRefusedError
from collection.actions.regular_rounds import RegularRoundRequest, save_regular_round, stop_regular_round
from collection.actions.service_times import activate_service_times
from collection.api.base import (
    CHANGING,
    CREATING,
    CURSOR,
    LIMIT,
    LISTING,
    READING,
    LodestoneView,
    Page,
    Shape,
    instant,
)
from collection.models import Facility, RegularRound, ServiceTimes
from collection.rules.planning.suitability import BOXES
from collection.rules.roles import Permission

PLAN = frozenset({Permission.PLAN_ROUNDS})


class RegularRoundIn(Shape):
    """What comes again every week."""

    name = serializers.CharField(max_length=80)
    facility = serializers.CharField(max_length=60, help_text="Code of one of your own plants")
    vehicle = serializers.IntegerField(help_text="Id of a vehicle that stands there")
    sites = serializers.ListField(child=serializers.IntegerField(), allow_empty=False)
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), allow_empty=False, help_text="Monday is 0"
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    days_ahead = serializers.IntegerField(min_value=1, max_value=14, default=3)
    box = serializers.ChoiceField(
        choices=[(code, words) for code, (words, _) in BOXES.items()], default="ndfeb"
    )
    is_active = serializers.BooleanField(default=True)


class RegularRoundOut(RegularRoundIn):
    """A regular round."""

    id = serializers.IntegerField()


class RegularRoundPage(Page):
    """A page of regular rounds."""

    results = RegularRoundOut(many=True)


class ServiceTimesOut(Shape):
    """One version of how long stops take. Minutes."""

    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ServiceTimes.State.choices)
    fitted_at = serializers.DateTimeField()
    stops = serializers.IntegerField(help_text="How many recorded stops it rests on")
    stop_minutes = serializers.FloatField()
    minutes_per_tonne = serializers.FloatField()
    error_before = serializers.FloatField(help_text="Mean absolute error on the newest quarter of the stops")
    error_after = serializers.FloatField()


class ServiceTimesPage(Page):
    """A page of versions."""

    results = ServiceTimesOut(many=True)


class RegularRoundsView(LodestoneView):
    """Regular rounds."""

    needs = {"GET": PLAN, "POST": PLAN}

    @extend_schema(
        operation_id="regular_rounds_list",
        summary="List your regular rounds",
        parameters=[CURSOR, LIMIT],
        responses={200: RegularRoundPage, **LISTING},
    )
    def get(self, request: Request) -> Response:
        rows = (
            RegularRound.objects.visible_to(self.viewer).select_related("facility").prefetch_related("sites")
        )
        return self.page(rows, _shape, request)

    @extend_schema(
        operation_id="regular_rounds_create",
        summary="Have a round planned every week",
        request=RegularRoundIn,
        responses={201: RegularRoundOut, **CREATING},
    )
    def post(self, request: Request) -> Response:
        row = _save(self, self.body(RegularRoundIn), None)
        return Response(_shape(row), status=status.HTTP_201_CREATED)


class RegularRoundView(LodestoneView):
    """One regular round."""

    needs = {"GET": PLAN, "PUT": PLAN}

    @extend_schema(
        operation_id="regular_rounds_read",
        summary="Read a regular round",
        responses={200: RegularRoundOut, **READING},
    )
    def get(self, request: Request, round_id: int) -> Response:
        return Response(_shape(RegularRound.objects.visible_to(self.viewer).get(pk=round_id)))

    @extend_schema(
        operation_id="regular_rounds_change",
        summary="Change or pause a regular round; booked rounds stay booked",
        request=RegularRoundIn,
        responses={200: RegularRoundOut, **CHANGING},
    )
    def put(self, request: Request, round_id: int) -> Response:
        return Response(_shape(_save(self, self.body(RegularRoundIn), round_id)))


class ServiceTimesView(LodestoneView):
    """How long stops take."""

    needs = {"GET": PLAN}

    @extend_schema(
        operation_id="service_times_list",
        summary="Versions of how long stops take, newest first",
        parameters=[CURSOR, LIMIT],
        responses={200: ServiceTimesPage, **LISTING},
    )
    def get(self, request: Request) -> Response:
        return self.page(ServiceTimes.objects.visible_to(self.viewer), _times_shape, request)


class ServiceTimesActivationView(LodestoneView):
    """Choosing a version."""

    needs = {"POST": PLAN}

    @extend_schema(
        operation_id="service_times_activate",
        summary="Plan with this version from now on",
        request=None,
        responses={200: ServiceTimesOut, **CHANGING},
    )
    def post(self, request: Request, version: int) -> Response:
        activate_service_times(self.viewer, version, at=self.now())
        row = ServiceTimes.objects.visible_to(self.viewer).get(
            organisation_id=self.viewer.organisation_id, version=version
        )
        return Response(_times_shape(row))


def _save(view: LodestoneView, wanted: dict[str, Any], pk: int | None) -> RegularRound:
    facility = Facility.objects.filter(code=wanted["facility"]).first()
    if facility is None:
        raise PlanRefusedError("facility", "Choose one of your own plants that takes lots.")
    asked = RegularRoundRequest(
        name=wanted["name"],
        facility_id=facility.pk,
        vehicle_id=wanted["vehicle"],
        site_ids=wanted["sites"],
        weekdays=wanted["weekdays"],
        starts_on=wanted["starts_on"],
        ends_on=wanted["ends_on"],
        days_ahead=wanted["days_ahead"],
        box=wanted["box"],
    )
    row = save_regular_round(view.viewer, asked, pk=pk)
    if row.is_active != wanted["is_active"]:
        stop_regular_round(view.viewer, row.pk, is_active=wanted["is_active"])
        row.refresh_from_db()
    return row


def _shape(row: RegularRound) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "facility": row.facility.code,
        "vehicle": row.vehicle_id,
        "sites": sorted(site.pk for site in row.sites.all()),
        "weekdays": row.weekdays,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "days_ahead": row.days_ahead,
        "box": row.settings.get("box", "ndfeb"),
        "is_active": row.is_active,
    }


def _times_shape(row: ServiceTimes) -> dict[str, Any]:
    return {
        "version": row.version,
        "state": row.state,
        "fitted_at": instant(row.fitted_at),
        "stops": row.stops,
        "stop_minutes": row.stop_minutes,
        "minutes_per_tonne": row.minutes_per_tonne,
        "error_before": row.figures.get("error_before", 0.0),
        "error_after": row.figures.get("error_after", 0.0),
    }
