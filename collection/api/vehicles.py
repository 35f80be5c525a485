"""Vehicles of your plants, and who may drive them."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.api.base import CURSOR, LIMIT, LISTING, READING, LodestoneView, Page, Shape
from collection.models import Vehicle, VehicleProfile
from collection.queries.rounds import drivers_of
from collection.rules.roles import Permission, Viewer

MANAGE = frozenset({Permission.MANAGE_VEHICLES})


class VehicleOut(Shape):
    """A vehicle, what it carries and what it costs."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    registration = serializers.CharField()
    depot = serializers.CharField(help_text="Code of the plant where it stands")
    profile = serializers.ChoiceField(choices=VehicleProfile.choices)
    capacity_kg = serializers.IntegerField()
    pallets = serializers.IntegerField()
    most_trips = serializers.IntegerField(help_text="How often a day it may leave the plant")
    cost_per_day_pence = serializers.IntegerField()
    cost_per_km_pence = serializers.IntegerField()
    cost_per_hour_pence = serializers.IntegerField()
    shift_starts_at = serializers.TimeField()
    shift_ends_at = serializers.TimeField()
    skills = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    carrier_name = serializers.CharField(help_text="Who carries, where it is not you")
    carrier_registration = serializers.CharField()
    carrier_registration_expires_on = serializers.DateField(allow_null=True)
    tested_until_on = serializers.DateField(allow_null=True, help_text="Last day of its MOT or annual test")


class VehiclePage(Page):
    """A page of vehicles."""

    results = VehicleOut(many=True)


class DriverOut(Shape):
    """Somebody who may drive a round."""

    email = serializers.EmailField()
    name = serializers.CharField()


class VehiclesView(LodestoneView):
    """Your vehicles."""

    needs = {"GET": MANAGE}

    @extend_schema(
        operation_id="vehicles_list",
        summary="List your vehicles",
        parameters=[CURSOR, LIMIT],
        responses={200: VehiclePage, **LISTING},
    )
    def get(self, request: Request) -> Response:
        return self.page(_vehicles(self.viewer), vehicle_shape, request)


class VehicleView(LodestoneView):
    """One of your vehicles."""

    needs = {"GET": MANAGE}

    @extend_schema(
        operation_id="vehicles_read", summary="Read a vehicle", responses={200: VehicleOut, **READING}
    )
    def get(self, request: Request, vehicle_id: int) -> Response:
        return Response(vehicle_shape(_vehicles(self.viewer).get(pk=vehicle_id)))


class DriversView(LodestoneView):
    """Your drivers."""

    needs = {"GET": frozenset({Permission.CONFIRM_PLAN})}

    @extend_schema(
        operation_id="drivers_list",
        summary="List your drivers by name",
        responses={200: DriverOut(many=True), **LISTING},
    )
    def get(self, request: Request) -> Response:
        drivers = drivers_of(self.viewer.organisation_id)
        return Response([{"email": each.email, "name": each.name} for each in drivers])


def _vehicles(viewer: Viewer) -> "QuerySet[Vehicle, Vehicle]":
    found: QuerySet[Vehicle, Vehicle] = Vehicle.objects.visible_to(viewer).select_related("depot")
    return found


def vehicle_shape(vehicle: Vehicle) -> dict[str, Any]:
    return {
        "id": vehicle.pk,
        "name": vehicle.name,
        "registration": vehicle.registration,
        "depot": vehicle.depot.code,
        "profile": vehicle.profile,
        "capacity_kg": vehicle.capacity_kg,
        "pallets": vehicle.pallets,
        "most_trips": vehicle.most_trips,
        "cost_per_day_pence": vehicle.cost_per_day_pence,
        "cost_per_km_pence": vehicle.cost_per_km_pence,
        "cost_per_hour_pence": vehicle.cost_per_hour_pence,
        "shift_starts_at": f"{vehicle.shift_starts_at:%H:%M:%S}",
        "shift_ends_at": f"{vehicle.shift_ends_at:%H:%M:%S}",
        "skills": list(vehicle.skills),
        "is_active": vehicle.is_active,
        "carrier_name": vehicle.carrier_name,
        "carrier_registration": vehicle.carrier_registration,
        "carrier_registration_expires_on": _day(vehicle.carrier_registration_expires_on),
        "tested_until_on": _day(vehicle.tested_until_on),
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
