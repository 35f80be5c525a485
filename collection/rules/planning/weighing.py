"""What the planner's weights cost: each taken away in turn, and the plan looked for again."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from collection.rules.planning.answer import PlanTotals, WeightCost
from collection.rules.planning.brief import MILLIPENCE, Brief, StopGroup
from collection.rules.planning.interpretation import sketch_of
from collection.rules.planning.worth import ELEMENT_NAMES, ELEMENTS, extra_pence
from collection.rules.routing.problem import Plan, Problem

EVERY_MAGNET = "Every magnet"

# The best plan of a problem that begins as the given one, and the seconds spent; None when stopped.
SearchFrom = Callable[[Problem, Plan], tuple[Plan, float] | None]


def weight_costs(brief: Brief, found: Plan, search: SearchFrom) -> tuple[WeightCost, ...]:
    """One entry for every weight that is not 1. Prizes alone differ: stops, roads and rules stay as they are."""
    with_it = sketch_of(brief, found).totals
    costs = []
    for name, weight, problem in _problems_without(brief):
        answer = search(problem, found)
        if answer is None:
            return ()
        costs.append(_difference(name, weight, with_it, sketch_of(brief, answer[0]).totals, answer[1]))
    return tuple(costs)


def _problems_without(brief: Brief) -> Iterator[tuple[str, float, Problem]]:
    wishes = brief.wishes
    if wishes.saving_weight != 1:
        yield EVERY_MAGNET, wishes.saving_weight, _with_prizes(brief, 1.0, wishes.element_weights)
    for place, element in enumerate(ELEMENTS):
        weight = wishes.element_weights[place]
        if weight != 1:
            weights = [*wishes.element_weights]
            weights[place] = 1.0
            yield ELEMENT_NAMES[element], weight, _with_prizes(brief, wishes.saving_weight, tuple(weights))


def _with_prizes(brief: Brief, saving_weight: float, weights: tuple[float, ...]) -> Problem:
    def prize(group: StopGroup) -> int:
        pence = sum(
            lot.prize_pence
            - extra_pence(lot.element_pence, brief.wishes.element_weights)
            + extra_pence(lot.element_pence, weights)
            for lot in group.lots
        )
        return max(0, round(pence * MILLIPENCE * saving_weight))

    stops = tuple(replace(stop, prize=prize(brief.groups[stop.id])) for stop in brief.problem.stops)
    return replace(brief.problem, stops=stops)


def _difference(
    name: str, weight: float, with_it: PlanTotals, without: PlanTotals, searched_s: float
) -> WeightCost:
    return WeightCost(
        name=name,
        weight=weight,
        pence=with_it.cost_pence - without.cost_pence,
        metres=with_it.distance_metres - without.distance_metres,
        saved_grams=with_it.saved_grams - without.saved_grams,
        saved_ndpr_grams=with_it.saved_ndpr_grams - without.saved_ndpr_grams,
        saved_dytb_grams=with_it.saved_dytb_grams - without.saved_dytb_grams,
        searched_s=round(searched_s, 1),
    )
