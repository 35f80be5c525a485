"""Watched sources: what will become lots, when, and how much; the years ahead."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.watched import NewWatched, change_watched, close_watched, link_lot, watch_source
from collection.api.base import (
    CHANGING,
    CREATING,
    CURSOR,
    LIMIT,
    LISTING,
    READING,
    LodestoneView,
    MassRange,
    Page,
    Shape,
    instant,
    mass_range,
)
from collection.models import Arrival, SourceKind, Unit, WatchedSource, WatchState
from collection.queries.expected import ExpectedYear, expected_by_year, farm_of
from collection.queries.lots import lot_of
from collection.queries.watched import watched_of
from collection.rules.answers import RefusedAnswerError, error
from collection.rules.roles import Permission
from collection.rules.watching import expected_window

SEE = frozenset({Permission.SEE_REPORTS})
KEEP = frozenset({Permission.LOG_LOT})
STATE = OpenApiParameter("state", str, enum=WatchState.values, description="Only sources in this state")


class WatchedOut(Shape):
    """Something that will become lots, with the magnets estimated when it was last said."""

    reference = serializers.CharField()
    name = serializers.CharField()
    holder = serializers.CharField(help_text="The organisation's slug")
    state = serializers.ChoiceField(choices=WatchState.choices)
    source_kind = serializers.ChoiceField(choices=SourceKind.choices)
    product_code = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3)
    unit = serializers.ChoiceField(choices=Unit.choices)
    expected_from_on = serializers.DateField()
    expected_to_on = serializers.DateField()
    magnet = MassRange()
    register_code = serializers.CharField(allow_null=True, help_text="The wind farm in the public register")
    site_id = serializers.IntegerField(allow_null=True)
    nation = serializers.CharField()
    note = serializers.CharField()
    closed_why = serializers.CharField()
    lots = serializers.ListField(child=serializers.CharField(), help_text="What has come of it")
    logged_at = serializers.DateTimeField()


class WatchedPageOut(Page):
    """A page of watched sources."""

    results = WatchedOut(many=True)


class WatchedIn(Shape):
    """A source to watch. Give the year it is expected; the month and day if they are known."""

    name = serializers.CharField(max_length=160)
    source_kind = serializers.ChoiceField(choices=SourceKind.choices)
    product_code = serializers.CharField(max_length=60)
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3, min_value=0)
    unit = serializers.ChoiceField(choices=Unit.choices)
    year = serializers.IntegerField()
    month = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=12, default=None)
    day = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=31, default=None)
    register_code = serializers.CharField(required=False, allow_null=True, max_length=80, default=None)
    site_id = serializers.IntegerField(required=False, allow_null=True, default=None)
    postcode = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    build_year = serializers.IntegerField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class WatchedNew(WatchedIn):
    """A source to watch, once for each `submission_id`."""

    submission_id = serializers.UUIDField(help_text="Made by you: the same id twice is the same source")


class ClosingIn(Shape):
    """Why it will not arise."""

    why = serializers.CharField(max_length=300)


class ArrivedIn(Shape):
    """A lot of yours that came of it."""

    lot = serializers.CharField(max_length=16)


class ExpectedYearOut(Shape):
    """What one year should bring. The interval is of the sum, not the sum of intervals."""

    year = serializers.IntegerField()
    register_farms = serializers.IntegerField()
    watched_sources = serializers.IntegerField()
    register_grams = serializers.IntegerField()
    watched_grams = serializers.IntegerField()
    magnet = MassRange()


class WatchedSourcesView(LodestoneView):
    """Watched sources."""

    needs = {"GET": SEE, "POST": KEEP}

    @extend_schema(
        operation_id="watched_list",
        summary="List watched sources",
        parameters=[STATE, CURSOR, LIMIT],
        responses={200: WatchedPageOut, **LISTING},
    )
    def get(self, request: Request) -> Response:
        rows = WatchedSource.objects.visible_to(self.viewer)
        if request.query_params.get("state") in WatchState.values:
            rows = rows.filter(state=request.query_params["state"])
        rows = rows.select_related("product", "organisation", "source").prefetch_related("arrivals__lot")
        return self.page(rows, watched_shape, request)

    @extend_schema(
        operation_id="watched_create",
        summary="Watch a source",
        request=WatchedNew,
        responses={201: WatchedOut, 200: WatchedOut, **CREATING},
    )
    def post(self, request: Request) -> Response:
        wanted = self.body(WatchedNew)
        noted = watch_source(self.viewer, _new_watched(wanted), at=self.now())
        code = status.HTTP_201_CREATED if noted.is_new else status.HTTP_200_OK
        return Response(watched_shape(noted.watched), status=code)


class WatchedSourceView(LodestoneView):
    """One watched source."""

    needs = {"GET": SEE, "PUT": KEEP}

    @extend_schema(
        operation_id="watched_read", summary="Read a watched source", responses={200: WatchedOut, **READING}
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(watched_shape(watched_of(self.viewer, reference)))

    @extend_schema(
        operation_id="watched_change",
        summary="Say a watched source anew",
        description="It is estimated again. Only while it is watched.",
        request=WatchedIn,
        responses={200: WatchedOut, **CHANGING},
    )
    def put(self, request: Request, reference: str) -> Response:
        wanted = self.body(WatchedIn)
        found = watched_of(self.viewer, reference)
        wanted["submission_id"] = found.submission_id
        change_watched(self.viewer, found, _new_watched(wanted), at=self.now())
        return Response(watched_shape(watched_of(self.viewer, reference)))


class WatchedClosingView(LodestoneView):
    """Closing a watched source."""

    needs = {"POST": KEEP}

    @extend_schema(
        operation_id="watched_close",
        summary="Say that a source will not arise",
        request=ClosingIn,
        responses={200: WatchedOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        why = self.body(ClosingIn)["why"]
        close_watched(self.viewer, watched_of(self.viewer, reference), why, at=self.now())
        return Response(watched_shape(watched_of(self.viewer, reference)))


class WatchedLotsView(LodestoneView):
    """Lots that came of a watched source."""

    needs = {"POST": KEEP}

    @extend_schema(
        operation_id="watched_arrived",
        summary="Say that a lot of yours came of it",
        description="The source has thereby arisen. Safe to repeat.",
        request=ArrivedIn,
        responses={200: WatchedOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted, found = self.body(ArrivedIn), watched_of(self.viewer, reference)
        link_lot(self.viewer, found, lot_of(self.viewer, wanted["lot"]), at=self.now())
        return Response(watched_shape(watched_of(self.viewer, reference)))


class ExpectedByYearView(LodestoneView):
    """The years ahead."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="expected_by_year",
        summary="Magnets expected by year",
        description="From watched sources you may see and the wind farms of the public register.",
        responses={200: ExpectedYearOut(many=True), **LISTING},
    )
    def get(self, request: Request) -> Response:
        forecast = expected_by_year(self.viewer, today=timezone.localdate(self.now()))
        return Response([year_shape(one) for one in forecast.years])


