"""Saved places of your organisation, to log lots at."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.places import Pin, close_place, save_place
from collection.api.base import CREATING, CURSOR, LIMIT, LISTING, READING, LodestoneView, Page, Shape
from collection.models import PointPrecision, Site, VehicleProfile
from collection.queries.reference import locate_postcode
from collection.rules.answers import RefusedAnswerError
from collection.rules.points import point_problem
from collection.rules.roles import Permission

OWN = frozenset({Permission.MANAGE_PLACES})
VEHICLES = [("", "a lorry"), (VehicleProfile.VAN.value, "only a van")]


class SiteOut(Shape):
    """A saved place. Without a point (`lat` null) nobody can plan a pickup there."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    address = serializers.CharField()
    postcode = serializers.CharField()
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    precision = serializers.ChoiceField(choices=PointPrecision.choices)
    precision_km = serializers.FloatField(allow_null=True, help_text="How far off the point may be")
    nation = serializers.CharField()
    opens_at = serializers.TimeField()
    closes_at = serializers.TimeField()
    open_days = serializers.CharField(help_text="Monday is 1, Sunday 7: 12345 is Monday to Friday")
    largest_vehicle = serializers.CharField(help_text="Empty: a lorry; van: only a van gets in")
    has_lifting_gear = serializers.BooleanField()
    needs_appointment = serializers.BooleanField()
    contact_name = serializers.CharField()
    contact_phone = serializers.CharField()
    is_active = serializers.BooleanField()


class SitePage(Page):
    """A page of places."""

    results = SiteOut(many=True)


class SiteIn(Shape):
    """A place to save. The point comes from `lat` and `lon`, else from the postcode's first half."""

    name = serializers.CharField(max_length=120)
    address = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    postcode = serializers.CharField(required=False, allow_blank=True, max_length=60)
    lat = serializers.FloatField(required=False, allow_null=True)
    lon = serializers.FloatField(required=False, allow_null=True)
    opens_at = serializers.TimeField(default=dt.time(8))
    closes_at = serializers.TimeField(default=dt.time(17))
    open_days = serializers.RegexField(
        r"^1?2?3?4?5?6?7?$",
        default="12345",
        help_text="Monday is 1, Sunday 7, in order: 12345 is Monday to Friday",
    )
    largest_vehicle = serializers.ChoiceField(choices=VEHICLES, default="")
    has_lifting_gear = serializers.BooleanField(default=False)
    needs_appointment = serializers.BooleanField(default=False)
    contact_name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    contact_phone = serializers.CharField(required=False, allow_blank=True, max_length=30)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["closes_at"] <= attrs["opens_at"]:
            words = f"Closes at must be later than {attrs['opens_at']:%H:%M}."
            raise serializers.ValidationError({"closes_at": words})
        problem = point_problem(attrs.get("lat"), attrs.get("lon"))
        if problem is not None:
            raise RefusedAnswerError(problem)
        return attrs


class SitesView(LodestoneView):
    """Your places."""

    needs = {"GET": OWN, "POST": OWN}

    @extend_schema(
        operation_id="sites_list",
        summary="List your places",
        parameters=[CURSOR, LIMIT],
        responses={200: SitePage, **LISTING},
    )
    def get(self, request: Request) -> Response:
        return self.page(Site.objects.visible_to(self.viewer), site_shape, request)

    @extend_schema(
        operation_id="sites_create",
        summary="Save a place",
        description="Names are unique in your organisation, so sending a place twice saves it once.",
        request=SiteIn,
        responses={201: SiteOut, **CREATING},
    )
    def post(self, request: Request) -> Response:
        wanted = self.body(SiteIn)
        lat, lon, postcode = wanted.pop("lat", None), wanted.pop("lon", None), wanted.pop("postcode", "")
        point = locate_postcode(postcode) if postcode.strip() else None
        pin = Pin(lat, lon) if lat is not None and lon is not None else None
        site = save_place(self.viewer, Site(**wanted), point, pin, at=self.now())
        return Response(site_shape(site), status=status.HTTP_201_CREATED)


class SiteView(LodestoneView):
    """One of your places."""

    needs = {"GET": OWN, "DELETE": OWN}

    @extend_schema(operation_id="sites_read", summary="Read a place", responses={200: SiteOut, **READING})
    def get(self, request: Request, site_id: int) -> Response:
        return Response(site_shape(Site.objects.visible_to(self.viewer).get(pk=site_id)))

    @extend_schema(
        operation_id="sites_close",
        summary="Take a place out of use",
        description="Lots logged there keep it.",
        responses={204: None, **READING},
    )
    def delete(self, request: Request, site_id: int) -> Response:
        close_place(self.viewer, site_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def site_shape(site: Site) -> dict[str, Any]:
    return {
        "id": site.pk,
        "name": site.name,
        "address": site.address,
        "postcode": site.postcode,
        "lat": site.lat,
        "lon": site.lon,
        "precision": site.precision,
        "precision_km": site.precision_km,
        "nation": site.nation,
        "opens_at": f"{site.opens_at:%H:%M:%S}",
        "closes_at": f"{site.closes_at:%H:%M:%S}",
        "open_days": site.open_days,
        "largest_vehicle": site.largest_vehicle,
        "has_lifting_gear": site.has_lifting_gear,
        "needs_appointment": site.needs_appointment,
        "contact_name": site.contact_name,
        "contact_phone": site.contact_phone,
        "is_active": site.is_active,
    }
