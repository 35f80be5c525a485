"""On which days a regular round comes up."""

import datetime as dt
from collections.abc import Collection

from collection.rules.working_days import bank_holiday, working_days_after


def days_due(
    weekdays: Collection[int],
    starts_on: dt.date,
    ends_on: dt.date | None,
    days_ahead: int,
    today: dt.date,
    nation: str,
) -> list[dt.date]:
    """The days from tomorrow to `days_ahead` working days on; a bank holiday of the plant's nation is left out.

    `weekdays` from 0 (Monday); both ends of the template's life are included.
    """
    last = working_days_after(today, days_ahead, nation)
    days = (today + dt.timedelta(days=number) for number in range(1, (last - today).days + 1))
    return [
        day
        for day in days
        if day.weekday() in weekdays
        and starts_on <= day
        and (ends_on is None or day <= ends_on)
        and not bank_holiday(day, nation)
    ]
