"""Why each stop is in the plan or not, in money and in words, exact against the plan as it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from collection.rules.routing.binding import NaturalPlaces
from collection.rules.routing.costing import build_model, cost_sequences, padded
from collection.rules.routing.insertion import (
    Insertion,
    Slot,
    cheapest_exchanges,
    cheapest_insertions,
    slots_of,
    tidy,
)
from collection.rules.routing.model import RELOAD, SearchModel
from collection.rules.routing.problem import Omission, Plan, Problem
from collection.rules.routing.reach import obstacle
from collection.rules.routing.words import listed, money

NOT_WORTH_IT, NO_ROOM, REQUIRED_FIRST = "not_worth_it", "no_room", "required_first"


@dataclass(frozen=True, slots=True)
class OmissionExplanation:
    """Why a stop was left out. Money in thousandths of a penny.

    `limit` is what binds: prize, load, duty, driving, hours, crew, permit, tonnage or kept_apart.
    `insertion_cost` is the exact rise of the objective, before its prize, of putting the stop in its cheapest
    place; None when it fits nowhere.
    `flip_prize` is the prize at which it would have been worth it, None when no vehicle can serve it.
    """

    stop: str
    code: str
    limit: str
    reason: str
    insertion_cost: int | None
    flip_prize: int | None


@dataclass(frozen=True, slots=True)
class InclusionExplanation:
    """What a stop in the plan brings: its prize, less what leaving it out would save, is its gain."""

    stop: str
    vehicle: str
    prize: int
    removal_saving: int
    gain: int
    reason: str


@dataclass(frozen=True, slots=True)
class PlanExplanation:
    omissions: tuple[OmissionExplanation, ...]
    inclusions: tuple[InclusionExplanation, ...]


def explain(problem: Problem, plan: Plan) -> PlanExplanation:
    """Explain every omission and every inclusion of a feasible plan."""
    model = build_model(problem)
    slots = slots_of(model, plan)
    return PlanExplanation(_omissions(model, plan, slots), _inclusions(model, slots))


def explained(problem: Problem, plan: Plan) -> Plan:
    """The plan with the reason of every omission written in."""
    model = build_model(problem)
    omissions = _omissions(model, plan, slots_of(model, plan))
    return replace(plan, omitted=tuple(Omission(o.stop, o.reason, o.code, o.flip_prize) for o in omissions))


def _omissions(model: SearchModel, plan: Plan, slots: list[Slot]) -> tuple[OmissionExplanation, ...]:
    problem = model.problem
    left_out = [problem.stop_index_of[omission.id] for omission in plan.omitted]
    direct = cheapest_insertions(model, slots, left_out)
    able = np.asarray(model.servable.any(axis=0))
    stuck = [stop for stop in left_out if able[stop] and stop not in direct]
    exchanges = cheapest_exchanges(model, slots, stuck)
    natural = NaturalPlaces(model, slots)
    explanations = []
    for stop in left_out:
        if not able[stop]:
            explanations.append(_impossible(problem, stop))
        elif stop in direct:
            explanations.append(_not_worth_it(model, direct[stop], stop))
        else:
            explanations.append(_no_room(model, natural, stop, exchanges.get(stop)))
    return tuple(explanations)


def _impossible(problem: Problem, stop: int) -> OmissionExplanation:
    found = obstacle(problem, problem.stops[stop])
    if found is None:
        raise AssertionError(f"{problem.stops[stop].id} can be served alone, yet no option is open.")
    return OmissionExplanation(problem.stops[stop].id, found.code, found.limit, found.sentence, None, None)


def _not_worth_it(model: SearchModel, insertion: Insertion, stop: int) -> OmissionExplanation:
    problem = model.problem
    vehicle = problem.vehicles[insertion.slot.type].id
    prize = int(model.prize[stop])
    where = (
        f"a round of its own by {vehicle}"
        if not insertion.slot.options
        else f"adding it to {vehicle}'s round"
    )
    reason = (
        f"The cheapest way to serve it, {where}{_neighbours(model, insertion)}, "
        f"costs {money(insertion.cost)}; its prize is {money(prize)}. "
        f"From {money(insertion.cost)} it would be worth it."
    )
    return OmissionExplanation(
        problem.stops[stop].id, NOT_WORTH_IT, "prize", reason, insertion.cost, insertion.cost
    )


def _neighbours(model: SearchModel, insertion: Insertion) -> str:
    if not insertion.slot.options:
        return ""
    stops, after = model.problem.stops, insertion.after
    place = after.index(insertion.option)
    is_last = place == len(after) - 1
    if (place == 0 or after[place - 1] == RELOAD) and (is_last or after[place + 1] == RELOAD):
        return " on a trip of its own"
    if place == 0 or after[place - 1] == RELOAD:
        return f" before {stops[model.option_stop[after[place + 1]]].id}"
    return f" after {stops[model.option_stop[after[place - 1]]].id}"


def _no_room(
    model: SearchModel, natural: NaturalPlaces, stop: int, exchange: Insertion | None
) -> OmissionExplanation:
    problem = model.problem
    name = problem.stops[stop].id
    limit, binding = natural.limit_of(stop)
    if exchange is None:
        reason = f"{binding} Nothing can make way, being required; another vehicle would help."
        return OmissionExplanation(name, REQUIRED_FIRST, limit, reason, None, None)
    vehicle = problem.vehicles[exchange.slot.type].id
    giving_way = listed([problem.stops[s].id for s in model.stops_of(exchange.displaced).tolist()])
    reason = (
        f"{binding} The cheapest way to make room is to leave out {giving_way} from {vehicle}'s round, "
        f"which costs {money(exchange.cost)} in all; its prize is {money(int(model.prize[stop]))}. "
        f"From {money(exchange.cost)} it would be worth it."
    )
    return OmissionExplanation(name, NO_ROOM, limit, reason, None, exchange.cost)


def _inclusions(model: SearchModel, slots: list[Slot]) -> tuple[InclusionExplanation, ...]:
    explanations = []
    for slot in slots:
        visits = [option for option in slot.options if option != RELOAD]
        if not visits:
            continue
        without = [tidy(tuple(k for k in slot.options if k != option)) for option in visits]
        costs = cost_sequences(model, slot.type, *padded(without)) if len(visits) > 1 else np.zeros(1, int)
        for option, cost in zip(visits, costs.tolist(), strict=True):
            explanations.append(_inclusion(model, slot, option, slot.cost - cost))
    return tuple(explanations)


def _inclusion(model: SearchModel, slot: Slot, option: int, saving: int) -> InclusionExplanation:
    stop = model.problem.stops[model.option_stop[option]]
    vehicle = model.problem.vehicles[slot.type].id
    gain = stop.prize - saving
    if stop.required:
        reason = f"It is required; without it {vehicle}'s round would cost {money(saving)} less."
    else:
        reason = (
            f"Its prize of {money(stop.prize)} is {money(gain)} more than the {money(saving)} that leaving "
            f"it out would save on {vehicle}'s round."
        )
    return InclusionExplanation(stop.id, vehicle, stop.prize, saving, gain, reason)
