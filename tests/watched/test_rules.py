"""When something is expected, when its holder hears of it, and how well it was foreseen."""

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.rules.answers import RefusedAnswerError
from collection.rules.watching import (
    REMIND_AGAIN_DAYS,
    Foreseen,
    Window,
    compare,
    expected_window,
    next_reminder,
    reminder_words,
)

TODAY = dt.date(2026, 6, 10)
Day = Callable[..., dt.date]
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2060, 12, 31))


@pytest.mark.parametrize(
    ("year", "month", "day", "words", "first", "last"),
    [
        (2028, None, None, "2028", "2028-01-01", "2028-12-31"),
        (2028, 2, None, "February 2028", "2028-02-01", "2028-02-29"),
        (2028, 2, 29, "29 February 2028", "2028-02-29", "2028-02-29"),
        (2026, None, None, "2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_day_is_kept_as_exactly_as_it_is_known(
    year: int, month: int | None, day: int | None, words: str, first: str, last: str
) -> None:
    window = expected_window(year, month, day, today=TODAY)

    assert (window.from_on.isoformat(), window.to_on.isoformat(), str(window)) == (first, last, words)


@pytest.mark.parametrize(
    ("year", "month", "day", "field"),
    [
        (2025, None, None, "year"),
        (2101, None, None, "year"),
        (2026, 5, None, "month"),
        (2027, None, 3, "month"),
        (2027, 2, 29, "day"),
        (2027, 13, None, "day"),
    ],
)
def test_days_that_cannot_be(year: int, month: int | None, day: int | None, field: str) -> None:
    with pytest.raises(RefusedAnswerError) as refused:
        expected_window(year, month, day, today=TODAY)

    assert refused.value.problem.field == field
    assert refused.value.problem.way_out


@given(start=DAYS, length=st.integers(0, 400), after=DAYS)
def test_there_is_always_a_next_reminder_and_it_is_soon_once_it_is_late(
    start: dt.date, length: int, after: dt.date
) -> None:
    window = Window(start, start + dt.timedelta(days=length))

    following = next_reminder(window, after)

    assert following > after
    if after > window.to_on:
        assert (following - after).days <= REMIND_AGAIN_DAYS


def test_reminders_come_nearer_and_nearer_and_then_every_month() -> None:
    window, days, day = Window(dt.date(2028, 3, 1), dt.date(2028, 3, 31)), [], TODAY
    for _ in range(9):
        day = next_reminder(window, day)
        days.append((day - window.from_on).days)

    assert days == [-365, -180, -90, -30, -7, 0, 31, 61, 91]


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2027-06-01", "is expected in about 9 months"),
        ("2028-02-29", "is expected in 1 day"),
        ("2028-03-05", "may arise now"),
        ("2028-04-01", "should have arisen by now"),
    ],
)
def test_a_reminder_says_how_near_it_is(today: str, words: str) -> None:
    window = Window(dt.date(2028, 3, 1), dt.date(2028, 3, 31))

    assert reminder_words(window, dt.date.fromisoformat(today)) == words


def test_what_arose_is_compared_by_kind_with_counts() -> None:
    outcomes = [
        Foreseen(kind="Wind turbine", low=900, central=1000, high=1200, arose=1100),
        Foreseen(kind="Wind turbine", low=900, central=1000, high=1200, arose=400),
        Foreseen(kind="Defence", low=0, central=0, high=0, arose=10),
    ]

    defence, wind = compare(outcomes)

    assert (wind.sources, wind.within, wind.ratio) == (2, 1, 0.75)
    assert (defence.sources, defence.ratio) == (1, None)
