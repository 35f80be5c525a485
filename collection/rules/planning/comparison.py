"""Two plans side by side: the figures of each, and which stops are in one, in the other, or elsewhere."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from collection.rules.appointments import LONDON
from collection.rules.planning.answer import PlanAnswer, PlannedStop


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """One figure of both plans; `better` is -1 where less is better, 1 where more is, 0 where neither is."""

    name: str
    kind: str
    first: int
    second: int
    better: int

    @property
    def difference(self) -> int:
        return self.second - self.first


@dataclass(frozen=True, slots=True)
class MovedStop:
    """A stop that both plans make, with another vehicle, on another day, or at another time."""

    stop: PlannedStop
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    figures: tuple[ComparedFigure, ...]
    only_first: tuple[PlannedStop, ...]
    only_second: tuple[PlannedStop, ...]
    moved: tuple[MovedStop, ...]


_FIGURES: tuple[tuple[str, str, int, Callable[[PlanAnswer], int]], ...] = (
    ("Magnets kept that would probably leave", "mass", 1, lambda plan: plan.totals.saved_grams),
    ("Magnets fetched", "mass", 1, lambda plan: plan.totals.magnet_grams),
    ("Cost", "pounds", -1, lambda plan: plan.totals.cost_pence),
    ("On the road", "kilometres", -1, lambda plan: plan.totals.distance_metres),
    ("Driving", "minutes", -1, lambda plan: plan.totals.driving_minutes),
    ("Rounds", "count", 0, lambda plan: plan.totals.rounds),
    ("Stops", "count", 0, lambda plan: plan.totals.stops),
    ("Lots", "count", 0, lambda plan: plan.totals.lots),
)

# A quarter of an hour sooner or later is the same visit.
SAME_TIME = dt.timedelta(minutes=15)


def compared(first: PlanAnswer, second: PlanAnswer) -> Comparison:
    """Stops are known by their lots: one that fetches any of the same lots is the same stop."""
    here, there = _by_lot(first), _by_lot(second)
    moved, only_first, only_second = [], {}, {}
    for key, (stop, when) in _stops(first).items():
        other = next((there[lot.lot_id] for lot in stop.lots if lot.lot_id in there), None)
        if other is None:
            only_first[key] = stop
        elif _differs(when, other[1]):
            moved.append(MovedStop(stop, _words(when), _words(other[1])))
    for key, (stop, _) in _stops(second).items():
        if not any(lot.lot_id in here for lot in stop.lots):
            only_second[key] = stop
    figures = tuple(
        ComparedFigure(name, kind, read(first), read(second), better) for name, kind, better, read in _FIGURES
    )
    return Comparison(figures, tuple(only_first.values()), tuple(only_second.values()), tuple(moved))


@dataclass(frozen=True, slots=True)
class _When:
    vehicle_id: int
    vehicle_name: str
    on: dt.date
    at: dt.datetime | None


def _stops(plan: PlanAnswer) -> dict[tuple[str, dt.date], tuple[PlannedStop, _When]]:
    return {
        (stop.key, each.on): (stop, _When(each.vehicle_id, each.vehicle_name, each.on, stop.arrives_at))
        for each in plan.rounds
        for stop in each.stops
    }


def _by_lot(plan: PlanAnswer) -> dict[int, tuple[PlannedStop, _When]]:
    return {lot.lot_id: found for found in _stops(plan).values() for lot in found[0].lots}


def _differs(before: _When, after: _When) -> bool:
    if (before.vehicle_id, before.on) != (after.vehicle_id, after.on):
        return True
    return bool(before.at and after.at and abs(before.at - after.at) > SAME_TIME)


def _words(when: _When) -> str:
    from_the_clock = f", {when.at.astimezone(LONDON):%H:%M}" if when.at else ""
    return f"{when.vehicle_name}, {when.on:%a %-d %b}{from_the_clock}"
