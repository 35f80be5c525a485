"""Every plan of a small problem tried: slow, obvious, and sharing only the evaluator with the product."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

from collection.rules.routing import Problem, Route, Vehicle, evaluate_route

Brought = tuple[int, ...]


def best_objective(problem: Problem) -> int | None:
    """The least objective over all feasible plans; None when required stops cannot all be served."""
    names = [stop.id for stop in problem.stops]
    full = (1 << len(names)) - 1
    nothing = tuple(0 for depot in problem.depots for _ in depot.room)
    # (set of served stops, what limited plants are brought) → least cost of the rounds serving exactly these
    best: dict[tuple[int, Brought], int] = {(0, nothing): 0}
    for vehicle in problem.vehicles:
        cheapest = {}
        for served in range(1, full + 1):
            chosen = [name for bit, name in enumerate(names) if served >> bit & 1]
            judged = [evaluate_route(problem, route) for route in _rounds(vehicle, chosen)]
            costs = [route.cost for route in judged if not route.violations]
            if costs:
                cheapest[served] = min(costs), _brought(problem, vehicle, chosen)
        for _ in range(vehicle.count):
            extended = dict(best)
            for (served, brought), cost in best.items():
                for added, (extra, more) in cheapest.items():
                    after = tuple(a + b for a, b in zip(brought, more, strict=True))
                    if not served & added and _fits(problem, after):
                        key, total = (served | added, after), cost + extra
                        extended[key] = min(extended.get(key, total), total)
            best = extended
    required = sum(1 << bit for bit, stop in enumerate(problem.stops) if stop.required)
    totals = [
        cost + sum(stop.prize for bit, stop in enumerate(problem.stops) if not served >> bit & 1)
        for (served, _), cost in best.items()
        if served & required == required
    ]
    return min(totals, default=None)


def _rounds(vehicle: Vehicle, stops: list[str]) -> Iterator[Route]:
    """Every order of these stops, and every way to cut it into trips."""
    for order in permutations(stops):
        for calls in range(vehicle.max_trips):
            for cuts in combinations(range(1, len(order)), calls):
                yield Route(vehicle.id, order, cuts)


def _brought(problem: Problem, vehicle: Vehicle, stops: list[str]) -> Brought:
    loads = [problem.stops[problem.stop_index_of[name]].load for name in stops]
    return tuple(
        sum(load.get(dimension, 0) for load in loads) if depot.id == vehicle.depot else 0
        for depot in problem.depots
        for dimension in depot.room
    )


def _fits(problem: Problem, brought: Brought) -> bool:
    rooms = [room for depot in problem.depots for room in depot.room.values()]
    return all(amount <= room for amount, room in zip(brought, rooms, strict=True))
