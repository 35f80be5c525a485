"""When people are reminded of a pickup: the working day before, between nine and six, never at night.

Days and hours are London's; working days are those of the nation the pickup is in.
"""

import datetime as dt

from collection.rules.appointments import LONDON
from collection.rules.working_days import is_working_day, working_day_before

REMIND_FROM = dt.time(9)
QUIET_BEFORE, QUIET_FROM = dt.time(8), dt.time(18)
# No pickup can be due that is further away than this: Christmas, New Year and the weekends between.
LONGEST_AHEAD = dt.timedelta(days=12)


def is_quiet(now: dt.datetime, nation: str) -> bool:
    """Outside working hours, when nobody should be written to about something that can wait."""
    local = now.astimezone(LONDON)
    return not (QUIET_BEFORE <= local.time() < QUIET_FROM and is_working_day(local.date(), nation))


def is_reminder_due(arrives_at: dt.datetime, nation: str, now: dt.datetime) -> bool:
    """Whether it is time to remind of a pickup that has not been reminded of.

    A reminder that was missed goes out in the next working hours, on the day itself too, until the vehicle
    is due.
    """
    if now >= arrives_at:
        return False
    day = arrives_at.astimezone(LONDON).date()
    before = working_day_before(day, nation)
    if now.astimezone(LONDON) < dt.datetime.combine(before, REMIND_FROM, tzinfo=LONDON):
        return False
    is_the_day = now.astimezone(LONDON).date() == day
    hours = QUIET_BEFORE <= now.astimezone(LONDON).time() < QUIET_FROM
    return hours if is_the_day else not is_quiet(now, nation)