def _new_watched(wanted: dict[str, Any]) -> NewWatched:
    """The body as the action takes it. Raises RefusedAnswerError naming the field."""
    source = farm_of(wanted["register_code"]) if wanted["register_code"] else None
    if wanted["register_code"] and source is None:
        raise RefusedAnswerError(
            error("register_code", "unknown", "That is no wind farm of the register.", "Leave it out")
        )
    today = timezone.localdate()
    return NewWatched(
        submission_id=wanted["submission_id"],
        name=wanted["name"],
        source_kind=wanted["source_kind"],
        product_code=wanted["product_code"],
        quantity=wanted["quantity"],
        unit=wanted["unit"],
        window=expected_window(wanted["year"], wanted["month"], wanted["day"], today=today),
        source_id=source.pk if source else None,
        site_id=wanted["site_id"],
        postcode=wanted["postcode"],
        build_year=wanted["build_year"],
        note=wanted["note"],
    )


def watched_shape(watched: WatchedSource) -> dict[str, Any]:
    arrivals: list[Arrival] = list(watched.arrivals.all())
    return {
        "reference": watched.reference,
        "name": watched.name,
        "holder": watched.organisation.slug,
        "state": watched.state,
        "source_kind": watched.source_kind,
        "product_code": watched.product.code,
        "quantity": str(watched.quantity),
        "unit": watched.unit,
        "expected_from_on": watched.expected_from_on.isoformat(),
        "expected_to_on": watched.expected_to_on.isoformat(),
        "magnet": mass_range(
            watched.magnet_low_grams, watched.magnet_central_grams, watched.magnet_high_grams
        ),
        "register_code": watched.source.code if watched.source else None,
        "site_id": watched.site_id,
        "nation": watched.nation,
        "note": watched.note,
        "closed_why": watched.closed_why,
        "lots": [arrival.lot.reference for arrival in arrivals],
        "logged_at": instant(watched.logged_at),
    }


def year_shape(one: ExpectedYear) -> dict[str, Any]:
    return {
        "year": one.year,
        "register_farms": one.farms,
        "watched_sources": one.watched,
        "register_grams": round(one.farm_grams),
        "watched_grams": round(one.watched_grams),
        "magnet": mass_range(one.magnet.low, one.magnet.central, one.magnet.high),
    }
