"""How lots ended, as far as it was recorded before a cut; and how much of it had not been recorded yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collection.rules.risk.features import Floats
from collection.rules.risk.history import EVENT_CODE, FIRST_END, History, Ints

PICKUP, EXPORT, LOST, UNKNOWN = (EVENT_CODE[name] for name in ("pickup", "export", "lost", "unknown"))


@dataclass(frozen=True)
class Ends:
    """For each lot of the history: kind of end (-1 while open), the day it happened and was recorded."""

    kind: Ints
    day: Floats
    recorded: Floats


def ends_known_before(history: History, cut: float) -> Ends:
    """The end of each lot from events recorded before the cut.

    Where a lot that left for an unknown destination was traced later, the traced end counts.
    """
    events = history.events
    known = slice(0, int(np.searchsorted(events.recorded, cut, side="left")))
    rows = np.flatnonzero(events.kind[known] >= FIRST_END)
    # Later rows overwrite earlier ones, so sort: untraced first, then latest recorded first.
    order = np.lexsort((-events.recorded[rows], events.kind[rows] != UNKNOWN))
    rows = rows[order]
    kind = np.full(history.size, -1, dtype=np.int64)
    day, recorded = np.full(history.size, np.nan), np.full(history.size, np.nan)
    kind[events.lot[rows]] = events.kind[rows]
    day[events.lot[rows]] = events.day[rows]
    recorded[events.lot[rows]] = events.recorded[rows]
    return Ends(kind, day, recorded)


def ended_within(ends: Ends, lot: Ints, day: Floats | float, horizon: float, kind: int) -> np.ndarray:
    """Whether each lot ended in the given way after `day` and within the horizon."""
    wait = ends.day[lot] - day
    return (ends.kind[lot] == kind) & (wait > 0) & (wait <= horizon)


@dataclass(frozen=True)
class ReportingDelay:
    """Share of ends recorded within a number of days, corrected for those that could not be seen yet."""

    days: Floats
    share: Floats

    def recorded_within(self, days: Floats) -> Floats:
        return np.interp(days, self.days, self.share, left=0.0, right=1.0)


def reporting_delay(ends: Ends, cut: float, kind: int = EXPORT) -> ReportingDelay:
    """The delay from an end to its record, by the product-limit method in reversed time.

    An end is only seen if its delay is shorter than the time from it to the cut; counting seen delays alone
    would make the register look faster than it is.
    """
    chosen = ends.kind == kind
    delay = np.maximum(ends.recorded[chosen] - ends.day[chosen], 0.0)
    room = cut - ends.day[chosen]
    if len(delay) < 20:
        return ReportingDelay(np.array([0.0, 1.0]), np.array([1.0, 1.0]))
    values, count = np.unique(delay, return_counts=True)
    order = np.sort(room)
    at_risk = np.searchsorted(np.sort(delay), values, side="right") - np.searchsorted(
        order, values, side="left"
    )
    step = 1.0 - count / np.maximum(at_risk, count)
    share = np.append(np.cumprod(step[::-1])[::-1][1:], 1.0)
    return ReportingDelay(values, share)
