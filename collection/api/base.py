"""What every endpoint shares: who is looking, the body checked, pages by key."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from collection.models import User
from collection.rules.roles import Permission, Viewer


class LodestoneView(APIView):
    """An endpoint. `needs` names, per method, the permissions of which a viewer must have one."""

    needs: dict[str, frozenset[Permission]] = {}

    @property
    def viewer(self) -> Viewer:
        viewer: Viewer = self.request.viewer  # type: ignore[attr-defined]
        return viewer

    @property
    def person(self) -> User:
        person = self.request.user
        if not isinstance(person, User):
            raise TypeError("The permission let in somebody who is not signed in.")
        return person

    def now(self) -> dt.datetime:
        return timezone.now()

    def body(self, serializer_class: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The checked body. Raises ValidationError naming each field."""
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def asked(self, serializer_class: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The checked query parameters. Raises ValidationError naming each."""
        serializer = serializer_class(data=self.request.query_params)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def page(
        self, rows: "QuerySet[Any, Any]", shape: Callable[[Any], dict[str, Any]], request: Request
    ) -> Response:
        """One page of `rows`, newest first, each in its shape."""
        pages = NewestFirst()
        found = pages.paginate_queryset(rows, request, view=self) or []
        return pages.get_paginated_response([shape(row) for row in found])


class NewestFirst(CursorPagination):
    """Keyset pages by id, newest first: every row has its own key, so none is skipped or shown twice."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-id"


Shape = serializers.Serializer[Any]


class MassRange(Shape):
    """Grams: the 10th percentile, the central value, the 90th."""

    low_grams = serializers.IntegerField()
    central_grams = serializers.IntegerField()
    high_grams = serializers.IntegerField()


class Page(Shape):
    """A page of a list: follow `next` until it is null. Subclasses add `results`."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class ProblemOut(Shape):
    """One thing that is wrong with a request."""

    field = serializers.CharField(help_text="Empty when it is about the request as a whole")
    code = serializers.CharField()
    message = serializers.CharField()
    way_out = serializers.CharField(help_text="What to do about it; empty where `message` says it")


class ErrorSerializer(Shape):
    """The body of every answer that is not a success."""

    def get_fields(self) -> dict[str, Any]:
        # Declared here because `errors` is taken by the serializer itself.
        return {"errors": ProblemOut(many=True)}


CURSOR = OpenApiParameter("cursor", str, description="From `next` or `previous` of the page before")
LIMIT = OpenApiParameter("limit", int, description="Rows a page, 50 unless told, 200 at most")

Responses = dict[int | str, Any]
# What any operation may answer with instead, by what it does.
LISTING: Responses = {401: ErrorSerializer, 403: ErrorSerializer}
READING: Responses = {**LISTING, 404: ErrorSerializer}
CREATING: Responses = {400: ErrorSerializer, **LISTING}
CHANGING: Responses = {400: ErrorSerializer, **READING, 409: ErrorSerializer}


def instant(value: dt.datetime) -> str:
    """An instant as the API writes it: UTC, ISO 8601, ending in Z."""
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def instant_or_none(value: dt.datetime | None) -> str | None:
    return instant(value) if value else None


def mass_range(low: float, central: float, high: float) -> dict[str, int]:
    return {"low_grams": round(low), "central_grams": round(central), "high_grams": round(high)}
