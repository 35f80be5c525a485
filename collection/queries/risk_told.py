"""Offers, bids and site events as arrays, for scoring and for rebuilding past days. Three SELECTs."""

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from collection.models import ExportBid, Offer, SiteEvent
from collection.queries.lot_ids import LotIds, among
from collection.rules.offers import OfferState, SiteEventKind
from collection.rules.risk.told import Bids, OfferFacts, Offers, SiteEvents, offer_facts, site_facts

# So that what was told this very moment counts when scoring now.
_JUST_TOLD = 1.0 / 86_400


def day_of(at: dt.datetime) -> float:
    """Days since 1970-01-01, with the part of the day."""
    return at.timestamp() / 86_400


def noon_of(day: dt.date) -> float:
    return float((day - dt.date(1970, 1, 1)).days) + 0.5


def told_offers(lot_ids: LotIds, *, until: dt.datetime) -> Offers:
    """Offers made before `until`, with their ends so far as they had come by then."""
    offers = Offer.unscoped.filter(among("lot_id", lot_ids), made_at__lte=until)
    rows = list(offers.order_by("pk").values_list("lot_id", "made_at", "ended_at", "state", "pence_per_kg"))
    ended = [
        np.inf if end is None or end > until or state == OfferState.ACCEPTED else day_of(end)
        for _, _, end, state, _ in rows
    ]
    return Offers(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([day_of(row[1]) for row in rows], dtype=np.float64),
        np.array(ended, dtype=np.float64),
        np.array([row[4] for row in rows], dtype=np.float64) / 100,
    )


def told_bids(lot_ids: LotIds, *, until: dt.datetime) -> Bids:
    bids = ExportBid.objects.filter(among("lot_id", lot_ids), recorded_at__lte=until)
    rows = list(bids.order_by("pk").values_list("lot_id", "recorded_at", "pence_per_kg"))
    return Bids(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([day_of(row[1]) for row in rows], dtype=np.float64),
        np.array([row[2] for row in rows], dtype=np.float64) / 100,
    )


def told_site_events(*, until: dt.datetime) -> SiteEvents:
    rows = list(
        SiteEvent.objects.filter(recorded_at__lte=until)
        .order_by("pk")
        .values_list("site_id", "kind", "happened_on", "recorded_at")
    )
    return SiteEvents(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] == SiteEventKind.DISPATCH for row in rows], dtype=np.bool_),
        np.array([noon_of(row[2]) for row in rows], dtype=np.float64),
        np.array([day_of(row[3]) for row in rows], dtype=np.float64),
    )


def offers_now(ids: NDArray[np.int64], *, at: dt.datetime, lot_ids: LotIds) -> OfferFacts:
    """What is on record of these lots now; `lot_ids` None reads everything, for the whole register."""
    day = np.full(len(ids), day_of(at) + _JUST_TOLD)
    return offer_facts(told_offers(lot_ids, until=at), told_bids(lot_ids, until=at), ids, day)


def sites_now(sites: NDArray[np.int64], *, at: dt.datetime) -> dict[str, NDArray[np.float64]]:
    """Visits and dispatches of each lot's site (-1: none); nothing where the register was never told of any."""
    events = told_site_events(until=at)
    if not len(events.site):
        return {}
    return site_facts(events, sites, day_of(at) + _JUST_TOLD)
