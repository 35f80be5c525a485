"""Offers, bids and second thoughts on the demonstration's open lots, by the product's own actions."""

import datetime as dt

import numpy as np

from collection.actions.bids import report_bid, report_site_event
from collection.actions.offers import answer_offer, make_offer
from collection.actions.overrides import override_band
from collection.actions.risk_watch import watch
from collection.management.demo.cast import PLANTS
from collection.models import Band, Lot, Membership
from collection.queries.people import viewer_for
from collection.rules.lifecycle import LotState
from collection.rules.roles import Role, Viewer

OFFERED, BID, SEEN = 0.30, 0.15, 0.08
# The model's band of the lot → the band a person puts it in, and why.
OVERRIDES = (
    (Band.LOW, Band.HIGH, "being_prepared", "Pallets wrapped and labelled for a port, seen on a visit"),
    (Band.HIGH, Band.LOW, "contract_seen", "The order of a UK plant was shown, with a collection day"),
    (Band.HIGH, Band.MEDIUM, "record_wrong", "The gross weight was typed with one nought too many"),
)


def open_market(seed: int, now: dt.datetime) -> None:
    """A third of the held lots get an offer, some a bid from abroad; brokers come by. Call before scoring."""
    random = np.random.default_rng([seed, 7])
    planners = [viewer for slug in PLANTS if (viewer := _person(slug, Role.PLANNER)) is not None]
    holders: dict[int, Viewer | None] = {}
    regulator = _regulator()
    for lot in Lot.unscoped.filter(state=LotState.HELD, is_defence=False).order_by("pk"):
        if lot.holder_id not in holders:
            holders[lot.holder_id] = _person(lot.holder.slug, Role.COLLECTOR)
        since = max(lot.logged_at, now - dt.timedelta(days=12))
        at = since + (now - since) * float(random.uniform(0.1, 0.9))
        price = int(random.uniform(60, 450))
        draw = random.random(3)
        if draw[0] < OFFERED:
            planner = planners[int(random.integers(len(planners)))]
            offer = make_offer(planner, lot.pk, pence_per_kg=price, days=21, at=at, note="We collect")
            holder = holders[lot.holder_id]
            if holder is not None and random.random() < 0.3:
                accept = bool(random.random() < 0.6)
                answer_offer(holder, offer.pk, accept=accept, at=at + (now - at) / 2)
        reporter = holders[lot.holder_id] or regulator
        if reporter is not None and draw[1] < BID:
            bid = int(price * random.uniform(0.9, 1.4))
            report_bid(
                reporter, lot.pk, pence_per_kg=bid, bid_on=at.date(), at=at, destination_class="non_oecd"
            )
        if reporter is not None and draw[2] < SEEN and lot.site_id:
            report_site_event(reporter, lot.pk, kind="broker_visit", happened_on=at.date(), at=at)


def second_thoughts(now: dt.datetime) -> None:
    """A regulator overrides a few bands, and the model is held against the months that have closed."""
    regulator = _regulator()
    lots = Lot.unscoped.filter(state=LotState.HELD, is_defence=False, risk_overrides=None).order_by("pk")
    if regulator is not None:
        for was, band, reason, words in OVERRIDES:
            lot = lots.filter(score__band=was).first()
            if lot is not None:
                override_band(regulator, lot.pk, to_band=band, reason=reason, words=words, days=30, at=now)
    watch(at=now)


def _person(slug: str, role: Role) -> Viewer | None:
    member = (
        Membership.objects.filter(organisation__slug=slug, role=role.value).select_related("user").first()
    )
    return viewer_for(member.user, member.organisation_id) if member is not None else None


def _regulator() -> Viewer | None:
    """Whoever regulates the whole kingdom."""
    members = Membership.objects.filter(role=Role.REGULATOR.value, organisation__nation="")
    member = members.select_related("user").order_by("pk").first()
    return viewer_for(member.user, member.organisation_id) if member is not None else None
