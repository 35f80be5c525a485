"""What has been said to people: appointments and vehicles that a later plan should keep, at a price if not.

A promise is not a wall. A visit outside the promised time, or by another vehicle, costs what the promise is
worth to whoever plans, so a new plan breaks one only where keeping it would cost more or is not possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from collection.rules.routing.evaluation import evaluate_route
from collection.rules.routing.problem import Plan, Problem, Stop, Window

MOVED_APPOINTMENT_COST = 50_00_000  # £50: a yard has put somebody by for it
OTHER_VEHICLE_COST = 5_00_000  # £5: papers and labels name the vehicle

MOVED, HANDED_OVER, GONE, NEW = "moved", "handed_over", "gone", "new"


def promise(
    problem: Problem, appointments: Mapping[str, Window], *, late_cost: int = MOVED_APPOINTMENT_COST
) -> Problem:
    """The problem with these stops promised for these times (stop id → start of service within, seconds).

    Whoever arrives sooner waits; whoever arrives later, while the place is still open, costs `late_cost`.
    The promised stops become required. An appointment outside the opening hours is kept all the same.
    """

    def promised(stop: Stop) -> Stop:
        if stop.id not in appointments:
            return stop
        opens, closes = appointments[stop.id]
        later = [(max(a, closes + 1), b) for a, b in stop.windows if b > closes]
        return replace(
            stop,
            required=True,
            windows=((opens, closes), *later),
            window_costs=(0, *(late_cost for _ in later)),
        )

    return replace(problem, stops=tuple(promised(stop) for stop in problem.stops))


def keep_with(problem: Problem, plan: Plan, *, away_cost: int = OTHER_VEHICLE_COST) -> Problem:
    """The problem in which every stop of `plan` costs `away_cost` more with another vehicle than its own."""
    vehicle_of = {stop: route.vehicle for route in plan.routes for stop in route.stops}
    return replace(
        problem,
        stops=tuple(
            replace(stop, kept_with=vehicle_of[stop.id], away_cost=away_cost)
            if stop.id in vehicle_of
            else stop
            for stop in problem.stops
        ),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """How one stop's visit differs between two plans; times are seconds, None where there is no visit.

    `kind` is moved (another time by more than the tolerance, same vehicle), handed_over (another vehicle),
    gone or new.
    """

    stop: str
    kind: str
    vehicle_before: str | None
    vehicle_after: str | None
    starts_before: int | None
    starts_after: int | None


def differences(
    before: tuple[Problem, Plan], after: tuple[Problem, Plan], *, tolerance_s: int = 15 * 60
) -> tuple[Change, ...]:
    """What somebody must be told when the second plan replaces the first, in the first plan's order."""
    old, new = _visits(*before), _visits(*after)
    changes = []
    for stop in [*old, *(stop for stop in new if stop not in old)]:
        was, now = old.get(stop, (None, None)), new.get(stop, (None, None))
        kind = _kind(was, now, tolerance_s)
        if kind:
            changes.append(Change(stop, kind, was[0], now[0], was[1], now[1]))
    return tuple(changes)


def _kind(was: tuple[str | None, int | None], now: tuple[str | None, int | None], tolerance_s: int) -> str:
    if was[0] is None:
        return NEW
    if now[0] is None:
        return GONE
    if was[0] != now[0]:
        return HANDED_OVER
    return MOVED if abs((was[1] or 0) - (now[1] or 0)) > tolerance_s else ""


def _visits(problem: Problem, plan: Plan) -> dict[str, tuple[str | None, int | None]]:
    return {
        visit.stop: (route.vehicle, visit.starts)
        for route in plan.routes
        for visit in evaluate_route(problem, route).visits
    }
