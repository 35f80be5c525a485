"""Several days in one problem: a vehicle on each day is a vehicle of its own, so the plan picks the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from collection.rules.routing.model import DAY_S
from collection.rules.routing.problem import Depot, Matrices, Problem, ProblemError, Stop, Vehicle, Window

SEPARATOR = "@"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a plan; times are seconds from its own midnight.

    `vehicles` says how many of each type are ready (types not named are not); `depots_open` and `stops_open`
    the hours of that day (those not named are shut).
    """

    label: str
    vehicles: Mapping[str, int]
    depots_open: Mapping[str, tuple[Window, ...]]
    stops_open: Mapping[str, tuple[Window, ...]]


def over_days(
    name: str,
    depots: Sequence[Depot],
    vehicles: Sequence[Vehicle],
    stops: Sequence[Stop],
    matrices: Mapping[str, Matrices],
    days: Sequence[Day],
) -> Problem:
    """One problem over all `days`: vehicle ids become `id@label`, windows move to their day.

    The `open`, `windows`, `count` of the arguments are not used; `shift` is the time of day of every day.
    Raises ProblemError for a stop or depot that is shut on every day.
    """
    return Problem(
        name=name,
        depots=tuple(
            replace(depot, open=_windows(depot.id, [day.depots_open for day in days])) for depot in depots
        ),
        vehicles=tuple(
            replace(
                vehicle,
                id=f"{vehicle.id}{SEPARATOR}{day.label}",
                count=day.vehicles[vehicle.id],
                shift=_moved(vehicle.shift, number),
            )
            for number, day in enumerate(days)
            for vehicle in vehicles
            if day.vehicles.get(vehicle.id, 0) > 0
        ),
        stops=tuple(
            replace(stop, windows=_windows(stop.id, [day.stops_open for day in days])) for stop in stops
        ),
        matrices=matrices,
    )


def vehicle_and_day(vehicle: str) -> tuple[str, str]:
    """The vehicle type and the day's label in a vehicle id made by `over_days`."""
    identifier, _, label = vehicle.rpartition(SEPARATOR)
    return identifier, label


def _windows(identifier: str, hours_of_days: list[Mapping[str, tuple[Window, ...]]]) -> tuple[Window, ...]:
    windows = tuple(
        _moved(window, number)
        for number, hours in enumerate(hours_of_days)
        for window in hours.get(identifier, ())
    )
    if not windows:
        raise ProblemError(
            f"{identifier}: shut on every day of the plan; leave it out or add a day it opens."
        )
    return windows


def _moved(window: Window, days: int) -> Window:
    return window[0] + days * DAY_S, window[1] + days * DAY_S
