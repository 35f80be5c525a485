"""When a vehicle is promised: the slot told to a holder, and the slots a holder may ask for instead.

Days and times are those of the clock on the wall in London.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

# A yard that keeps a gate list is promised an hour; the others two, because roads are roads.
USUAL, APPOINTMENT = dt.timedelta(hours=2), dt.timedelta(hours=1)
BEFORE_USUAL, BEFORE_APPOINTMENT = dt.timedelta(minutes=30), dt.timedelta(minutes=15)
STEP_MINUTES = 15
DAYS_OFFERED = 10

# Opening hours of a place nobody has saved any for.
USUALLY_OPENS, USUALLY_CLOSES = dt.time(8), dt.time(17)


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of time in which a vehicle comes; aware instants."""

    starts_at: dt.datetime
    ends_at: dt.datetime

    @property
    def words(self) -> str:
        """ "Tuesday 24 November, 10:00 to 12:00" """
        starts, ends = self.starts_at.astimezone(LONDON), self.ends_at.astimezone(LONDON)
        return f"{starts:%A %-d %B}, {starts:%H:%M} to {ends:%H:%M}"


def slot_around(
    arrives_at: dt.datetime, opens_at: dt.time, closes_at: dt.time, *, needs_appointment: bool
) -> Slot:
    """The slot promised for a planned arrival: it holds the arrival and stays within opening hours if it can."""
    length = APPOINTMENT if needs_appointment else USUAL
    before = BEFORE_APPOINTMENT if needs_appointment else BEFORE_USUAL
    arrives = arrives_at.astimezone(LONDON)
    starts = _down_to_step(arrives - before)
    opens = dt.datetime.combine(arrives.date(), opens_at, tzinfo=LONDON)
    closes = dt.datetime.combine(arrives.date(), closes_at, tzinfo=LONDON)
    latest_start = max(opens, closes - length)
    starts = min(max(starts, opens), latest_start)
    # A plan may begin loading at the last moment of the day, or come before the gate opens and wait.
    if arrives < starts:
        starts = _down_to_step(arrives)
    ends = max(starts + length, arrives + dt.timedelta(minutes=STEP_MINUTES))
    return Slot(starts.astimezone(dt.UTC), ends.astimezone(dt.UTC))


def slots_on(day: dt.date, opens_at: dt.time, closes_at: dt.time, *, needs_appointment: bool) -> list[Slot]:
    """The slots of a day a holder may ask for, side by side from opening to closing."""
    length = APPOINTMENT if needs_appointment else USUAL
    starts = dt.datetime.combine(day, opens_at, tzinfo=LONDON)
    closes = dt.datetime.combine(day, closes_at, tzinfo=LONDON)
    slots = []
    while starts + length <= closes:
        slots.append(Slot(starts.astimezone(dt.UTC), (starts + length).astimezone(dt.UTC)))
        starts += length
    if not slots and opens_at < closes_at:
        slots.append(Slot(starts.astimezone(dt.UTC), closes.astimezone(dt.UTC)))
    return slots


def _down_to_step(moment: dt.datetime) -> dt.datetime:
    return moment.replace(minute=moment.minute - moment.minute % STEP_MINUTES, second=0, microsecond=0)
