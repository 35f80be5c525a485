"""Lots: list, log and read them; their custody and events; and how they left."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.departures import record_export, record_loss, withdraw
from collection.actions.lots import log_lot
from collection.api.base import ErrorSerializer, LodestoneView, NewestFirst
from collection.api.shapes import (
    CustodyOut,
    EventOut,
    ExportIn,
    LossIn,
    LotIn,
    LotOut,
    LotPage,
    WithdrawIn,
    custody_entry,
    event,
    lot_shape,
)
from collection.models import Lot
from collection.queries.custody import chain_of
from collection.rules.intake import NewLot
from collection.rules.lifecycle import LotState
from collection.rules.roles import Permission, Viewer

SEE = frozenset({Permission.SEE_LOTS})
LEAVE = frozenset({Permission.RECORD_EXPORT, Permission.RECORD_OUTCOME})
ERRORS: dict[int | str, Any] = {400: ErrorSerializer, 403: ErrorSerializer, 409: ErrorSerializer}
CURSOR = OpenApiParameter("cursor", str, description="From `next` or `previous` of the page before")
LIMIT = OpenApiParameter("limit", int, description="Rows a page, 50 unless told, 200 at most")


def readable_lots(viewer: Viewer) -> "QuerySet[Lot]":
    """Lots with everything their shape needs: two queries whatever the number."""
    found: QuerySet[Lot] = (
        Lot.objects.visible_to(viewer)
        .select_related("holder", "product", "score__model")
        .prefetch_related("estimates")
    )
    return found


class LotsView(LodestoneView):
    """Lots you may see; and logging a new one."""

    needs = {"GET": SEE, "POST": frozenset({Permission.LOG_LOT})}

    @extend_schema(
        operation_id="lots_list",
        summary="List lots, newest first",
        parameters=[
            OpenApiParameter("state", str, enum=[state.value for state in LotState]),
            OpenApiParameter("product", str, description="Product code"),
            CURSOR,
            LIMIT,
        ],
        responses={200: LotPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        lots = readable_lots(self.viewer)
        if state := request.query_params.get("state"):
            lots = lots.filter(state=state)
        if product := request.query_params.get("product"):
            lots = lots.filter(product__code=product)
        pages = NewestFirst()
        page = pages.paginate_queryset(lots, request, view=self) or []
        return pages.get_paginated_response([lot_shape(lot) for lot in page])

    @extend_schema(
        operation_id="lots_log",
        summary="Log a lot",
        description="The same `submission_id` twice is the same lot: 201 the first time, 200 after.",
        request=LotIn,
        responses={201: LotOut, 200: LotOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        wanted = self.body(LotIn)
        logged = log_lot(self.viewer, NewLot(**wanted), at=self.now())
        lot = readable_lots(self.viewer).get(pk=logged.lot.pk)
        code = status.HTTP_201_CREATED if logged.is_new else status.HTTP_200_OK
        return Response(lot_shape(lot), status=code)


class LotView(LodestoneView):
    """One lot."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="lots_read", summary="Read a lot", responses={200: LotOut, 404: ErrorSerializer}
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(lot_shape(readable_lots(self.viewer).get(reference=reference)))


class LotCustodyView(LodestoneView):
    """The custody chain of a lot."""

    needs = {"GET": frozenset({Permission.SEE_CUSTODY})}

    @extend_schema(
        operation_id="lots_custody",
        summary="Read a lot's custody entries in order",
        responses={200: CustodyOut(many=True), 404: ErrorSerializer},
    )
    def get(self, request: Request, reference: str) -> Response:
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        return Response([custody_entry(entry) for entry in chain_of(self.viewer, lot)])


class LotEventsView(LodestoneView):
    """What happened to a lot."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="lots_events",
        summary="Read what happened to a lot, oldest first",
        responses={200: EventOut(many=True), 404: ErrorSerializer},
    )
    def get(self, request: Request, reference: str) -> Response:
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        found = lot.events.select_related("organisation").order_by("pk")
        return Response([event(row) for row in found])


class LotExportView(LodestoneView):
    """Recording that a lot was exported."""

    needs = {"POST": LEAVE}

    @extend_schema(
        operation_id="lots_export",
        summary="Record an export",
        request=ExportIn,
        responses={200: LotOut, **ERRORS},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(ExportIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        record_export(self.viewer, lot.pk, at=self.now(), **wanted)
        return Response(lot_shape(readable_lots(self.viewer).get(pk=lot.pk)))


class LotLossView(LodestoneView):
    """Recording that a lot was lost."""

    needs = {"POST": LEAVE}

    @extend_schema(
        operation_id="lots_loss", summary="Record a loss", request=LossIn, responses={200: LotOut, **ERRORS}
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(LossIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        record_loss(self.viewer, lot.pk, at=self.now(), **wanted)
        return Response(lot_shape(readable_lots(self.viewer).get(pk=lot.pk)))


class LotWithdrawalView(LodestoneView):
    """Withdrawing a lot that was logged in error."""

    needs = {"POST": frozenset({Permission.CHANGE_OWN_LOT})}

    @extend_schema(
        operation_id="lots_withdraw",
        summary="Withdraw a lot logged in error",
        request=WithdrawIn,
        responses={200: LotOut, **ERRORS},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(WithdrawIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        withdraw(self.viewer, lot.pk, at=self.now(), why=wanted["why"])
        return Response(lot_shape(readable_lots(self.viewer).get(pk=lot.pk)))
