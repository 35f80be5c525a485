"""What the register was told of lots and sites, as it stood on a day: offers, bids, visits and dispatches.

One code for scoring now and for rebuilding past days: something counts on a day if it was told before it.
Days are numbers of days since 1970-01-01, prices pounds for a kilogram of the lot as it lies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collection.rules.risk.features import Floats
from collection.rules.risk.history import Ints

# A price older than this says little about today's.
PRICE_STANDS_DAYS = 90.0
DISPATCH_DAYS, VISIT_DAYS = 91.0, 56.0
_SPAN = 1e5


@dataclass(frozen=True)
class Offers:
    """Domestic offers: `ended` is infinite while one waits or once it was accepted."""

    lot: Ints
    made: Floats
    ended: Floats
    price: Floats


@dataclass(frozen=True)
class Bids:
    """Export bids, by the day the register learnt of them."""

    lot: Ints
    known: Floats
    price: Floats


@dataclass(frozen=True)
class SiteEvents:
    """Visits of brokers and dispatches, by the day they happened and the day the register learnt of them."""

    site: Ints
    is_dispatch: np.ndarray
    happened: Floats
    known: Floats


@dataclass(frozen=True)
class OfferFacts:
    """Columns of the feature table, one value a row; `in_hand` says that a domestic offer stands."""

    in_hand: np.ndarray
    weeks_since_offer: Floats
    domestic_price_gbp_kg: Floats
    export_bid_gbp_kg: Floats


def offer_facts(offers: Offers, bids: Bids, lot: Ints, day: Floats) -> OfferFacts:
    """What was on record of each (lot, day).

    The domestic price is the best offer in hand, or the best of those that ended in the last 90 days; the
    export bid is the best of the last 90 days.
    """
    size = len(lot)
    stands, row = _meet(offers.lot, offers.made, offers.ended, lot, day)
    in_hand = np.zeros(size, dtype=np.bool_)
    in_hand[row] = True
    price = _best(offers.price[stands], row, size)
    over, row = _meet(offers.lot, offers.ended, offers.made + PRICE_STANDS_DAYS, lot, day)
    price = np.where(in_hand, price, _best(offers.price[over], row, size))
    made, row = _meet(offers.lot, offers.made, np.full(len(offers.lot), np.inf), lot, day)
    latest = _best(offers.made[made], row, size)
    told, row = _meet(bids.lot, bids.known, bids.known + PRICE_STANDS_DAYS, lot, day)
    return OfferFacts(in_hand, (day - latest) / 7.0, price, _best(bids.price[told], row, size))


def _best(values: Floats, row: Ints, size: int) -> Floats:
    best = np.full(size, -np.inf)
    np.maximum.at(best, row, values)
    return np.where(np.isfinite(best), best, np.nan)


def _meet(told: Ints, since: Floats, until: Floats, lot: Ints, day: Floats) -> tuple[Ints, Ints]:
    """Pairs (position told, row) of one lot where since < day <= until; without comparing all with all."""
    keys = np.unique(told)
    near = np.flatnonzero(np.isin(lot, keys))
    order = near[np.lexsort((day[near], lot[near]))]
    place = np.searchsorted(keys, lot[order]) * _SPAN + day[order]
    base = np.searchsorted(keys, told) * _SPAN
    first = np.searchsorted(place, base + np.minimum(since, _SPAN - 1), side="right")
    last = np.searchsorted(place, base + np.minimum(until, _SPAN - 1), side="right")
    count = np.maximum(last - first, 0)
    start = np.repeat(first - (np.cumsum(count) - count), count)
    return np.repeat(np.arange(len(told)), count), order[start + np.arange(count.sum())]


def site_facts(events: SiteEvents, site: Ints, day: float) -> dict[str, Floats]:
    """Columns of the feature table on one day; "not known" where nobody ever reported such a thing of a site."""
    told = (events.happened < day) & (events.known < day)
    names = np.unique(events.site[told])
    code = np.searchsorted(names, events.site[told])
    sent, when = events.is_dispatch[told], events.happened[told]
    here = np.minimum(np.searchsorted(names, site), max(len(names) - 1, 0))
    known = np.isin(site, names)
    found = count_site_events(code[sent], when[sent], code[~sent], when[~sent], len(names), day)
    reported = {
        "weeks_since_dispatch": np.bincount(code[sent], minlength=len(names)) > 0,
        "dispatches_13w": np.bincount(code[sent], minlength=len(names)) > 0,
        "broker_visits_8w": np.bincount(code[~sent], minlength=len(names)) > 0,
    }
    if not len(names):
        return {name: np.full(len(site), np.nan) for name in found}
    return {
        name: np.where(known & reported[name][here], values[here], np.nan) for name, values in found.items()
    }


def count_site_events(
    sent_from: Ints, sent_on: Floats, visited: Ints, visited_on: Floats, sites: int, day: float
) -> dict[str, Floats]:
    """Counts and waits of each of `sites` sites from events before the day."""
    latest = np.full(sites, -np.inf)
    np.maximum.at(latest, sent_from, sent_on)
    weeks = (day - latest) / 7.0
    recent, visits = sent_on >= day - DISPATCH_DAYS, visited_on >= day - VISIT_DAYS
    return {
        "weeks_since_dispatch": np.where(np.isfinite(weeks), weeks, np.nan),
        "dispatches_13w": np.bincount(sent_from[recent], minlength=sites).astype(np.float64),
        "broker_visits_8w": np.bincount(visited[visits], minlength=sites).astype(np.float64),
    }
