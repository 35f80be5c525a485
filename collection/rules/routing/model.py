"""The problem as arrays, in the shape the search wants.

A stop with several windows becomes several *options*, one a window, of which at most one is taken; so
each option has one window and sequences of options can be costed by arithmetic alone. Days are folded:
times are relative to the midnight of each vehicle's own first day, so a stop open nine to five every day
is one option for vehicles of every day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from collection.rules.routing.problem import IntArray, Problem, Vehicle, Window

DAY_S = 86400
RELOAD = -1
"""In a sequence of options: the vehicle unloads at its depot and goes again."""
NO_LIMIT = 2**60
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SearchModel:
    """Arrays over vehicle types (v), options (k), stops (s) and load dimensions (d)."""

    problem: Problem
    origin: IntArray  # (v) the midnight each type's times are relative to
    hours: IntArray  # (v, 2) when a type may be away from its depot, relative to its origin
    gapped: BoolArray  # (v) hours have gaps, which `hours` does not show
    depot: IntArray  # (v) matrix row
    count: IntArray  # (v)
    capacity: IntArray  # (v, d)
    rates: IntArray  # (v, 3) fixed, per metre, per second
    limits: IntArray  # (v, 2) duty, driving
    load: IntArray  # (s, d)
    service: IntArray  # (s)
    prize: IntArray  # (s)
    required: BoolArray  # (s)
    option_stop: IntArray  # (k)
    option_window: IntArray  # (k, 2) relative
    extra: IntArray  # (v, k) what a visit costs beside time and distance: promises broken
    breaks: IntArray  # (v, 2) longest driving without a break, seconds of the break
    trips: IntArray  # (v, 2) most trips of a round, seconds of unloading between two
    kind: IntArray  # (s) stops of different kinds never share a trip
    room: IntArray  # (v, d) what the depot of a type may still take in all, NO_LIMIT where nobody says
    allowed: BoolArray  # (v, k) crew, load, day, and possible as the only stop of a round

    @cached_property
    def servable(self) -> BoolArray:
        """(v, s): may this type serve this stop at all?"""
        able = np.zeros((len(self.problem.vehicles), len(self.problem.stops)), dtype=bool)
        for option, stop in enumerate(self.option_stop):
            able[:, stop] |= self.allowed[:, option]
        return able

    @cached_property
    def intakes(self) -> tuple[tuple[int, int, int], ...]:
        """What limits deliveries: (depot's matrix row, load dimension, most that may be brought in all)."""
        limits = {
            (int(self.depot[v]), d): int(self.room[v, d])
            for v, d in np.argwhere(self.room < NO_LIMIT).tolist()
        }
        return tuple((depot, d, most) for (depot, d), most in sorted(limits.items()))

    def brought(self, types: IntArray, load: IntArray) -> IntArray:
        """(m, r): what r rounds of these types with these loads (r, d) bring to each limited intake."""
        return np.array(
            [np.where(self.depot[types] == depot, load[:, d], 0) for depot, d, _ in self.intakes],
            dtype=np.int64,
        ).reshape(len(self.intakes), len(types))

    def toll(self, v: int, room_worth: FloatArray) -> FloatArray:
        """(s): what bringing each stop's load by type `v` costs, the room at its plant being worth this much."""
        toll = np.zeros(len(self.prize))
        for (depot, d, _), worth in zip(self.intakes, room_worth.tolist(), strict=True):
            if depot == self.depot[v]:
                toll += worth * self.load[:, d]
        return toll

    def stops_of(self, options: Iterable[int]) -> IntArray:
        """The stops of a sequence of options."""
        return self.option_stop[[option for option in options if option != RELOAD]]

    def pauses(self, v: int, driving: IntArray) -> IntArray:
        """Seconds of breaks a driver of type `v` has taken before having driven this long, taken when due.

        A rule with breaks as late as they may be: always lawful, and it depends on nothing but the driving.
        """
        after, lasting = (int(seconds) for seconds in self.breaks[v])
        if not lasting:
            return np.zeros_like(driving)
        return (np.maximum(driving, 1) - 1) // after * lasting

    def driving_can_bind(self, v: int) -> bool:
        """Could a round of type `v` within its duty be too long at the wheel?"""
        services = self.service[self.option_stop[self.allowed[v]]]
        least = int(services.min()) if len(services) else 0
        return bool(self.limits[v, 1] < self.limits[v, 0] - least)


def open_model(problem: Problem) -> SearchModel:
    """The arrays of `problem`, with every option open to every type on duty while it is open."""
    vehicles, stops = problem.vehicles, problem.stops
    origin = np.array([v.shift[0] // DAY_S * DAY_S for v in vehicles], dtype=np.int64)
    own_hours = [_own_hours(problem, v) for v in vehicles]
    hours = np.array([(w[0][0], w[-1][1]) if w else (0, -1) for w in own_hours], dtype=np.int64)
    hours = hours.reshape(-1, 2) - origin[:, None]
    horizon = (int(hours[:, 0].min(initial=0)), int(hours[:, 1].max(initial=0)))
    options, open_to = _options(problem, origin, hours, horizon)
    dimensions = problem.dimensions
    return SearchModel(
        problem=problem,
        origin=origin,
        hours=hours,
        gapped=np.array([len(w) > 1 for w in own_hours], dtype=bool),
        depot=np.array([problem.depot_node_of[v.depot] for v in vehicles], dtype=np.int64),
        count=np.array([v.count for v in vehicles], dtype=np.int64),
        capacity=_table([[v.capacity.get(d, 0) for d in dimensions] for v in vehicles], len(dimensions)),
        rates=_table([[v.fixed_cost, v.cost_per_m, v.cost_per_s] for v in vehicles], 3),
        limits=_table([[v.max_duty_s, v.max_drive_s] for v in vehicles], 2),
        load=_table([[s.load.get(d, 0) for d in dimensions] for s in stops], len(dimensions)),
        service=np.array([s.service_s for s in stops], dtype=np.int64),
        prize=np.array([s.prize for s in stops], dtype=np.int64),
        required=np.array([s.required for s in stops], dtype=bool),
        option_stop=np.array([stop for stop, _ in options], dtype=np.int64),
        option_window=_table([list(window) for _, window in options], 2),
        extra=_extra(problem, options, origin),
        allowed=open_to,
        breaks=_table(
            [[v.breaks.after_s, v.breaks.lasting_s] if v.breaks else [NO_LIMIT, 0] for v in vehicles], 2
        ),
        trips=_table([[v.max_trips, v.unloading_s] for v in vehicles], 2),
        kind=_kinds(problem),
        room=_table(
            [
                [problem.depots[problem.depot_node_of[v.depot]].room.get(d, NO_LIMIT) for d in dimensions]
                for v in vehicles
            ],
            len(dimensions),
        ),
    )


def _kinds(problem: Problem) -> IntArray:
    names = sorted({stop.kept_apart for stop in problem.stops})
    return np.array([names.index(stop.kept_apart) for stop in problem.stops], dtype=np.int64)


def _own_hours(problem: Problem, vehicle: Vehicle) -> list[Window]:
    opens, closes = vehicle.shift
    windows = problem.depots[problem.depot_node_of[vehicle.depot]].open
    cut = [(max(a, opens), min(b, closes)) for a, b in sorted(windows)]
    return [(a, b) for a, b in cut if a <= b]


def _extra(problem: Problem, options: list[tuple[int, Window]], origin: IntArray) -> IntArray:
    """(v, k): what a visit in this window, or by this vehicle rather than the promised one, costs."""
    extra = np.zeros((len(problem.vehicles), len(options)), dtype=np.int64)
    for k, (s, (opens, _)) in enumerate(options):
        stop = problem.stops[s]
        if stop.window_costs:
            extra[:, k] = [stop.cost_of_beginning(opens + day) for day in origin.tolist()]
        if stop.kept_with:
            extra[:, k] += [0 if v.id == stop.kept_with else stop.away_cost for v in problem.vehicles]
    return extra


def _table(rows: list[list[int]], width: int) -> IntArray:
    return np.array(rows, dtype=np.int64).reshape(len(rows), width)


def _options(
    problem: Problem, origin: IntArray, hours: IntArray, horizon: Window
) -> tuple[list[tuple[int, Window]], BoolArray]:
    """Each (stop, relative window) once, and which types (v, k) find it open during their hours."""
    found: dict[tuple[int, Window], set[int]] = {}
    for v, day in enumerate(origin.tolist()):
        for s, stop in enumerate(problem.stops):
            for opens, closes in stop.windows:
                window = (max(opens - day, horizon[0]), min(closes - day, horizon[1]))
                if window[0] <= window[1] and window[0] <= hours[v, 1] and window[1] >= hours[v, 0]:
                    found.setdefault((s, window), set()).add(v)
    options = sorted(found)
    open_to = np.zeros((len(problem.vehicles), len(options)), dtype=bool)
    for k, option in enumerate(options):
        open_to[sorted(found[option]), k] = True
    return options, open_to
