"""Retention arithmetic: the interval of the rate against drawing the errors at random."""

from dataclasses import astuple
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.rules.lifecycle import Place
from reports.measures import in_grams_of_magnet, rate_of, retention, retentions, way_of
from tests.reports.ledger import Flow, flows_of


def flow(
    to_place: Place, grams: int, *, product: int = 1, shared: float = 0.0, own: float = 0.0, nd: float = 0.3
) -> Flow:
    """Grams into a place, with the error of the factor as a share of the mass and the lot's own as a share."""
    return Flow(
        product_id=product, from_place=Place.HELD, to_place=to_place, grams=grams,
        nd_micrograms=round(grams * nd * 1e6), shared_sd_grams=round(grams * shared),
        own_variance=(grams * own) ** 2,
    )  # fmt: skip


masses = st.integers(0, 10**9)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.builds(
            flow,
            st.sampled_from([Place.RETAINED, Place.EXPORTED, Place.LOST, Place.RESIDUE]),
            st.integers(1, 10**9),
            product=st.integers(1, 3),
            shared=st.floats(0, 2),
            own=st.floats(0, 2),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_rate_lies_between_nothing_and_all_and_its_interval_around_it(found: list[Flow]) -> None:
    figures = retention(flows_of(found), flows_of(found), in_grams_of_magnet)

    assert figures.rate is not None
    assert all(a <= b for a, b in pairwise([0, figures.rate.low, figures.rate.central, figures.rate.high, 1]))
    for amount in figures.amounts.values():
        assert amount.low <= max(amount.central, 0) <= max(amount.high, 0)


def test_an_error_shared_by_all_that_ended_cancels_in_the_rate() -> None:
    found = [flow(Place.RETAINED, 600_000, shared=0.3), flow(Place.EXPORTED, 400_000, shared=0.3)]

    figures = retention(flows_of(found), flows_of(found), in_grams_of_magnet)

    assert figures.rate is not None
    assert figures.rate.low == pytest.approx(0.6)
    assert figures.rate.high == pytest.approx(0.6)
    assert figures["retained"].high > 700_000


def test_the_interval_of_the_rate_is_that_of_drawing_the_errors_at_random() -> None:
    found = [
        flow(Place.RETAINED, 600_000, product=1, shared=0.08, own=0.05),
        flow(Place.EXPORTED, 250_000, product=1, shared=0.08, own=0.06),
        flow(Place.RETAINED, 150_000, product=2, shared=0.12, own=0.02),
        flow(Place.LOST, 90_000, product=2, shared=0.12, own=0.10),
    ]
    generator = np.random.default_rng(7)
    draws = 200_000
    factors = {product: generator.standard_normal(draws) for product in (1, 2)}
    retained, gone = np.zeros(draws), np.zeros(draws)
    for one in found:
        drawn = (
            one.grams
            + factors[one.product_id] * one.shared_sd_grams
            + generator.standard_normal(draws) * one.own_variance**0.5
        )
        (retained if one.to_place == Place.RETAINED else gone)[:] += drawn
    low, high = np.quantile(retained / (retained + gone), [0.1, 0.9])

    rate = retention(flows_of(found), flows_of(found), in_grams_of_magnet).rate

    assert rate is not None
    assert rate.low == pytest.approx(low, abs=0.004)
    assert rate.high == pytest.approx(high, abs=0.004)


def test_there_is_no_rate_where_nothing_ended() -> None:
    assert rate_of(flows_of([flow(Place.IN_TRANSIT, 5)]), in_grams_of_magnet) is None


def test_a_line_by_element_counts_its_grams_of_the_element() -> None:
    figures = retention(flows_of([flow(Place.RETAINED, 1000, nd=0.29)]), flows_of([]), way_of("Nd"))

    assert figures["retained"].central == pytest.approx(290)


dated = st.builds(
    Flow,
    key=st.integers(1, 6),
    product_id=st.integers(1, 3),
    from_place=st.sampled_from([place.value for place in Place]),
    to_place=st.sampled_from([place.value for place in Place]),
    grams=st.integers(1, 10**9),
    shared_sd_grams=st.integers(0, 10**8),
    own_variance=st.floats(0, 1e12),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(dated, max_size=30), st.lists(dated, max_size=30))
def test_lines_added_up_at_once_are_those_added_up_one_by_one(
    period: list[Flow], until_end: list[Flow]
) -> None:
    keys = [1, 2, 3, 4, 5, 6]
    together = retentions(flows_of(period), flows_of(until_end), in_grams_of_magnet, keys)
    running = retentions(flows_of(period), flows_of(until_end), in_grams_of_magnet, keys, is_running=True)

    for key, line, so_far in zip(keys, together, running, strict=True):
        moved = flows_of([one for one in period if one.key == key])
        for found, stood in (
            (line, [one for one in until_end if one.key == key]),
            (so_far, [one for one in until_end if one.key <= key]),
        ):
            alone = retention(moved, flows_of(stood), in_grams_of_magnet)
            assert (found.rate is None) == (alone.rate is None)
            for name, amount in alone.amounts.items():
                assert astuple(found[name]) == pytest.approx(astuple(amount), rel=1e-9, abs=1)
