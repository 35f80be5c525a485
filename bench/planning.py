"""Rounds planned in the same seconds by the product's engine, PyVRP as it comes, OR-Tools and nearest neighbour.

All plans are judged by the product's independent evaluator; the figures are objectives relative to ours (above
1 is worse), None for a peer whose plan breaks a rule. BENCH_PLAN_SECONDS is what each gets (10 unless told).
"""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
import pyvrp
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from bench.planning_instances import solomon_text, uk_text, vrplib_text
from bench.rows import Row, seconds
from collection.rules.routing import Problem, Route, evaluate, evaluate_route, solve
from collection.rules.routing.costing import build_model
from collection.rules.routing.engine import plan_of
from collection.rules.routing.formats import read_problem
from collection.rules.routing.pool import RoutePool
from collection.rules.routing.search import sequences_of
from collection.rules.routing.solver_data import build_data

SECONDS = float(os.environ.get("BENCH_PLAN_SECONDS", "10"))
INSTANCES = {
    "UK rounds, 50 stops": lambda: uk_text(50, 5),
    "UK rounds, 120 stops": lambda: uk_text(120, 1),
    "UK rounds, 300 stops": lambda: uk_text(300, 1),
    "Solomon's kind, 100 stops": lambda: solomon_text(100, 1),
    "CVRPLIB X's kind, 200 stops": lambda: vrplib_text(200, 1),
}


def run() -> list[Row]:
    """One row an instance."""
    return [_row(name, read_problem(text())) for name, text in INSTANCES.items()]


def _row(name: str, problem: Problem) -> Row:
    plans = []
    took = seconds(lambda: plans.append(solve(problem, seconds=SECONDS)))
    ours = plans[0].objective
    peers: dict[str, Callable[[Problem], int | None]] = {
        "PyVRP as it comes": _pyvrp,
        "OR-Tools": _ortools,
        "nearest neighbour": _nearest_neighbour,
    }
    facts: dict[str, object] = {"objective": ours, "feasible": evaluate(problem, plans[0]).is_feasible}
    for peer, plan in peers.items():
        objective = plan(problem)
        facts[peer] = None if objective is None else round(objective / ours, 4)
    return Row(name=f"plan {name}", ours_seconds=took, facts=facts)


def _pyvrp(problem: Problem) -> int | None:
    """PyVRP's own `solve` with its default settings on the same data."""
    model = build_model(problem)
    view = build_data(model)
    result = pyvrp.solve(view.data, pyvrp.stop.MaxRuntime(SECONDS), seed=0, collect_stats=False)
    if not result.is_feasible():
        return None
    chosen = set()
    for route, sequence in zip(result.best.routes(), sequences_of(result.best), strict=True):
        chosen.add((view.types[route.vehicle_type()], sequence))
    pool = RoutePool(model)
    pool.add(sequence for _, sequence in chosen)
    rounds = [r for r in pool.rounds() if (r.type, r.options) in chosen]
    return plan_of(model, rounds, 0, SECONDS).objective


