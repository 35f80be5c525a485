"""Sampling advice: the rule of thumb as a floor, and more where it helps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.rules.content import ContentInputError
from collection.rules.content.sampling import SubLot, plan

SUB_LOTS = st.lists(
    st.builds(
        SubLot,
        name=st.just("part"),
        pieces=st.integers(1, 5000),
        grams=st.floats(1, 1e6),
        relative_sd=st.floats(0, 2),
    ),
    min_size=1,
    max_size=5,
)


@given(sub_lots=SUB_LOTS, wanted=st.floats(0.005, 0.5))
def test_never_fewer_than_the_rule_never_more_than_there_are_and_the_wanted_interval_is_met(
    sub_lots: list[SubLot], wanted: float
) -> None:
    advice = plan(sub_lots, wanted)
    for lot, each in zip(sub_lots, advice.sub_lots, strict=True):
        assert each.test <= lot.pieces
        assert each.test >= min(lot.pieces, 10, each.pieces)
        assert each.test >= min(lot.pieces, lot.pieces // 100)
    assert advice.is_wanted_reached


def test_uneven_parts_get_the_extra_tests() -> None:
    advice = plan([SubLot("even", 1000, 1000, 0.02), SubLot("uneven", 1000, 1000, 0.4)], 0.02)
    even, uneven = advice.sub_lots
    assert even.test == 10
    assert uneven.test > 50


def test_the_promised_interval_is_what_sampling_gives() -> None:
    rng = np.random.default_rng(7)
    pieces = rng.normal(1, 0.3, 2000)
    advice = plan([SubLot("part", 2000, 2000, 0.3)], 0.05)
    size = advice.sub_lots[0].test
    means = np.array([rng.choice(pieces, size, replace=False).mean() for _ in range(4000)])
    inside = np.mean(np.abs(means / pieces.mean() - 1) <= advice.half_width)
    assert 0.77 < inside < 0.83


@pytest.mark.parametrize(
    ("lots", "wanted"), [([], 0.1), ([SubLot("x", 0, 1)], 0.1), ([SubLot("x", 5, 1)], 5)]
)
def test_impossible_wishes_are_refused(lots: list[SubLot], wanted: float) -> None:
    with pytest.raises(ContentInputError):
        plan(lots, wanted)
