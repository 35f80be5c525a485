"""Working days of the four nations: Monday to Friday without the bank holidays of each."""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache

_SUBDIVISIONS = {"England": "ENG", "Wales": "WLS", "Scotland": "SCT", "Northern Ireland": "NIR"}
SATURDAY = 5
ONE_DAY = dt.timedelta(days=1)


@lru_cache(maxsize=64)
def _bank_holidays_of(subdivision: str, year: int) -> dict[dt.date, str]:
    # The calendars of a hundred countries: loaded when the first day is asked about.
    import holidays

    return dict(holidays.country_holidays("GB", subdiv=subdivision, years=year))


def bank_holiday(day: dt.date, nation: str) -> str:
    """The name of the bank holiday, empty on other days. An unknown nation keeps England's."""
    return _bank_holidays_of(_SUBDIVISIONS.get(nation, "ENG"), day.year).get(day, "")


def is_working_day(day: dt.date, nation: str) -> bool:
    return day.weekday() < SATURDAY and not bank_holiday(day, nation)


def working_day_before(day: dt.date, nation: str) -> dt.date:
    """The last working day before this day."""
    before = day - ONE_DAY
    while not is_working_day(before, nation):
        before -= ONE_DAY
    return before


def working_days_from(day: dt.date, nation: str) -> Iterator[dt.date]:
    """Working days from this one on, without end."""
    while True:
        if is_working_day(day, nation):
            yield day
        day += ONE_DAY


def working_days_after(day: dt.date, count: int, nation: str) -> dt.date:
    """The `count`-th working day after this day."""
    days = working_days_from(day + ONE_DAY, nation)
    found = day
    for _ in range(count):
        found = next(days)
    return found
