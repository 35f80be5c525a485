"""Why each stop is in the plan or not, in money and in words, exact against the plan as it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from collection.rules.routing.costing import Options, build_model, cost_sequences, padded, route_of
from collection.rules.routing.evaluation import evaluate_route
from collection.rules.routing.insertion import (
    Insertion,
    Slot,
    cheapest_exchanges,
    cheapest_insertions,
    room_left,
    slots_of,
    tidy,
)
from collection.rules.routing.model import RELOAD, SearchModel
from collection.rules.routing.problem import Omission, Plan, Problem
from collection.rules.routing.reach import obstacle
from collection.rules.routing.words import amount, clock_span, kind_name, listed, money, with_breaks

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
    explanations = []
    for stop in left_out:
        if not able[stop]:
            explanations.append(_impossible(problem, stop))
        elif stop in direct:
            explanations.append(_not_worth_it(model, direct[stop], stop))
        else:
            explanations.append(_no_room(model, slots, stop, exchanges.get(stop)))
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
    model: SearchModel, slots: list[Slot], stop: int, exchange: Insertion | None
) -> OmissionExplanation:
    problem = model.problem
    name = problem.stops[stop].id
    limit, binding = _binding(model, slots, stop)
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


def _binding(model: SearchModel, slots: list[Slot], stop: int) -> tuple[str, str]:
    """The limit in the way, and a sentence about it, at the place where the stop would fit most naturally."""
    problem = model.problem
    able = model.servable[:, stop].tolist()
    slot, position = min(
        ((slot, place) for slot in slots if able[slot.type] for place in range(len(slot.options) + 1)),
        key=lambda where: _detour(model, where[0], where[1], stop),
    )
    vehicle = problem.vehicles[slot.type]
    option = int(np.flatnonzero((model.option_stop == stop) & model.allowed[slot.type])[0])
    order = (*slot.options[:position], option, *slot.options[position:])
    left = room_left(model, slots)[slot.type]
    trip = _trip_of(order, position)
    load = model.load[model.stops_of(trip)].sum(axis=0)
    for number, dimension in enumerate(problem.dimensions):
        need = int(model.load[stop, number])
        if need > left[number]:
            return "tonnage", (
                f"{vehicle.depot} may take only {amount(dimension, int(left[number]))} more beside what this plan "
                f"brings; it needs {amount(dimension, need)}."
            )
        room = int(model.capacity[slot.type, number] - load[number]) + need
        if need > room:
            return "load", (
                f"{vehicle.id} passes nearest but has room for only {amount(dimension, room)} more; "
                f"it needs {amount(dimension, need)}."
            )
    if len(set(model.kind[model.stops_of(trip)].tolist())) > 1:
        others = {problem.stops[s].kept_apart for s in model.stops_of(trip).tolist() if s != stop}
        return "kept_apart", (
            f"{vehicle.id} passes nearest but carries {listed([kind_name(kind) for kind in sorted(others)])}, "
            f"from which {kind_name(problem.stops[stop].kept_apart)} must be kept apart."
        )
    judged = evaluate_route(problem, route_of(model, slot.type, order))
    if not judged.visits:
        return (
            "hours",
            f"{vehicle.id} passes nearest, but cannot be there while it is open and keep its other visits.",
        )
    if judged.duty_s > vehicle.max_duty_s:
        return "duty", (
            f"{vehicle.id} passes nearest, but would be on duty for {clock_span(judged.duty_s)}"
            f"{with_breaks(judged.break_s)}; the limit is {clock_span(vehicle.max_duty_s)}."
        )
    return "driving", (
        f"{vehicle.id} passes nearest, but would drive for {clock_span(judged.drive_s)}; "
        f"the limit is {clock_span(vehicle.max_drive_s)}."
    )


def _trip_of(order: Options, place: int) -> Options:
    """The trip of a round to which the stop at `place` belongs."""
    ends = [-1, *(at for at, option in enumerate(order) if option == RELOAD), len(order)]
    return next(order[first + 1 : last] for first, last in pairwise(ends) if first < place < last)


def _detour(model: SearchModel, slot: Slot, position: int, stop: int) -> int:
    problem = model.problem
    depots, depot = len(problem.depots), int(model.depot[slot.type])
    calls = (depot if k == RELOAD else depots + int(model.option_stop[k]) for k in slot.options)
    nodes = [depot, *calls, depot]
    metres = problem.matrices[problem.vehicles[slot.type].profile].distance_m
    before, after, here = nodes[position], nodes[position + 1], depots + stop
    return int(metres[before, here] + metres[here, after] - metres[before, after])


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
