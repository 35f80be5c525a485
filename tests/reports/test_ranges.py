"""How the two ends of an interval read under a figure."""

import pytest

from reports.web.figures import mass_range


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (850, 940, "850 to 940 g"),
        (700_000, 1_220_000, "0.70 to 1.22 t"),
        (4_774_000, 5_000_000, "4.77 to 5.00 t"),
        (35_260_000, 48_000_000, "35.3 to 48.0 t"),
        (93_100, 123_000, "93 to 123 kg"),
    ],
)
def test_both_ends_have_the_unit_of_the_higher_and_as_many_places(low: int, high: int, words: str) -> None:
    assert mass_range(low, high) == words
