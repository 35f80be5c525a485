"""Lots: list, log and read them; their custody and events; and how they left."""

from typing import Any

from django.db.models import FilteredRelation, Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.departures import record_export, record_loss, withdraw
from collection.actions.duplicates import LooksTheSameError, record_asked, record_decision
from collection.actions.lots import log_lot
from collection.api.base import (
    CHANGING,
    CREATING,
    CURSOR,
    LIMIT,
    LISTING,
    READING,
    ErrorSerializer,
    LodestoneView,
    Shape,
)
from collection.api.shapes import (
    STATES,
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
    new_lot_of,
)
from collection.models import Band, Lot, RiskModelVersion
from collection.queries.custody import chain_of
from collection.queries.drafts import lot_logged_from
from collection.queries.duplicates import possible_duplicates
from collection.queries.offers import events_of
from collection.rules.look_alikes import Decision
from collection.rules.roles import Permission, Viewer

SEE = frozenset({Permission.SEE_LOTS})
LEAVE = frozenset({Permission.RECORD_EXPORT, Permission.RECORD_OUTCOME})


class LotsAsked(Shape):
    """What narrows the list of lots."""

    state = serializers.ChoiceField(choices=STATES, required=False)
    product = serializers.CharField(required=False, help_text="Product code")
    holder = serializers.SlugField(required=False, help_text="Slug of the organisation that holds it")
    band = serializers.ChoiceField(choices=["low", "medium", "high"], required=False)


MODEL_VERSIONS = RiskModelVersion.objects.only("version")


def readable_lots(viewer: Viewer) -> "QuerySet[Lot]":
    """Lots with everything their shape needs, `now` and `weighed` among it, in as many queries whatever the number.

    What is looked up is fetched apart: with all of it joined, PostgreSQL thought ten times as long about how to
    read a page as it then read.
    """
    found: QuerySet[Lot] = (
        Lot.objects.visible_to(viewer)
        .annotate(
            now=FilteredRelation("estimates", condition=Q(estimates__is_current=True)),
            weighed=FilteredRelation("weights", condition=Q(weights__is_current=True)),
        )
        .select_related("now", "weighed", "score", "waste", "details")
        .prefetch_related("holder", "product", Prefetch("score__model", MODEL_VERSIONS))
        .prefetch_related("details__turbine_model", "details__supply_class")
        .defer("now__explanation", "note")
    )
    return found


class LotsView(LodestoneView):
    """Lots you may see; and logging a new one."""

    needs = {"GET": SEE, "POST": frozenset({Permission.LOG_LOT})}

    @extend_schema(
        operation_id="lots_list",
        summary="List lots, newest first",
        parameters=[LotsAsked, CURSOR, LIMIT],
        responses={200: LotPage, 400: ErrorSerializer, **LISTING},
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(LotsAsked)
        lots = readable_lots(self.viewer)
        if "state" in asked:
            lots = lots.filter(state=asked["state"])
        if "product" in asked:
            lots = lots.filter(product__code=asked["product"])
        if "holder" in asked:
            lots = lots.filter(holder__slug=asked["holder"])
        if "band" in asked:
            lots = lots.filter(score__band=Band[asked["band"].upper()])
        return self.page(lots, lot_shape, request)

    @extend_schema(
        operation_id="lots_log",
        summary="Log a lot",
        description="The same `submission_id` twice is the same lot: 201 the first time, 200 after. 409 "
        "`looks_the_same` where a lot like it was logged before: look, then send it again with "
        "`look_alike_decision`.",
        request=LotIn,
        responses={201: LotOut, 200: LotOut, **CREATING, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        return log_from(self, self.body(LotIn))


def log_from(view: LodestoneView, wanted: dict[str, Any]) -> Response:
    """Log a lot from the checked body of a `LotIn`, and answer with it."""
    decision = wanted.pop("look_alike_decision", "")
    new_lot = new_lot_of(wanted)
    alike = possible_duplicates(view.viewer, new_lot, at=view.now())
    is_again = lot_logged_from(view.viewer, new_lot.submission_id) is not None
    if not decision and not is_again and any(one.may_be_told for one in alike):
        record_asked(view.viewer, new_lot.submission_id, alike, at=view.now())
        raise LooksTheSameError(alike)
    logged = log_lot(view.viewer, new_lot, at=view.now())
    if alike and logged.is_new:
        decided = Decision(decision) if decision else Decision.DIFFERENT
        record_decision(view.viewer, logged.lot, alike, decided, at=view.now())
    lot = readable_lots(view.viewer).get(pk=logged.lot.pk)
    code = status.HTTP_201_CREATED if logged.is_new else status.HTTP_200_OK
    return Response(lot_shape(lot), status=code)


class LotView(LodestoneView):
    """One lot."""

    needs = {"GET": SEE}

    @extend_schema(operation_id="lots_read", summary="Read a lot", responses={200: LotOut, **READING})
    def get(self, request: Request, reference: str) -> Response:
        lot = readable_lots(self.viewer).get(reference=reference)
        return Response(lot_shape(lot))


class LotCustodyView(LodestoneView):
    """The custody chain of a lot."""

    needs = {"GET": frozenset({Permission.SEE_CUSTODY})}

    @extend_schema(
        operation_id="lots_custody",
        summary="Read a lot's custody entries in order",
        responses={200: CustodyOut(many=True), **READING},
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
        responses={200: EventOut(many=True), **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        return Response([event(row) for row in events_of(self.viewer, lot)])


class LotExportView(LodestoneView):
    """Recording that a lot was exported."""

    needs = {"POST": LEAVE}

    @extend_schema(
        operation_id="lots_export",
        summary="Record an export",
        request=ExportIn,
        responses={200: LotOut, **CHANGING},
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
        operation_id="lots_loss", summary="Record a loss", request=LossIn, responses={200: LotOut, **CHANGING}
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
        responses={200: LotOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(WithdrawIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        withdraw(self.viewer, lot.pk, at=self.now(), why=wanted["why"])
        return Response(lot_shape(readable_lots(self.viewer).get(pk=lot.pk)))
