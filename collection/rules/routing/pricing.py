"""Rounds worth having, found from what stops and vehicles are worth to the plan as a whole.

The relaxed recombination says what each stop would be worth if served once more and what one more vehicle
would save. A round is worth having when the worth it brings exceeds its cost. This looks for such rounds by
growing them stop by stop, thousands of beginnings at a time, keeping for every last stop the few most
promising: a beam search, which proves nothing by finding nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from collection.rules.routing.costing import Options
from collection.rules.routing.model import RELOAD, BoolArray, SearchModel
from collection.rules.routing.problem import IntArray

FloatArray = npt.NDArray[np.float64]
TOLERANCE = 1000.0  # a penny: what is too little to be worth a new round
AT_DEPOT = -1  # the depot comes last in a pricer's arrays
AT_DEPOT_TIMES = 10  # so many times more beginnings are kept there: it is the last place of all of them


@dataclass(frozen=True)
class Beginnings:
    """Beginnings of rounds, one a row: where they are, what they have used, what they cost so far."""

    last: IntArray  # place among the pricer's options, AT_DEPOT before the first and between trips
    parent: IntArray  # row in the beginnings one stop shorter
    duty: IntArray
    earliest: IntArray  # start of duty
    latest: IntArray
    driving: IntArray
    reloads: IntArray
    value: FloatArray  # cost so far less the worth brought
    closed: FloatArray  # value if it drove straight home
    key: npt.NDArray[np.uint64]  # equal for equal sets of stops with the same last one

    def take(self, rows: IntArray) -> Beginnings:
        return Beginnings(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


class Pricer:
    """Looks for rounds of one type of vehicle; made once, asked many times."""

    def __init__(self, model: SearchModel, v: int) -> None:
        self._model, self._v = model, v
        problem = model.problem
        self._options = np.flatnonzero(model.allowed[v])
        self._stops = model.option_stop[self._options]
        matrices = problem.matrices[problem.vehicles[v].profile]
        nodes = np.append(len(problem.depots) + self._stops, model.depot[v])
        grid = np.ix_(nodes, nodes)
        self._metres = matrices.distance_m[grid]
        self._seconds = matrices.duration_s[grid]
        self._driving = self._seconds - matrices.not_driving_s[grid]
        self._service = np.append(model.service[self._stops], model.trips[v, 1])
        self._load = np.vstack([model.load[self._stops], np.zeros_like(model.load[:1])])
        windows = np.vstack([model.option_window[self._options], model.hours[v]])
        self._opens, self._closes = windows.T
        self._kind = model.kind[self._stops]
        self._fixed, self._per_metre, self._per_second = (float(rate) for rate in model.rates[v])
        names = np.random.default_rng(0).integers(1, 2**63, (2, len(problem.stops)), dtype=np.uint64)
        self._name, self._last_name = np.hstack([names[:, self._stops], np.zeros((2, 1), dtype=np.uint64)])

    def find(
        self, stop_worth: FloatArray, vehicle_worth: float, *, per_last: int, most: int, open_stops: BoolArray
    ) -> list[Options]:
        """Up to `most` rounds over `open_stops` with negative reduced cost, best first.

        `stop_worth` (stops) and `vehicle_worth` are the dual values; `per_last` beginnings are kept for every
        last stop.
        """
        bonus = (self._model.prize - stop_worth)[self._stops] - self._model.extra[self._v, self._options]
        gain = bonus - self._per_second * self._service[:-1]
        useful = np.flatnonzero((gain > 0) & open_stops[self._stops])
        levels = [self._at_depot(self._fixed + vehicle_worth)]
        load = np.zeros((1, self._load.shape[1]), dtype=np.int64)
        visited = np.zeros((1, len(self._model.prize)), dtype=bool)
        ranked: list[tuple[float, int, int]] = []
        while len(useful) and len(levels[-1].last):
            kept = self._grown(levels[-1], load, visited, useful, np.append(bonus, 0.0), per_last)
            at_stop = kept.last != AT_DEPOT
            load = np.where(at_stop[:, None], load[kept.parent] + self._load[kept.last], 0)
            visited = visited[kept.parent]
            visited[np.flatnonzero(at_stop), self._stops[kept.last[at_stop]]] = True
            levels.append(kept)
            good = np.flatnonzero(at_stop & (kept.closed < -TOLERANCE))
            ranked += [
                (value, len(levels) - 1, row)
                for value, row in zip(kept.closed[good].tolist(), good.tolist(), strict=True)
            ]
        ranked.sort()
        return [self._trace(levels, level, row) for _, level, row in ranked[:most]]

    def _at_depot(self, value: float) -> Beginnings:
        opens, closes = (int(moment) for moment in self._model.hours[self._v])
        zero = np.zeros(1, dtype=np.int64)
        return Beginnings(
            last=zero + AT_DEPOT,
            parent=zero,
            duty=zero,
            earliest=zero + opens,
            latest=zero + closes,
            driving=zero,
            reloads=zero,
            value=np.array([value]),
            closed=np.array([value]),
            key=np.zeros(1, dtype=np.uint64),
        )

    def _grown(
        self,
        level: Beginnings,
        load: IntArray,
        visited: BoolArray,
        useful: IntArray,
        bonus: FloatArray,
        per_last: int,
    ) -> Beginnings:
        """The most promising beginnings one stop longer, those that cannot get home in time left out."""
        model, v = self._model, self._v
        fits = (level.earliest + level.duty)[:, None] + self._seconds[level.last][:, useful] <= self._closes[
            useful
        ]
        fits &= ~visited[:, self._stops[useful]]
        if self._kind.any():
            fresh = level.last == AT_DEPOT
            kind = np.where(fresh, -1, self._kind[level.last])
            fits &= fresh[:, None] | (kind[:, None] == self._kind[useful])
        for d in range(self._load.shape[1]):
            fits &= self._load[useful, d] <= (model.capacity[v, d] - load[:, d])[:, None]
        rows, columns = np.nonzero(fits)
        full = np.flatnonzero((level.last != AT_DEPOT) & (level.reloads < model.trips[v, 0] - 1))
        rows, to = np.append(rows, full), np.append(useful[columns], np.full(len(full), AT_DEPOT))
        last = level.last[rows]
        driving = level.driving[rows] + self._driving[last, to]
        reach = level.duty[rows] + self._seconds[last, to]
        reach += model.pauses(v, driving) - model.pauses(v, level.driving[rows])
        latest = level.latest[rows]
        wait = np.maximum(self._opens[to] - reach - latest, 0)
        earliest = np.maximum(level.earliest[rows], np.minimum(self._opens[to] - reach, latest))
        duty = reach + wait + self._service[to]
        driven_home = driving + self._driving[to, AT_DEPOT]
        home = self._seconds[to, AT_DEPOT] + model.pauses(v, driven_home) - model.pauses(v, driving)
        possible = duty + home <= model.limits[v, 0]
        possible &= level.earliest[rows] + reach <= self._closes[to]
        possible &= earliest + duty + home <= model.hours[v, 1]
        possible &= driven_home <= model.limits[v, 1]
        value = level.value[rows] - bonus[to] + self._per_metre * self._metres[last, to]
        value += self._per_second * (duty - level.duty[rows])
        grown = Beginnings(
            last=to,
            parent=rows,
            duty=duty,
            earliest=earliest,
            latest=np.minimum(latest, self._closes[to] - reach),
            driving=driving,
            reloads=level.reloads[rows] + (to == AT_DEPOT),
            value=value,
            closed=value + self._per_metre * self._metres[to, AT_DEPOT] + self._per_second * home,
            key=level.key[rows] ^ self._name[to],
        )
        possible_rows = np.flatnonzero(possible)
        return grown.take(possible_rows[self._best(grown.take(possible_rows), per_last)])

    def _best(self, grown: Beginnings, per_last: int) -> IntArray:
        """The best order of each set of stops and last stop, then the best `per_last` of each last stop."""
        order = np.lexsort((grown.closed, grown.last))
        _, first = np.unique((grown.key ^ self._last_name[grown.last])[order], return_index=True)
        order = order[np.sort(first)]
        last = grown.last[order]
        most = np.where(last == AT_DEPOT, AT_DEPOT_TIMES * per_last, per_last)
        return order[_rank_within(last) < most]

    def _trace(self, levels: list[Beginnings], level: int, row: int) -> Options:
        options = []
        for beginnings in reversed(levels[1 : level + 1]):
            last = int(beginnings.last[row])
            options.append(RELOAD if last == AT_DEPOT else int(self._options[last]))
            row = int(beginnings.parent[row])
        return tuple(reversed(options))


def _rank_within(groups: IntArray) -> IntArray:
    """0, 1, 2 … within each run of equal values."""
    if not len(groups):
        return groups
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))
    return np.arange(len(groups)) - np.repeat(starts, np.diff(np.append(starts, len(groups))))
