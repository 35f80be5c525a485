"""Every plan of a small problem tried: slow, obvious, and sharing only the evaluator with the product."""

from __future__ import annotations

from itertools import permutations

from collection.rules.routing import Problem, Route, evaluate_route


def best_objective(problem: Problem) -> int | None:
    """The least objective over all feasible plans; None when required stops cannot all be served."""
    names = [stop.id for stop in problem.stops]
    full = (1 << len(names)) - 1
    best = {0: 0}  # set of served stops → least cost of the rounds serving exactly these
    for vehicle in problem.vehicles:
        cheapest = {}
        for served in range(1, full + 1):
            chosen = [name for bit, name in enumerate(names) if served >> bit & 1]
            judged = [evaluate_route(problem, Route(vehicle.id, order)) for order in permutations(chosen)]
            costs = [route.cost for route in judged if not route.violations]
            if costs:
                cheapest[served] = min(costs)
        for _ in range(vehicle.count):
            extended = dict(best)
            for served, cost in best.items():
                for added, extra in cheapest.items():
                    if not served & added:
                        total = cost + extra
                        extended[served | added] = min(extended.get(served | added, total), total)
            best = extended
    required = sum(1 << bit for bit, stop in enumerate(problem.stops) if stop.required)
    totals = [
        cost + sum(stop.prize for bit, stop in enumerate(problem.stops) if not served >> bit & 1)
        for served, cost in best.items()
        if served & required == required
    ]
    return min(totals, default=None)