def _ortools(problem: Problem) -> int | None:
    """OR-Tools' routing library with guided local search; a depot node each, skills as allowed vehicles."""
    fleet = [v for v in problem.vehicles for _ in range(v.count)]
    if len(fleet) > len(problem.stops) // 2:  # as many as stops in the literature's files: enough is plenty
        fleet = fleet[: len(problem.stops) // 2]
    depots = [problem.depot_node_of[v.depot] for v in fleet]
    nodes = len(problem.depots) + len(problem.stops)
    manager = pywrapcp.RoutingIndexManager(nodes, len(fleet), depots, depots)
    routing = pywrapcp.RoutingModel(manager)
    service = np.concatenate([np.zeros(len(problem.depots), int), [s.service_s for s in problem.stops]])
    transits = []
    for number, vehicle in enumerate(fleet):
        matrices = problem.matrices[vehicle.profile]
        cost = vehicle.cost_per_m * matrices.distance_m
        time = (matrices.duration_s + service[:, None]).tolist()
        cost_rows = cost.tolist()

        def price(i: int, j: int, rows: list[list[int]] = cost_rows) -> int:
            return int(rows[manager.IndexToNode(i)][manager.IndexToNode(j)])

        def clock(i: int, j: int, rows: list[list[int]] = time) -> int:
            return int(rows[manager.IndexToNode(i)][manager.IndexToNode(j)])

        routing.SetArcCostEvaluatorOfVehicle(routing.RegisterTransitCallback(price), number)
        transits.append(routing.RegisterTransitCallback(clock))
        routing.SetFixedCostOfVehicle(vehicle.fixed_cost, number)
    horizon = max(v.shift[1] for v in fleet)
    routing.AddDimensionWithVehicleTransits(transits, horizon, horizon, False, "time")
    times = routing.GetDimensionOrDie("time")
    for number, vehicle in enumerate(fleet):
        for index in (routing.Start(number), routing.End(number)):
            times.CumulVar(index).SetRange(*vehicle.shift)
        times.SetSpanUpperBoundForVehicle(vehicle.max_duty_s, number)
        times.SetSpanCostCoefficientForVehicle(vehicle.cost_per_s, number)
    for name in problem.dimensions:
        loads = [0] * len(problem.depots) + [s.load.get(name, 0) for s in problem.stops]
        evaluator = routing.RegisterUnaryTransitCallback(lambda i, loads=loads: loads[manager.IndexToNode(i)])
        routing.AddDimensionWithVehicleCapacity(
            evaluator, 0, [v.capacity.get(name, 0) for v in fleet], True, name
        )
    for stop in problem.stops:
        index = manager.NodeToIndex(problem.node_of[stop.id])
        times.CumulVar(index).SetRange(*stop.windows[0])
        if not stop.required:
            routing.AddDisjunction([index], stop.prize)
        able = [n for n, v in enumerate(fleet) if stop.skills <= v.skills]
        routing.VehicleVar(index).SetValues([-1, *able])
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(SECONDS * 1000))
    solution = routing.SolveWithParameters(parameters)
    if solution is None:
        return None
    routes = []
    for number, vehicle in enumerate(fleet):
        stops, index = [], solution.Value(routing.NextVar(routing.Start(number)))
        while not routing.IsEnd(index):
            stops.append(problem.stops[manager.IndexToNode(index) - len(problem.depots)].id)
            index = solution.Value(routing.NextVar(index))
        if stops:
            routes.append(Route(vehicle.id, tuple(stops)))
    return _objective(problem, routes)


def _nearest_neighbour(problem: Problem) -> int | None:
    """Each vehicle goes to the nearest stop it can still serve, required stops first; rounds at a loss stay in."""
    left = {stop.id for stop in problem.stops}
    required = {stop.id for stop in problem.stops if stop.required}
    routes = []
    for vehicle in sorted(problem.vehicles, key=lambda v: v.fixed_cost):
        metres = problem.matrices[vehicle.profile].distance_m
        for _ in range(vehicle.count):
            stops: tuple[str, ...] = ()
            here = problem.depot_node_of[vehicle.depot]
            while True:
                ranked = sorted(left, key=lambda s: (s not in required, metres[here, problem.node_of[s]], s))
                for stop in ranked:
                    if not evaluate_route(problem, Route(vehicle.id, (*stops, stop))).violations:
                        stops, here = (*stops, stop), problem.node_of[stop]
                        left.discard(stop)
                        break
                else:
                    break
            if stops:
                routes.append(Route(vehicle.id, stops))
            if not left:
                return _objective(problem, routes)
    return _objective(problem, routes)


def _objective(problem: Problem, routes: list[Route]) -> int | None:
    """What the routes cost with the prizes lost, None if a rule is broken."""
    judged = [evaluate_route(problem, route) for route in routes]
    served = {stop for route in routes for stop in route.stops}
    lost = [stop for stop in problem.stops if stop.id not in served]
    if any(route.violations for route in judged) or any(stop.required for stop in lost):
        return None
    return sum(route.cost for route in judged) + sum(stop.prize for stop in lost)
