"""The planning engine: many short local searches, one pool of rounds, one best plan put together from it.

Each turn runs PyVRP's local search for a while, throws every feasible round it met into the pool and asks
for the best choice of rounds; the answer starts the next turn. A clock is read only to keep to the budget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from collection.rules.routing.costing import build_model
from collection.rules.routing.evaluation import evaluate, evaluate_route
from collection.rules.routing.explanation import explained
from collection.rules.routing.model import SearchModel
from collection.rules.routing.pool import Round, RoutePool, net_cost, recombine
from collection.rules.routing.problem import Omission, Plan, Problem, ProblemError, Route
from collection.rules.routing.search import Search, Settings
from collection.rules.routing.solver_data import SolverData, build_data
from collection.rules.routing.warm_start import sequences_of_plan

ENGINE = "lodestone-rounds/1 (PyVRP 0.14, route pool)"
UNDECIDED = "undecided"
STILL_SEARCHING = "Not in the best plan found so far."
WORST = 10**17
TURNS = 20

Progress = Callable[[Plan], None]


class NoFeasiblePlan(ProblemError):
    """No plan meets every required stop; `diagnose` says why in words."""


def solve(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 0,
    iterations: int | None = None,
    warm_start: Plan | None = None,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Plan:
    """The best plan found for `problem` within `seconds` of wall time, each omission explained.

    With `iterations` the work is counted instead of timed, and the same seed gives the same plan (`seconds`
    then only bounds the whole). `warm_start` is a plan to begin from, of this problem or one like it.
    `on_progress` receives each better plan, its omissions not yet explained; `should_stop` is asked often,
    and ends the search with the best plan so far. Raises NoFeasiblePlan when required stops cannot all be
    served.
    """
    return Engine(problem, seconds, seed, iterations, on_progress, should_stop).solve(warm_start)


@dataclass
class Engine:
    """One solve: the budget, the pool and the best choice of rounds so far."""

    problem: Problem
    seconds: float
    seed: int
    iterations: int | None
    on_progress: Progress | None
    should_stop: Callable[[], bool] | None
    began: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        self._model: SearchModel = build_model(self.problem)
        self._pool = RoutePool(self._model)
        self._best: list[Round] | None = None
        self._best_net = WORST
        self._done = 0
        self._cancelled = False
        self._deadline = self.began + self.seconds - min(0.15 + 0.02 * self.seconds, 1.0)

    def solve(self, warm_start: Plan | None) -> Plan:
        model = self._model
        self._pool.add((option,) for option in range(len(model.option_stop)))
        if warm_start is not None:
            self._pool.add(sequences_of_plan(model, warm_start))
        self._recombine()
        if len(model.option_stop) and not self._over():
            self._search()
        if self._best is None:
            raise NoFeasiblePlan("No plan was found that serves every required stop.")
        return explained(self.problem, self._plan(self._best))

    def _search(self) -> None:
        solvers = self._solvers()
        turn = 0
        while not self._over():
            search = solvers[turn % len(solvers)]
            start = search.first() if self._best is None or turn == 0 else search.plan_of(self._best)
            search.run(start, self._slice(), lambda plan: None)
            self._recombine()
            turn += 1

    def _solvers(self) -> list[Search]:
        model = self._model
        views: list[SolverData] = [build_data(model)]
        if any(model.driving_can_bind(v) for v in views[0].types):
            views.append(build_data(model, limit_driving=True))
        return [
            Search(view, self._pool, Settings(), self.seed + 1000 * number)
            for number, view in enumerate(views)
        ]

    def _slice(self) -> Callable[[], bool]:
        """The stopping rule of one turn: a share of the budget, in time or in iterations."""
        if self.iterations is not None:
            left = max(self.iterations // TURNS, 1)
            counter = iter(range(min(left, self.iterations - self._done)))

            def counted() -> bool:
                if next(counter, None) is None:
                    return True
                self._done += 1
                return self._over()

            return counted
        until = monotonic() + max(self.seconds / TURNS, 0.3)
        return lambda: monotonic() >= until or self._over()

    def _over(self) -> bool:
        if not self._cancelled and self.should_stop is not None and self.should_stop():
            self._cancelled = True
        if self.iterations is not None and self._done >= self.iterations:
            return True
        return self._cancelled or monotonic() >= self._deadline

    def _recombine(self) -> None:
        seconds = None
        if self.iterations is None:
            seconds = max(min(self.seconds / TURNS, self._deadline - monotonic()), 0.1)
        better = recombine(self._model, self._pool.rounds(), incumbent_net=self._best_net, seconds=seconds)
        if better is not None:
            self._best, self._best_net = better, net_cost(self._model, better)
            if self.on_progress is not None:
                self.on_progress(self._plan(better))

    def _plan(self, rounds: list[Round]) -> Plan:
        """The plan made of `rounds`, judged by the evaluator before anybody sees it."""
        stops, vehicles = self.problem.stops, self.problem.vehicles
        routes = tuple(
            Route(
                vehicles[r.type].id,
                tuple(stops[s].id for s in self._model.option_stop[list(r.options)].tolist()),
            )
            for r in sorted(rounds, key=lambda r: (r.type, r.options))
        )
        served = {stop for route in routes for stop in route.stops}
        lost = [stop for stop in stops if stop.id not in served]
        objective = sum(evaluate_route(self.problem, route).cost for route in routes)
        plan = Plan(
            objective=objective + sum(stop.prize for stop in lost),
            routes=routes,
            omitted=tuple(Omission(stop.id, STILL_SEARCHING, UNDECIDED, None) for stop in lost),
            engine=ENGINE,
            seed=self.seed,
            seconds=monotonic() - self.began,
        )
        if violations := evaluate(self.problem, plan).violations:
            raise AssertionError("The engine made a plan that breaks a rule: " + " ".join(violations))
        return plan
