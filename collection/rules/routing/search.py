"""One run of PyVRP's iterated local search, with every good round it meets handed to the pool."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.PenaltyManager import PenaltyManager, PenaltyParams
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    NeighbourhoodParams,
    PerturbationManager,
    PerturbationParams,
    compute_neighbours,
)

from collection.rules.routing.costing import Options
from collection.rules.routing.pool import Round, RoutePool
from collection.rules.routing.solver_data import SolverData


@dataclass(frozen=True, slots=True)
class Settings:
    """How the local search is tuned; see docs/decisions for the evidence."""

    neighbours: int = 50
    perturbations: int = 25
    history: int = 300
    patience: int = 20_000
    penalty_low: float = 1
    penalty_high: float = 1_000_000
    load_penalty: float = 10_000
    time_penalty: float = 5_000
    update_every: int = 100


class Search:
    """Local search over one set of data, started and restarted at will; remembers its penalties."""

    def __init__(self, solver: SolverData, pool: RoutePool, settings: Settings, seed: int) -> None:
        self._solver = solver
        self._pool = pool
        self._settings = settings
        data = solver.data
        self._rng = pyvrp.RandomNumberGenerator(seed=seed)
        neighbours = compute_neighbours(data, NeighbourhoodParams(num_neighbours=settings.neighbours))
        perturbation = PerturbationManager(PerturbationParams(1, settings.perturbations))
        self.runs = 0
        self._local = LocalSearch(data, self._rng, neighbours, perturbation)
        for operator in OPERATORS:
            if operator.supports(data):
                self._local.add_operator(operator(data))
        start = (
            [settings.load_penalty] * data.num_load_dimensions,
            settings.time_penalty,
            settings.time_penalty,
        )
        self._penalties = PenaltyManager(
            start,
            PenaltyParams(
                min_penalty=settings.penalty_low,
                max_penalty=settings.penalty_high,
                solutions_between_updates=settings.update_every,
            ),
        )

    def first(self) -> pyvrp.Solution:
        """A plan built by local search from a random one; it may break limits."""
        random = pyvrp.Solution.make_random(self._solver.data, self._rng)
        return self._local(random, self._penalties.max_cost_evaluator(), exhaustive=True)

    def plan_of(self, rounds: Iterable[Round]) -> pyvrp.Solution:
        """PyVRP's form of a choice of rounds."""
        type_of = {v: i for i, v in enumerate(self._solver.types)}
        data = self._solver.data
        return pyvrp.Solution(
            data, [pyvrp.Route(data, list(r.options), vehicle_type=type_of[r.type]) for r in rounds]
        )

    def run(self, start: pyvrp.Solution, stop: Callable[[], bool]) -> pyvrp.Solution:
        """Search from `start` until `stop`; returns the best feasible plan met (or `start`).

        Late-acceptance hill climbing (Burke & Bykov 2017), as in PyVRP's own loop, returning to the best
        after `patience` iterations without improvement.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            self.runs += 1
            return self._run(start, stop)

    def _run(self, start: pyvrp.Solution, stop: Callable[[], bool]) -> pyvrp.Solution:
        settings = self._settings
        history: list[pyvrp.Solution | None] = [None] * settings.history
        best = current = start
        idle = place = 0
        self._collect(start)
        while not stop():
            idle += 1
            if idle > settings.patience:
                history = [None] * settings.history
                current, idle = best, 0
            costs = self._penalties.cost_evaluator()
            candidate = self._local(current, costs, exhaustive=False)
            self._penalties.register(candidate)
            if costs.cost(candidate) < costs.cost(best):
                best, idle = candidate, 0
                polished = self._local(candidate, costs, exhaustive=True)
                if costs.cost(polished) < costs.cost(best):
                    best = candidate = polished
                self._collect(best)
            late = history[place]
            late_cost = costs.penalised_cost(start if late is None else late)
            candidate_cost, current_cost = costs.penalised_cost(candidate), costs.penalised_cost(current)
            if candidate_cost < late_cost or candidate_cost < current_cost:
                if candidate_cost != current_cost:
                    self._collect(candidate)
                current, current_cost = candidate, candidate_cost
            if late is None or current_cost < late_cost:
                history[place] = current
            place = (place + 1) % settings.history
        return best

    def _collect(self, plan: pyvrp.Solution) -> None:
        self._pool.add(sequences_of(plan))


def sequences_of(plan: pyvrp.Solution) -> list[Options]:
    """The option sequences of the feasible rounds of a plan."""
    return [
        tuple(activity.idx for activity in route if activity.is_client())
        for route in plan.routes()
        if route.is_feasible()
    ]
