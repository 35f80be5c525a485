"""The plants of the national loop."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.api.base import CURSOR, LIMIT, LISTING, READING, LodestoneView, Page, Shape
from collection.models import Facility
from collection.rules.roles import Permission

INSIDE = frozenset({Permission.SEE_LOTS})


class FacilityOut(Shape):
    """A plant, from the facility register."""

    code = serializers.CharField()
    name = serializers.CharField()
    operator = serializers.CharField()
    organisation = serializers.CharField(
        allow_null=True, help_text="Slug of the organisation that runs it here"
    )
    town = serializers.CharField()
    nation = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    accepts_lots = serializers.BooleanField()
    route_code = serializers.CharField()
    capacity_t_per_year = serializers.DecimalField(max_digits=10, decimal_places=2)
    planned_capacity_t_per_year = serializers.DecimalField(max_digits=10, decimal_places=2)
    status = serializers.CharField()
    status_as_of = serializers.DateField(allow_null=True)
    citation = serializers.CharField()
    opens_at = serializers.TimeField()
    closes_at = serializers.TimeField()


class FacilityPage(Page):
    """A page of plants."""

    results = FacilityOut(many=True)


class FacilitiesView(LodestoneView):
    """Plants."""

    needs = {"GET": INSIDE}

    @extend_schema(
        operation_id="facilities_list",
        summary="List the plants",
        parameters=[CURSOR, LIMIT],
        responses={200: FacilityPage, **LISTING},
    )
    def get(self, request: Request) -> Response:
        return self.page(Facility.objects.select_related("organisation"), facility_shape, request)


class FacilityView(LodestoneView):
    """One plant."""

    needs = {"GET": INSIDE}

    @extend_schema(
        operation_id="facilities_read", summary="Read a plant", responses={200: FacilityOut, **READING}
    )
    def get(self, request: Request, code: str) -> Response:
        facility = Facility.objects.select_related("organisation").get(code=code)
        return Response(facility_shape(facility))


def facility_shape(facility: Facility) -> dict[str, Any]:
    return {
        "code": facility.code,
        "name": facility.name,
        "operator": facility.operator_name,
        "organisation": facility.organisation.slug if facility.organisation else None,
        "town": facility.town,
        "nation": facility.nation,
        "lat": facility.lat,
        "lon": facility.lon,
        "accepts_lots": facility.accepts_lots,
        "route_code": facility.route_code,
        "capacity_t_per_year": f"{facility.capacity_t_per_year:.2f}",
        "planned_capacity_t_per_year": f"{facility.planned_capacity_t_per_year:.2f}",
        "status": facility.status,
        "status_as_of": facility.status_as_of.isoformat() if facility.status_as_of else None,
        "citation": facility.source,
        "opens_at": f"{facility.opens_at:%H:%M:%S}",
        "closes_at": f"{facility.closes_at:%H:%M:%S}",
    }
