"""How little any plan could cost: a bound that holds whatever the search has missed.

Stops and vehicles are given prices (those of the relaxed recombination, but any would do). For fixed prices
the cheapest thinkable round of every type of vehicle bounds every plan from below (Lagrangian relaxation).
The cheapest round is not searched but under-estimated: rounds are grown stop by stop as in pricing, and where
pricing would forget the less promising beginnings, here they are melted together into one that is at least as
good as each of them in every respect: cost, duty, time, load, stops still open to it. What grows from the
melted beginning may be no real round, but no real round costs less (a relaxed decision diagram: Bergman,
Cire, van Hoeve & Hooker, *Decision Diagrams for Optimization*, 2016, chapter 4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from collection.rules.routing.model import FloatArray, SearchModel
from collection.rules.routing.problem import IntArray

MOST_LEVELS = 40  # stops in a round; above that the bound is given up
MARGIN = 1000.0  # a penny for the rounding of floating point
MELTED_BY_S, MELTED_LOADS = 900, 20  # seconds of duty, parts of the load: how alike what is melted must be


@dataclass
class _Beginnings:
    """Beginnings of rounds, one a row. Completing at `ready` or later; the last possible start is `latest`."""

    last: IntArray
    pure: FloatArray  # cost without duty, less what the stops bring
    duty: IntArray
    ready: IntArray
    latest: IntArray
    driving: IntArray
    load: IntArray  # (r, d)
    visited: npt.NDArray[np.uint8]  # (r, stops / 8): one bit a stop that has certainly been visited
    key: npt.NDArray[np.uint64]  # equal for equal `visited`

    def take(self, rows: IntArray) -> _Beginnings:
        return _Beginnings(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def join(self, other: _Beginnings) -> _Beginnings:
        return _Beginnings(
            *(
                np.concatenate([getattr(self, name), getattr(other, name)])
                for name in self.__dataclass_fields__
            )
        )


def lower_bound(
    model: SearchModel,
    stop_worth: FloatArray,
    vehicle_worth: FloatArray,
    room_worth: FloatArray,
    width: int,
    is_over: Callable[[], bool] = lambda: False,
) -> int | None:
    """No plan of the problem costs less than this; None when it ran out of time.

    `stop_worth` (s), `vehicle_worth` (v) and `room_worth` (m) are prices, best those of the relaxed
    recombination. `width` is how many beginnings are kept apart for every last stop: more are slower and bound
    better. Breaks, and calls at the depot between trips, are thought to take no time, which only lowers the bound.
    """
    worth = np.where(model.required, stop_worth, np.maximum(stop_worth, 0.0))
    room_worth = np.maximum(room_worth, 0.0)
    bound = float(model.prize.sum()) - float(worth.sum())
    bound -= sum(price * most for price, (_, _, most) in zip(room_worth.tolist(), model.intakes, strict=True))
    for v in np.flatnonzero(model.count > 0).tolist():
        tolled = worth + model.toll(v, room_worth)
        least = _cheapest_round(model, v, tolled, -max(float(vehicle_worth[v]), 0.0), width, is_over)
        if least is None:
            return None
        bound += int(model.count[v]) * least
    return max(int(np.floor(bound - MARGIN - 1e-9 * abs(bound))), free_bound(model))


def free_bound(model: SearchModel) -> int:
    """What holds without any prices: nothing costs less than nothing, and who cannot be served is lost."""
    return int(model.prize[~model.servable.any(axis=0)].sum())


def _cheapest_round(
    model: SearchModel, v: int, worth: FloatArray, enough: float, width: int, is_over: Callable[[], bool]
) -> float | None:
    """At most what the cheapest round of type `v` costs, less prizes, with its stops priced at `worth`.

    Never more than `enough`.
    """
    options = np.flatnonzero(model.allowed[v])
    stops = model.option_stop[options]
    bonus = (model.prize - worth)[stops] - model.extra[v, options]
    per_second = float(model.rates[v, 2])
    useful = bonus > per_second * model.service[stops]
    options, stops, bonus = options[useful], stops[useful], bonus[useful]
    if not len(options):
        return min(enough, 0.0)
    road = _Road(model, v, options, stops, bonus)
    level, least = road.at_depot(), enough
    for _ in range(MOST_LEVELS):
        if is_over():
            return None
        level = road.grown(level)
        if not len(level.last):
            return float(least)
        level, closed = road.melted(level, width)
        least = min(least, float(closed.min(initial=np.inf)))
    return None


def shortest_ways(legs: IntArray) -> IntArray:
    """The lengths of the shortest ways over any nodes, given those of the direct legs (n, n)."""
    # An entry kept though it is zero is a leg of no length; one not kept would be no leg at all.
    size = len(legs)
    rows, columns = np.divmod(np.arange(size * size), size)
    graph = scipy.sparse.csr_matrix((legs.ravel().astype(float), (rows, columns)), shape=legs.shape)
    return np.rint(scipy.sparse.csgraph.shortest_path(graph, method="FW")).astype(np.int64)


class _Road:
    """Growing and melting beginnings of one type of vehicle."""

    def __init__(
        self, model: SearchModel, v: int, options: IntArray, stops: IntArray, bonus: FloatArray
    ) -> None:
        self._model, self._v, self._stops, self._bonus = model, v, stops, bonus
        problem = model.problem
        matrices = problem.matrices[problem.vehicles[v].profile]
        nodes = np.append(len(problem.depots) + stops, model.depot[v])
        grid = np.ix_(nodes, nodes)
        # Stops that bring nothing are left out, so legs may lead through them: shortest ways, not direct ones.
        self._metres = shortest_ways(matrices.distance_m)[grid]
        self._seconds = shortest_ways(matrices.duration_s)[grid]
        self._driving = shortest_ways(matrices.duration_s - matrices.not_driving_s)[grid]
        self._service, self._load = model.service[stops], model.load[stops]
        self._opens, self._closes = model.option_window[options].T
        self._fixed, self._per_metre, self._per_second = (float(rate) for rate in model.rates[v])
        # Trips of one round may be of different kinds, and carry so much in all.
        self._capacity = model.capacity[v] * model.trips[v, 0]
        self._kind = model.kind[stops] if model.trips[v, 0] == 1 else np.zeros_like(stops)
        _, self._place = np.unique(stops, return_inverse=True)
        many = int(self._place.max()) + 1
        self._name = np.random.default_rng(0).integers(1, 2**63, many, dtype=np.uint64)
        self._bits = np.packbits(np.eye(many, dtype=bool), axis=1)  # (stop, byte)

    def at_depot(self) -> _Beginnings:
        opens, closes = self._model.hours[self._v].tolist()
        return _Beginnings(
            last=np.array([-1]),
            pure=np.array([self._fixed]),
            duty=np.array([0]),
            ready=np.array([opens]),
            latest=np.array([closes]),
            driving=np.array([0]),
            load=np.zeros((1, self._load.shape[1]), dtype=np.int64),
            visited=np.zeros((1, self._bits.shape[1]), dtype=np.uint8),
            key=np.zeros(1, dtype=np.uint64),
        )

    def grown(self, level: _Beginnings) -> _Beginnings:
        """All beginnings one stop longer that can still come home in time."""
        model, v = self._model, self._v
        fits = level.ready[:, None] + self._seconds[level.last][:, :-1] <= self._closes
        byte, bit = self._place // 8, np.uint8(128) >> (self._place % 8).astype(np.uint8)
        fits &= (level.visited[:, byte] & bit) == 0
        for d in range(self._load.shape[1]):
            fits &= self._load[:, d] <= (self._capacity[d] - level.load[:, d])[:, None]
        if self._kind.any():
            fits &= (level.last[:, None] < 0) | (self._kind[level.last][:, None] == self._kind)
        rows, to = np.nonzero(fits)
        last = level.last[rows]
        leg = self._seconds[last, to]
        ready = np.maximum(level.ready[rows] + leg, self._opens[to]) + self._service[to]
        reach = level.duty[rows] + leg
        duty = np.maximum(reach, self._opens[to] - level.latest[rows]) + self._service[to]
        driving = level.driving[rows] + self._driving[last, to]
        home = self._seconds[to, -1]
        possible = (duty + home <= model.limits[v, 0]) & (ready + home <= model.hours[v, 1])
        possible &= driving + self._driving[to, -1] <= model.limits[v, 1]
        latest = np.minimum(level.latest[rows], self._closes[to] - reach)
        possible &= ready - latest <= model.limits[v, 0]
        pure = level.pure[rows] - self._bonus[to] + self._per_metre * self._metres[last, to]
        rows, to, keep = rows[possible], to[possible], np.flatnonzero(possible)
        key = level.key[rows] ^ self._name[self._place[to]]
        best = self._undominated(to, key, pure[keep], duty[keep], ready[keep], latest[keep], driving[keep])
        rows, to, keep = rows[best], to[best], keep[best]
        return _Beginnings(
            last=to,
            pure=pure[keep],
            duty=duty[keep],
            ready=ready[keep],
            latest=latest[keep],
            driving=driving[keep],
            load=level.load[rows] + self._load[to],
            visited=level.visited[rows] | self._bits[self._place[to]],
            key=key[best],
        )

    def _undominated(
        self,
        last: IntArray,
        key: npt.NDArray[np.uint64],
        pure: FloatArray,
        duty: IntArray,
        ready: IntArray,
        latest: IntArray,
        driving: IntArray,
    ) -> IntArray:
        """Rows not in every respect worse than another order of the same stops with the same last one."""
        if not len(last):
            return last
        cost = pure + self._per_second * duty
        order = np.lexsort((ready, cost, key, last))
        new = np.append(True, (key[order][1:] != key[order][:-1]) | (last[order][1:] != last[order][:-1]))
        first = order[np.flatnonzero(new)[np.cumsum(new) - 1]]  # the cheapest of each row's kind
        worse = (
            (duty[order] >= duty[first]) & (ready[order] >= ready[first]) & (latest[order] <= latest[first])
        )
        worse &= (driving[order] >= driving[first]) & (pure[order] >= pure[first])
        return order[new | ~worse]

    def melted(self, level: _Beginnings, width: int) -> tuple[_Beginnings, FloatArray]:
        """For every last stop the `width` most promising apart, the others melted; and what each costs home."""
        closed = self._closed(level)
        order = np.lexsort((closed, level.last))
        groups = level.last[order]
        starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))
        rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
        kept, rest = order[rank < width], order[rank >= width]
        if not len(rest):
            return level, closed
        melted = self._melt(level.take(rest))
        both = level.take(kept).join(melted)
        return both, self._closed(both)

    def _closed(self, level: _Beginnings) -> FloatArray:
        home = self._seconds[level.last, -1]
        duty = np.maximum(level.duty + home, level.ready + home - level.latest)
        return level.pure + self._per_metre * self._metres[level.last, -1] + self._per_second * duty

    def _melt(self, level: _Beginnings) -> _Beginnings:
        """One for all with the same last stop, about equal duty and load: as good as the best of each."""
        share = level.load[:, 0] * MELTED_LOADS // max(int(self._capacity[0]), 1)
        bucket = (level.duty // MELTED_BY_S) * (MELTED_LOADS + 1) + share
        order = np.lexsort((bucket, level.last))
        level, bucket = level.take(order), bucket[order]
        new = np.append(True, (level.last[1:] != level.last[:-1]) | (bucket[1:] != bucket[:-1]))
        first = np.flatnonzero(new)
        visited = np.bitwise_and.reduceat(level.visited, first, axis=0)
        return _Beginnings(
            last=level.last[first],
            pure=np.minimum.reduceat(level.pure, first),
            duty=np.minimum.reduceat(level.duty, first),
            ready=np.minimum.reduceat(level.ready, first),
            latest=np.maximum.reduceat(level.latest, first),
            driving=np.minimum.reduceat(level.driving, first),
            load=np.minimum.reduceat(level.load, first, axis=0),
            visited=visited,
            key=self._keys(visited),
        )

    def _keys(self, visited: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
        keys = np.zeros(len(visited), dtype=np.uint64)
        bits = np.unpackbits(visited, axis=1, count=len(self._name))
        for place, name in enumerate(self._name):
            keys ^= np.where(bits[:, place] == 1, name, np.uint64(0))
        return keys
