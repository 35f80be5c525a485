"""The planning engine: local search and column generation over one pool of rounds.

PyVRP's local search gives the first plan and the first rounds. Then the best choice among the known rounds,
relaxed, says what stops and vehicles are worth; pricing grows rounds that bring more than they cost; and the
best whole choice among all of them is the plan. When that stalls, parts of the plan are opened and treated
the same way, and local search is asked again, starting from the best plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from collection.rules.routing.budget import Budget
from collection.rules.routing.costing import build_model, route_of
from collection.rules.routing.evaluation import evaluate, evaluate_route
from collection.rules.routing.explanation import explained
from collection.rules.routing.model import SearchModel
from collection.rules.routing.pool import Round
from collection.rules.routing.problem import Omission, Plan, Problem, ProblemError
from collection.rules.routing.warm_start import sequences_of_plan

ENGINE = "lodestone-rounds/1 (PyVRP 0.14, HiGHS)"
UNDECIDED = "undecided"
FINISHING_S = 0.0007  # a stop, for reasons and a last look for stops that would pay
STILL_SEARCHING = "Not in the best plan found so far."

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
    and ends the search with the best plan so far. Raises NoFeasiblePlan when no plan was found that serves
    the required stops.
    """
    from collection.rules.routing.improvement import Improver
    from collection.rules.routing.tuning import tuning_for

    budget = Budget(seconds, iterations, should_stop, FINISHING_S * len(problem.stops))
    model = build_model(problem)

    def announce(rounds: list[Round]) -> None:
        plan = plan_of(model, rounds, seed, budget.spent())
        if on_progress is not None:
            on_progress(plan)
        if budget.should_measure():
            before = budget.spent()
            explained(problem, plan)
            budget.reserve(3 * (budget.spent() - before))

    improver = Improver(model, tuning_for(model), budget, seed, announce)
    if warm_start is not None:
        improver.learn(sequences_of_plan(model, warm_start))
    best = improver.run()
    if best is None:
        raise NoFeasiblePlan("No plan was found that serves every required stop.")
    plan = explained(problem, plan_of(model, best, seed, budget.spent()))
    return replace(
        plan,
        lower_bound=min(improver.lower_bound, plan.objective),
        expected_bound=min(max(improver.expected_bound, improver.lower_bound), plan.objective),
    )


def plan_of(model: SearchModel, rounds: list[Round], seed: int, seconds: float) -> Plan:
    """The plan made of `rounds`, judged by the evaluator before anybody sees it."""
    problem = model.problem
    in_order = sorted(rounds, key=lambda r: (r.type, r.options))
    routes = tuple(route_of(model, r.type, r.options) for r in in_order)
    served = {stop for route in routes for stop in route.stops}
    lost = [stop for stop in problem.stops if stop.id not in served]
    plan = Plan(
        objective=sum(evaluate_route(problem, route).cost for route in routes) + sum(s.prize for s in lost),
        routes=routes,
        omitted=tuple(Omission(stop.id, STILL_SEARCHING, UNDECIDED, None) for stop in lost),
        engine=ENGINE,
        seed=seed,
        seconds=seconds,
    )
    if violations := evaluate(problem, plan).violations:
        raise AssertionError("The engine made a plan that breaks a rule: " + " ".join(violations))
    return plan
