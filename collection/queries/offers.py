"""Offers and bids on one lot, and a recycler's own offers, as their pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from collection.models import Event, ExportBid, Lot, Offer, SiteEvent
from collection.rules.lifecycle import LotState, Verb
from collection.rules.offers import OfferState
from collection.rules.roles import OrganisationKind, Permission, Role, Viewer

SHOWN = 30
_OFFER_VERBS = (Verb.OFFERED, Verb.OFFER_ACCEPTED, Verb.OFFER_DECLINED, Verb.OFFER_ENDED)


@dataclass(frozen=True, slots=True)
class LotMarket:
    """Who wants a lot at what price, newest first, and what this viewer may do about it."""

    lot: Lot
    offers: Sequence[Offer]
    bids: Sequence[ExportBid]
    site_events: Sequence[SiteEvent]
    may_offer: bool
    may_answer: bool
    may_report: bool

    @property
    def standing(self) -> Sequence[Offer]:
        """Offers that wait for an answer or were accepted."""
        return [offer for offer in self.offers if offer.state in (OfferState.OPEN, OfferState.ACCEPTED)]

    @property
    def best_bid(self) -> ExportBid | None:
        return max(self.bids, key=lambda bid: bid.pence_per_kg, default=None)


def lot_market(viewer: Viewer, lot: Lot) -> LotMarket:
    """A lot the viewer was allowed to fetch, with its offers and bids. Three SELECTs.

    What was seen at a site is for its holder and for regulators; recyclers see the bids they must match.
    """
    is_own = lot.holder_id == viewer.organisation_id
    is_held = lot.state == LotState.HELD
    reports = viewer.may(Permission.RECORD_OUTCOME) or (is_own and viewer.may(Permission.RECORD_EXPORT))
    offers = Offer.objects.visible_to(viewer).filter(lot=lot).select_related("organisation")
    seen = SiteEvent.objects.filter(site_id=lot.site_id) if lot.site_id and reports else None
    return LotMarket(
        lot=lot,
        offers=list(offers.order_by("-pk")[:SHOWN]),
        bids=list(ExportBid.objects.filter(lot=lot).order_by("-bid_on", "-pk")[:SHOWN]),
        site_events=list(seen[:SHOWN]) if seen is not None else [],
        may_offer=is_held
        and viewer.organisation_kind == OrganisationKind.RECYCLER
        and viewer.may(Permission.MAKE_OFFER),
        may_answer=is_own and viewer.may(Permission.ANSWER_OFFER),
        may_report=is_held and reports,
    )


def offers_of(viewer: Viewer) -> "QuerySet[Offer, Offer]":
    """Offers the viewer may see, newest first, with lot and maker."""
    offers: QuerySet[Offer, Offer] = Offer.objects.visible_to(viewer)
    return offers.select_related("lot", "organisation").order_by("-pk")


def events_of(viewer: Viewer, lot: Lot) -> "QuerySet[Event, Event]":
    """What happened to a lot, oldest first. Recyclers do not see that a rival made an offer."""
    events = Event.objects.filter(lot=lot)
    if viewer.organisation_kind == OrganisationKind.RECYCLER and not viewer.is_role(Role.PRODUCT_ADMIN):
        own = Offer.unscoped.filter(lot=lot, organisation_id=viewer.organisation_id)
        words = [f"Offer {reference}" for reference in own.values_list("reference", flat=True)]
        rivals = Event.objects.filter(lot=lot, verb__in=_OFFER_VERBS).exclude(words__in=words).order_by()
        events = events.exclude(pk__in=rivals.values("pk"))
    return events.select_related("actor", "organisation").order_by("pk")
