"""Nothing told of defence lots stands on fewer lots or holders than the threshold, whatever is subtracted."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from collection.rules.disclosure import HolderPart, Threshold, in_whole_blocks, may_be_told

TEN_OF_THREE = Threshold(lots=10, holders=3)

holders = st.lists(st.integers(0, 5), max_size=80)
thresholds = st.builds(Threshold, lots=st.integers(3, 12), holders=st.integers(3, 4))


def test_ten_lots_of_three_holders_may_be_told() -> None:
    assert may_be_told([HolderPart(4, 900), HolderPart(3, 800), HolderPart(3, 700)], TEN_OF_THREE)


def test_nine_lots_may_not() -> None:
    assert not may_be_told([HolderPart(3, 900)] * 3, TEN_OF_THREE)


def test_two_holders_may_not_however_many_lots_they_have() -> None:
    assert not may_be_told([HolderPart(500, 900), HolderPart(500, 800)], TEN_OF_THREE)


def test_a_sum_that_is_nearly_all_one_holders_may_not() -> None:
    """The second largest would only have to take its own away."""
    assert not may_be_told([HolderPart(8, 100_000), HolderPart(8, 5_000), HolderPart(8, 9_999)], TEN_OF_THREE)
    assert may_be_told([HolderPart(8, 100_000), HolderPart(8, 10_000), HolderPart(8, 10_000)], TEN_OF_THREE)


@given(holders, thresholds, st.integers(0, 80))
def test_the_difference_of_two_looks_stands_on_enough(
    found: list[int], threshold: Threshold, seen: int
) -> None:
    """Looking after every lot and subtracting leaves nothing, or whole blocks."""
    before = in_whole_blocks(found[:seen], lambda holder: holder, threshold)
    after = in_whole_blocks(found, lambda holder: holder, threshold)

    assert list(after[: len(before)]) == list(before)
    new = Counter(after[len(before) :])
    assert not new or (new.total() >= threshold.lots and len(new) >= threshold.holders)


@given(holders, thresholds)
def test_a_block_is_closed_as_soon_as_it_may_be_told(found: list[int], threshold: Threshold) -> None:
    told = in_whole_blocks(found, lambda holder: holder, threshold)
    left = Counter(found[len(told) :])

    assert not may_be_told((HolderPart(count, count) for count in left.values()), threshold)
