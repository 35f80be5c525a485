"""Offers and bids as they stood on a day: nothing told later is seen, and prices grow old."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.rules.risk.told import Bids, Offers, SiteEvents, offer_facts, site_facts


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_what_was_told_later_is_never_seen(seed: int) -> None:
    """Facts on a day are the same with everything told after that day cut away."""
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 9))
    made = random.uniform(0, 300, count)
    ended = np.where(random.random(count) < 0.3, np.inf, made + random.uniform(0.01, 200, count))
    offers = Offers(random.integers(1, 4, count), made, ended, random.uniform(1, 9, count))
    bids = Bids(random.integers(1, 4, count), random.uniform(0, 300, count), random.uniform(1, 9, count))
    lot, day = np.array([1, 2, 3, 9]), np.full(4, random.uniform(0, 300))
    known, told = offers.made < day[0], bids.known < day[0]
    early = Offers(
        offers.lot[known],
        offers.made[known],
        np.where(offers.ended[known] < day[0], offers.ended[known], np.inf),
        offers.price[known],
    )
    full = offer_facts(offers, bids, lot, day)
    cut = offer_facts(early, Bids(bids.lot[told], bids.known[told], bids.price[told]), lot, day)
    np.testing.assert_array_equal(full.in_hand, cut.in_hand)
    for name in ("weeks_since_offer", "domestic_price_gbp_kg", "export_bid_gbp_kg"):
        np.testing.assert_array_equal(getattr(full, name), getattr(cut, name))
    assert not full.in_hand[3]


def test_the_best_offer_in_hand_is_the_price_and_an_old_one_is_forgotten() -> None:
    offers = Offers(
        np.array([7, 7, 8]),
        np.array([10.0, 12.0, 10.0]),
        np.array([20.0, np.inf, 30.0]),
        np.array([5.0, 4.0, 3.0]),
    )
    lot, day = np.array([7, 7, 8, 8, 8]), np.array([15.0, 25.0, 25.0, 50.0, 101.0])
    facts = offer_facts(offers, Bids(np.array([8]), np.array([40.0]), np.array([6.0])), lot, day)
    np.testing.assert_array_equal(facts.in_hand, [True, True, True, False, False])
    np.testing.assert_array_equal(facts.domestic_price_gbp_kg, [5.0, 4.0, 3.0, 3.0, np.nan])
    np.testing.assert_array_equal(facts.export_bid_gbp_kg, [np.nan, np.nan, np.nan, 6.0, 6.0])
    np.testing.assert_allclose(facts.weeks_since_offer, np.array([3, 13, 15, 40, 91]) / 7)


def test_a_site_of_which_nothing_was_ever_told_stays_unknown() -> None:
    events = SiteEvents(
        np.array([3, 3, 4]),
        np.array([True, True, False]),
        np.array([90.0, 97.0, 95.0]),
        np.array([90.0, 120.0, 95.0]),
    )
    found = site_facts(events, np.array([3, 4, 5]), 100.0)
    np.testing.assert_array_equal(found["dispatches_13w"], [1.0, np.nan, np.nan])
    np.testing.assert_array_equal(found["broker_visits_8w"], [np.nan, 1.0, np.nan])
    np.testing.assert_allclose(found["weeks_since_dispatch"][0], 10 / 7)
