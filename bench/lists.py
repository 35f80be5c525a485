"""The API's list of lots: first page and a page far down, beside DRF's limit–offset pages."""

from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers, status
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from bench.rows import Row, seconds
from collection.api.base import LodestoneView
from collection.api.lots import SEE, LotsView
from collection.models import Lot, Membership, Organisation, User
from collection.rules.roles import Role

PAGES = 25


class PeerLot(serializers.ModelSerializer[Lot]):
    class Meta:
        model = Lot
        fields = "__all__"


class SelectOne(LodestoneView):
    """The least an endpoint can do: the same sign-in and permission, one query, one small body."""

    needs = {"GET": SEE}

    def get(self, request: Request) -> Response:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return Response({"one": cursor.fetchone()[0]})


class PeerPages(LimitOffsetPagination):
    default_limit = 50


def _administrator() -> User:
    user, _ = User.objects.get_or_create(email="bench@example.org", defaults={"name": "Benchmark"})
    organisation, _ = Organisation.objects.get_or_create(
        slug="bench", defaults={"name": "Benchmark", "kind": "regulator"}
    )
    Membership.objects.get_or_create(user=user, organisation=organisation, role=Role.PRODUCT_ADMIN.value)
    return user


def _ask(user: User, cursor: str = "", view: type[LodestoneView] = LotsView) -> Any:
    request = APIRequestFactory().get("/api/v1/lots/", {"cursor": cursor} if cursor else {})
    force_authenticate(request, user)
    request.session = {}  # type: ignore[attr-defined]
    answer = view.as_view()(request)
    answer.render()
    if answer.status_code != status.HTTP_200_OK:
        raise RuntimeError(f"The list answered {answer.status_code}: {answer.data}")
    return answer


def _peer(offset: int) -> bytes:
    pages = PeerPages()
    request = Request(APIRequestFactory().get("/", {"offset": offset}))
    lots = Lot.unscoped.select_related("holder", "product", "site", "region").order_by("-logged_at", "-id")
    page = pages.paginate_queryset(lots, request)
    return JSONRenderer().render(pages.get_paginated_response(PeerLot(page, many=True).data).data)


def _deep_cursor(position: int) -> str:
    """The cursor of a page that begins about `position` rows down."""

    lot_id = Lot.unscoped.order_by("-pk").values_list("pk", flat=True)[position]
    return b64encode(urlencode({"p": lot_id}).encode()).decode()


def run() -> list[Row]:
    user = _administrator()
    lots = Lot.unscoped.count()
    deep = int(lots * 0.9)
    cursor = _deep_cursor(deep)
    _ask(user)
    with CaptureQueriesContext(connection) as queries:
        answer = _ask(user)
    first = seconds(lambda: _ask(user), times=PAGES)
    far = seconds(lambda: _ask(user, cursor), times=PAGES)

    limit = seconds(lambda: _ask(user, view=SelectOne), times=PAGES)
    return [
        Row(
            name=f"list of {lots:,} lots, first page",
            ours_seconds=first,
            peer="DRF LimitOffset with select_related",
            peer_seconds=seconds(lambda: _peer(0), times=3),
            limit="the API's own SELECT 1 view",
            limit_seconds=limit,
            reach_peer=40,
            reach_limit=5,
            facts={"queries": len(queries), "bytes": len(answer.content)},
        ),
        Row(
            name=f"list of {lots:,} lots, from row {deep:,}",
            ours_seconds=far,
            peer="DRF LimitOffset with select_related",
            peer_seconds=seconds(lambda: _peer(deep), times=3),
            reach_peer=250,
            limit="our own first page",
            limit_seconds=first,
            reach_limit=1.3,
        ),
    ]
