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
ORDERS = 4
NOWHERE = -1
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


@dataclass(frozen=True)
class OpenStops:
    """What beginnings may grow by (u of the pricer's options), as tables over all beginnings' last places (p)."""

    options: IntArray  # (u) places among the pricer's options
    seconds: IntArray  # (p, u)
    closes: IntArray  # (u)
    latest_on: IntArray  # (u) duty so far with the way there, at most
    same: BoolArray  # (p, u) the same stop
    other_kind: BoolArray  # (p, u) what must be kept apart
    bonus: FloatArray  # by place among the pricer's options, the depot last


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
        longest = max(int(self._seconds.max()), int(model.hours[v].max()))
        self._small = _smallest(2 * longest)
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
        open_ = self._open(useful, np.append(bonus, 0.0))
        levels = [self._at_depot(self._fixed + vehicle_worth)]
        load = np.zeros((1, self._load.shape[1]), dtype=np.int64)
        visited = np.zeros((1, len(useful)), dtype=bool)
        ranked: list[tuple[float, int, int]] = []
        while len(useful) and len(levels[-1].last):
            kept = self._grown(levels[-1], load, visited, open_, per_last)
            at_stop = kept.last != AT_DEPOT
            load = np.where(at_stop[:, None], load[kept.parent] + self._load[kept.last], 0)
            visited = visited[kept.parent] | open_.same[kept.last]
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

    def _open(self, useful: IntArray, bonus: FloatArray) -> OpenStops:
        far = np.iinfo(self._small).max // 2
        home = self._service[useful] + self._seconds[useful, AT_DEPOT]
        stops, kinds = np.append(self._stops, NOWHERE), np.append(self._kind, NOWHERE)
        return OpenStops(
            options=useful,
            seconds=self._seconds[:, useful].astype(self._small),
            closes=np.minimum(self._closes[useful], far).astype(self._small),
            latest_on=(min(int(self._model.limits[self._v, 0]), far) - home).astype(self._small),
            same=stops[:, None] == self._stops[useful],
            other_kind=(kinds[:, None] != self._kind[useful]) & (kinds[:, None] != NOWHERE),
            bonus=bonus,
        )

    def _fitting(
        self, level: Beginnings, load: IntArray, visited: BoolArray, open_: OpenStops
    ) -> tuple[IntArray, IntArray]:
        """Beginnings and what each may grow by, as far as tables tell without counting waits and breaks.

        Most is ruled out here, so what is left is looked at one by one.
        """
        leg = open_.seconds[level.last]
        duty = level.duty.astype(self._small)[:, None]
        fits = leg <= open_.closes - (duty + level.earliest.astype(self._small)[:, None])
        fits &= leg <= open_.latest_on - duty
        fits &= ~visited
        if self._kind.any():
            fits &= ~open_.other_kind[level.last]
        for d in range(self._load.shape[1]):
            room = self._model.capacity[self._v, d] - load[:, d]
            fits &= self._load[open_.options, d] <= room[:, None]
        rows, columns = np.nonzero(fits)
        return rows, open_.options[columns]

    def _grown(
        self, level: Beginnings, load: IntArray, visited: BoolArray, open_: OpenStops, per_last: int
    ) -> Beginnings:
        """The most promising beginnings one stop longer, those that cannot get home in time left out."""
        model, v = self._model, self._v
        rows, to = self._fitting(level, load, visited, open_)
        full = np.flatnonzero((level.last != AT_DEPOT) & (level.reloads < model.trips[v, 0] - 1))
        rows, to = np.append(rows, full), np.append(to, np.full(len(full), AT_DEPOT))
        last = level.last[rows]
        legs = last % len(self._opens) * len(self._opens) + to % len(self._opens)  # places in flat tables
        driving = level.driving[rows] + self._driving.take(legs)
        reach = level.duty[rows] + self._seconds.take(legs)
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
        value = level.value[rows] - open_.bonus[to] + self._per_metre * self._metres.take(legs)
        value += self._per_second * (duty - level.duty[rows])
        closed = value + self._per_metre * self._metres[to, AT_DEPOT] + self._per_second * home
        key = level.key[rows] ^ self._name[to]
        kept = np.flatnonzero(possible)
        kept = kept[self._best(to[kept], closed[kept], key[kept], per_last)]
        return Beginnings(
            last=to[kept],
            parent=rows[kept],
            duty=duty[kept],
            earliest=earliest[kept],
            latest=np.minimum(latest, self._closes[to] - reach)[kept],
            driving=driving[kept],
            reloads=level.reloads[rows[kept]] + (to[kept] == AT_DEPOT),
            value=value[kept],
            closed=closed[kept],
            key=key[kept],
        )

    def _best(
        self, last: IntArray, closed: FloatArray, key: npt.NDArray[np.uint64], per_last: int
    ) -> IntArray:
        """The best `per_last` of each last stop, of one set of stops only the best order.

        Looked at are the best few times as many: where more than that are orders of the same sets, fewer are kept.
        """
        # Sixteen bits are sorted in one pass.
        order = np.argsort(last.astype(_smallest(len(self._opens))), kind="stable")
        order = order[_least(last[order], closed[order], ORDERS * per_last)]
        order = order[np.lexsort((closed[order], last[order]))]
        _, first = np.unique(key[order] ^ self._last_name[last[order]], return_index=True)
        order = order[np.sort(first)]
        most = np.where(last[order] == AT_DEPOT, AT_DEPOT_TIMES * per_last, per_last)
        return order[_rank_within(last[order]) < most]

    def _trace(self, levels: list[Beginnings], level: int, row: int) -> Options:
        options = []
        for beginnings in reversed(levels[1 : level + 1]):
            last = int(beginnings.last[row])
            options.append(RELOAD if last == AT_DEPOT else int(self._options[last]))
            row = int(beginnings.parent[row])
        return tuple(reversed(options))


def _smallest(most: int) -> npt.DTypeLike:
    """The smallest of the integer types that hold so much either side of nothing: small tables are quick."""
    return next(kind for kind in (np.int16, np.int32, np.int64) if most <= np.iinfo(kind).max)


def _least(groups: IntArray, values: FloatArray, most: int) -> BoolArray:
    """Which are among the `most` least of each run of equal groups; at the depot, the place of all, more are."""
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))
    sizes = np.diff(np.append(starts, len(groups)))
    limits = np.full(len(starts), np.inf)
    for group in np.flatnonzero(sizes > most).tolist():
        many = AT_DEPOT_TIMES * most if groups[starts[group]] == AT_DEPOT else most
        if sizes[group] > many:
            own = values[starts[group] : starts[group] + sizes[group]]
            limits[group] = np.partition(own, many - 1)[many - 1]
    return np.asarray(values <= np.repeat(limits, sizes))


def _rank_within(groups: IntArray) -> IntArray:
    """0, 1, 2 … within each run of equal values."""
    if not len(groups):
        return groups
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))
    return np.arange(len(groups)) - np.repeat(starts, np.diff(np.append(starts, len(groups))))
