"""Offers of recyclers and bids from abroad, for software."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.bids import report_bid
from collection.actions.offers import answer_offer, make_offer, withdraw_offer
from collection.api.base import (
    CHANGING,
    CURSOR,
    LIMIT,
    LISTING,
    READING,
    ErrorSerializer,
    LodestoneView,
    Page,
    Shape,
    instant,
    instant_or_none,
)
from collection.models import DestinationClass, ExportBid, Lot, Offer
from collection.queries.offers import offers_of
from collection.rules.offers import HIGHEST_PENCE, LONGEST_DAYS, USUAL_DAYS, OfferState
from collection.rules.roles import Permission

SEE = frozenset({Permission.SEE_LOTS})
MAKE = frozenset({Permission.MAKE_OFFER})
ANSWER = frozenset({Permission.ANSWER_OFFER})
REPORT = frozenset({Permission.RECORD_EXPORT, Permission.RECORD_OUTCOME})
STATES = [(state.value, state.value) for state in OfferState]


class OfferOut(Shape):
    """A recycler's price for a lot; pence for a kilogram of the lot as it lies."""

    reference = serializers.CharField()
    lot = serializers.CharField()
    recycler = serializers.CharField(help_text="Slug of the organisation that made it")
    pence_per_kg = serializers.IntegerField()
    currency = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    note = serializers.CharField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()


class OfferPage(Page):
    """A page of offers."""

    results = OfferOut(many=True)


class OffersAsked(Shape):
    """Which offers."""

    lot = serializers.CharField(required=False, help_text="Reference of a lot")
    state = serializers.ChoiceField(choices=[*STATES, ("all", "all")], default="all")


class OfferIn(Shape):
    """A new offer. Another one of yours on the lot is replaced by it."""

    pence_per_kg = serializers.IntegerField(min_value=1, max_value=HIGHEST_PENCE)
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, default=USUAL_DAYS)
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class OfferAnswerIn(Shape):
    """The holder's answer."""

    accept = serializers.BooleanField()
    answer = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class BidOut(Shape):
    """A bid from abroad; pence for a kilogram of the lot as it lies."""

    lot = serializers.CharField()
    pence_per_kg = serializers.IntegerField()
    currency = serializers.CharField()
    bid_on = serializers.DateField()
    destination_class = serializers.ChoiceField(choices=DestinationClass.choices)
    through_broker = serializers.BooleanField()
    note = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class BidIn(Shape):
    """A bid to report. The same bid sent twice is kept once."""

    pence_per_kg = serializers.IntegerField(min_value=1, max_value=HIGHEST_PENCE)
    bid_on = serializers.DateField()
    destination_class = serializers.ChoiceField(
        choices=DestinationClass.choices, default=DestinationClass.UNKNOWN
    )
    through_broker = serializers.BooleanField(default=False)
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class OffersView(LodestoneView):
    """Offers across lots."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="offers_list",
        summary="List offers you may see, newest first",
        parameters=[OffersAsked, CURSOR, LIMIT],
        responses={200: OfferPage, 400: ErrorSerializer, **LISTING},
    )
    def get(self, request: Request) -> Response:
        asked, offers = self.asked(OffersAsked), offers_of(self.viewer)
        if "lot" in asked:
            offers = offers.filter(lot__reference=asked["lot"])
        if asked["state"] != "all":
            offers = offers.filter(state=asked["state"])
        return self.page(offers, offer_shape, request)


class LotOffersView(LodestoneView):
    """Offering a price for a lot."""

    needs = {"POST": MAKE}

    @extend_schema(
        operation_id="lots_offer",
        summary="Offer a price for a held lot",
        request=OfferIn,
        responses={201: OfferOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(OfferIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        made = make_offer(self.viewer, lot.pk, at=self.now(), **wanted)
        return Response(offer_shape(offers_of(self.viewer).get(pk=made.pk)), status.HTTP_201_CREATED)


class OfferAnswerView(LodestoneView):
    """The holder's answer to an offer."""

    needs = {"POST": ANSWER}

    @extend_schema(
        operation_id="offers_answer",
        summary="Accept or decline an offer on your lot",
        request=OfferAnswerIn,
        responses={200: OfferOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(OfferAnswerIn)
        offer = Offer.objects.visible_to(self.viewer).get(reference=reference)
        answer_offer(self.viewer, offer.pk, at=self.now(), **wanted)
        return Response(offer_shape(offers_of(self.viewer).get(pk=offer.pk)))


class OfferWithdrawalView(LodestoneView):
    """Taking an offer back."""

    needs = {"POST": MAKE}

    @extend_schema(
        operation_id="offers_withdraw",
        summary="Withdraw your open offer",
        request=None,
        responses={200: OfferOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        offer = Offer.objects.visible_to(self.viewer).get(reference=reference)
        withdraw_offer(self.viewer, offer.pk, at=self.now())
        return Response(offer_shape(offers_of(self.viewer).get(pk=offer.pk)))


class LotBidsView(LodestoneView):
    """Bids from abroad on a lot."""

    needs = {"GET": SEE, "POST": REPORT}

    @extend_schema(
        operation_id="lots_bids",
        summary="Read the export bids reported for a lot, newest first",
        responses={200: BidOut(many=True), **READING},
    )
    def get(self, request: Request, reference: str) -> Response:
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        return Response([bid_shape(bid) for bid in lot.export_bids.select_related("lot").order_by("-pk")])

    @extend_schema(
        operation_id="lots_report_bid",
        summary="Report an export bid for a held lot",
        request=BidIn,
        responses={201: BidOut, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = self.body(BidIn)
        lot = Lot.objects.visible_to(self.viewer).get(reference=reference)
        bid = report_bid(self.viewer, lot.pk, at=self.now(), **wanted)
        return Response(bid_shape(bid), status.HTTP_201_CREATED)


def offer_shape(offer: Offer) -> dict[str, Any]:
    return {
        "reference": offer.reference,
        "lot": offer.lot.reference,
        "recycler": offer.organisation.slug,
        "pence_per_kg": offer.pence_per_kg,
        "currency": "GBP",
        "state": offer.state,
        "note": offer.note,
        "made_at": instant(offer.made_at),
        "expires_at": instant(offer.expires_at),
        "ended_at": instant_or_none(offer.ended_at),
        "answer": offer.answer,
    }


def bid_shape(bid: ExportBid) -> dict[str, Any]:
    return {
        "lot": bid.lot.reference,
        "pence_per_kg": bid.pence_per_kg,
        "currency": "GBP",
        "bid_on": bid.bid_on.isoformat(),
        "destination_class": bid.destination_class,
        "through_broker": bid.through_broker,
        "note": bid.note,
        "recorded_at": instant(bid.recorded_at),
    }
