"""Watched sources: when something is expected, when its holder is reminded, and how well it was foreseen."""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from collection.rules.answers import RefusedAnswerError, error

LAST_YEAR = 2100
# Days before it may arise; then again and again while it is late and nobody has said what became of it.
REMIND_DAYS_BEFORE = (365, 180, 90, 30, 7, 0)
REMIND_AGAIN_DAYS = 30
# What may arise within so many days, or should have already, is due soon.
DUE_SOON = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Window:
    """The days between which something is expected, both included."""

    from_on: dt.date
    to_on: dt.date

    def __str__(self) -> str:
        """As exact as it is known: "14 June 2028", "June 2028", "2028"."""
        if self.from_on == self.to_on:
            return f"{self.from_on:%-d %B %Y}"
        if self == month_window(self.from_on.year, self.from_on.month):
            return f"{self.from_on:%B %Y}"
        if self == year_window(self.from_on.year):
            return str(self.from_on.year)
        return f"{self.from_on:%-d %B %Y} to {self.to_on:%-d %B %Y}"


def year_window(year: int) -> Window:
    return Window(dt.date(year, 1, 1), dt.date(year, 12, 31))


def month_window(year: int, month: int) -> Window:
    return Window(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))


def expected_window(year: int, month: int | None, day: int | None, *, today: dt.date) -> Window:
    """A year, a month of it or one day of that, as somebody gave them.

    Raises RefusedAnswerError for a day that is none, and for what has passed already: that is a lot.
    """
    if not today.year <= year <= LAST_YEAR:
        raise RefusedAnswerError(
            error(
                "year",
                "year_out_of_reach",
                f"{year} is not a year from {today.year} to {LAST_YEAR}.",
                "If it has arisen already, log it as a lot",
            )
        )
    if month is None and day is not None:
        raise RefusedAnswerError(
            error("month", "month_missing", "A day needs its month.", "Give the month, or leave the day out")
        )
    try:
        window = (
            year_window(year)
            if month is None
            else month_window(year, month)
            if day is None
            else Window(dt.date(year, month, day), dt.date(year, month, day))
        )
    except (ValueError, calendar.IllegalMonthError) as wrong:
        raise RefusedAnswerError(
            error("day", "no_such_day", "There is no such day.", "Check day and month, or leave them out")
        ) from wrong
    if window.to_on < today:
        raise RefusedAnswerError(
            error("month", "past", f"{window} has passed.", "If it has arisen already, log it as a lot")
        )
    return window


def next_reminder(window: Window, after: dt.date) -> dt.date:
    """The first day after `after` on which the holder is reminded."""
    ahead = [window.from_on - dt.timedelta(days=days) for days in REMIND_DAYS_BEFORE]
    overdue = window.to_on + dt.timedelta(days=1)
    for day in (*ahead, overdue):
        if day > after:
            return day
    rounds = (after - overdue).days // REMIND_AGAIN_DAYS + 1
    return overdue + dt.timedelta(days=rounds * REMIND_AGAIN_DAYS)


def reminder_words(window: Window, today: dt.date) -> str:
    """How a reminder begins: "in 3 months", "today", "overdue"."""
    days = (window.from_on - today).days
    if days > 60:
        return f"is expected in about {round(days / 30.4)} months"
    if days > 0:
        return f"is expected in {days} day{'s' if days > 1 else ''}"
    if today <= window.to_on:
        return "may arise now"
    return "should have arisen by now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What one source that arose was expected to hold, and what its lots hold, in grams."""

    kind: str
    low: int
    central: int
    high: int
    arose: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How well the sources of one kind were foreseen. `ratio` is what arose ÷ what was expected; None where
    nothing was expected. `within` counts sources whose lots lie inside their 80 % interval."""

    kind: str
    sources: int
    within: int
    expected_grams: int
    arose_grams: int

    @property
    def ratio(self) -> float | None:
        return self.arose_grams / self.expected_grams if self.expected_grams else None


def compare(outcomes: Iterable[Foreseen]) -> list[Comparison]:
    """One comparison a kind, in order of kind."""
    by_kind: dict[str, list[Foreseen]] = {}
    for outcome in outcomes:
        by_kind.setdefault(outcome.kind, []).append(outcome)
    return [
        Comparison(
            kind=kind,
            sources=len(group),
            within=sum(one.low <= one.arose <= one.high for one in group),
            expected_grams=sum(one.central for one in group),
            arose_grams=sum(one.arose for one in group),
        )
        for kind, group in sorted(by_kind.items())
    ]
