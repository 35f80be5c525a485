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
from collection.rules.routing.model import RELOAD
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
    collect_every: int = 1  # plans accepted: neighbours share most of their rounds
    collect_within: float = 10.0  # of the best plan's cost: whose rounds are worth keeping


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
        self.has_begun = False
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

    def plan_of(self, rounds: Iterable[Round]) -> pyvrp.Solution:
        """PyVRP's form of a choice of rounds."""
        type_of = {v: i for i, v in enumerate(self._solver.types)}
        data = self._solver.data
        return pyvrp.Solution(
            data, [pyvrp.Route(data, self._calls(r), vehicle_type=type_of[r.type]) for r in rounds]
        )

    def _calls(self, r: Round) -> list[pyvrp.Activity]:
        depot = self._solver.depots[r.type]
        return [
            pyvrp.Activity(pyvrp.ActivityType.DEPOT, depot)
            if option == RELOAD
            else pyvrp.Activity(pyvrp.ActivityType.CLIENT, option)
            for option in r.options
        ]

    def best(self) -> list[tuple[int, Options]] | None:
        """The best plan met, as types and options; None when none was feasible."""
        if not self.has_begun or not self._best.is_feasible():
            return None
        types = [self._solver.types[route.vehicle_type()] for route in self._best.routes()]
        return list(zip(types, sequences_of(self._best), strict=True))

    def run(self, stop: Callable[[], bool], start: pyvrp.Solution | None = None) -> None:
        """Search until `stop`: on from where the last run ended or, if better, from `start`.

        Late-acceptance hill climbing (Burke & Bykov 2017), as in PyVRP's own loop, returning to the best
        after `patience` iterations without improvement. Without a start the first run begins with a random plan.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            if not self.has_begun and start is not None:
                self._restart(start)
            elif not self.has_begun:
                random = pyvrp.Solution.make_random(self._solver.data, self._rng)
                self._restart(self._local(random, self._penalties.max_cost_evaluator(), exhaustive=True))
            self.has_begun = True
            if start is not None and self._cost(start) < self._cost(self._best):
                self._restart(start)
            while not stop():
                self._step()

    def _restart(self, plan: pyvrp.Solution) -> None:
        self._best: pyvrp.Solution = plan
        self._current: pyvrp.Solution = plan
        self._late_default: pyvrp.Solution = plan
        self._history: list[pyvrp.Solution | None] = [None] * self._settings.history
        self._place = self._idle = self._accepted = 0
        self._collect(plan)

    def _step(self) -> None:
        costs = self._penalties.cost_evaluator()
        self._idle += 1
        if self._idle > self._settings.patience:
            self._restart(self._best)
        candidate = self._local(self._current, costs, exhaustive=False)
        self._penalties.register(candidate)
        if costs.cost(candidate) < costs.cost(self._best):
            polished = self._local(candidate, costs, exhaustive=True)
            self._best = polished if polished.is_feasible() else candidate
            self._idle = 0
            self._collect(candidate)
            self._collect(self._best)
        self._accept(candidate, costs)

    def _accept(self, candidate: pyvrp.Solution, costs: pyvrp.CostEvaluator) -> None:
        late = self._history[self._place]
        late_cost = costs.penalised_cost(self._late_default if late is None else late)
        candidate_cost, current_cost = costs.penalised_cost(candidate), costs.penalised_cost(self._current)
        if candidate_cost < late_cost or candidate_cost < current_cost:
            self._accepted += 1
            is_good = candidate_cost <= self._settings.collect_within * costs.cost(self._best)
            if is_good and self._accepted % self._settings.collect_every == 0:
                self._collect(candidate)
            self._current, current_cost = candidate, candidate_cost
        if late is None or current_cost < late_cost:
            self._history[self._place] = self._current
        self._place = (self._place + 1) % self._settings.history

    def _cost(self, plan: pyvrp.Solution) -> int:
        return self._penalties.cost_evaluator().cost(plan)

    def _collect(self, plan: pyvrp.Solution) -> None:
        self._pool.add(sequences_of(plan))


def sequences_of(plan: pyvrp.Solution) -> list[Options]:
    """The option sequences of the feasible rounds of a plan."""
    return [_options_of(route) for route in plan.routes() if route.is_feasible()]


def _options_of(route: pyvrp.Route) -> Options:
    """The clients in order, the depot between them once; without it at both ends."""
    calls: list[int] = []
    for activity in route:
        if activity.is_client():
            calls.append(activity.idx)
        elif calls and calls[-1] != RELOAD:
            calls.append(RELOAD)
    return tuple(calls[:-1] if calls and calls[-1] == RELOAD else calls)
