"""What would happen if: one change to a plan, answered at once, the rest of the plan left as it is.

Every answer carries the changed problem and plan, so that a full solve can start from it in the background
(`solve(answer.problem, warm_start=answer.plan, …)`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from collection.rules.routing.costing import build_model, route_of
from collection.rules.routing.evaluation import evaluate, evaluate_route
from collection.rules.routing.explanation import explained
from collection.rules.routing.insertion import (
    Insertion,
    cheapest_exchanges,
    cheapest_insertions,
    room_left,
    slots_of,
)
from collection.rules.routing.model import SearchModel
from collection.rules.routing.pricing import Pricer
from collection.rules.routing.problem import Omission, Plan, Problem, Route, Stop, Vehicle
from collection.rules.routing.reach import LEFT_OUT, ONLY, obstacle
from collection.rules.routing.warm_start import rounds_of_routes
from collection.rules.routing.words import amount, listed, money


@dataclass(frozen=True, slots=True)
class Answer:
    """The changed problem and plan; `rise` is what the change adds to the objective (negative: saves).

    `plan` is None when the change is not possible; `sentence` says what happens, or why it cannot.
    """

    problem: Problem
    plan: Plan | None
    rise: int | None
    sentence: str


def add(problem: Problem, plan: Plan, stop: str) -> Answer:
    """Serve a stop the plan leaves out: in its cheapest place, or where optional stops give way."""
    return _placed(with_stop(problem, stop, required=True), plan, stop, plan.objective)


def drop(problem: Problem, plan: Plan, stop: str) -> Answer:
    """Leave a stop out of this plan and of every later one."""
    changed = left_out(problem, stop)
    after = _plan_with(changed, plan, without_stop(plan.routes, stop))
    return answered(changed, after, plan.objective, f"Leaving out {stop}")


def pin(problem: Problem, plan: Plan, stop: str) -> Answer:
    """Promise a stop to the vehicle (and day) that has it: no later plan may drop or move it."""
    vehicle = next((route.vehicle for route in plan.routes if stop in route.stops), None)
    if vehicle is None:
        return Answer(problem, None, None, f"{stop} is not in the plan, so there is no visit to keep.")
    changed = only_by(with_stop(problem, stop, required=True), stop, vehicle)
    after = _plan_with(changed, plan, plan.routes)
    return Answer(changed, after, 0, f"{stop} stays with {vehicle} in every plan from here.")


def move(problem: Problem, plan: Plan, stop: str, vehicle: str) -> Answer:
    """Have a stop served by this vehicle (which may be the same vehicle on another day)."""
    changed = only_by(with_stop(problem, stop, required=True), stop, vehicle)
    after = _plan_with(changed, plan, without_stop(plan.routes, stop))
    return _placed(changed, after, stop, plan.objective)


def add_vehicle(problem: Problem, plan: Plan, vehicle: Vehicle) -> Answer:
    """Have one more vehicle: of a known type (same id: its count grows) or a new one."""
    known = problem.vehicle_index_of.get(vehicle.id)
    vehicles = list(problem.vehicles)
    if known is None:
        vehicles.append(replace(vehicle, count=1))
    else:
        vehicles[known] = replace(vehicles[known], count=vehicles[known].count + 1)
    changed = replace(problem, vehicles=tuple(vehicles))
    model = build_model(changed)
    v = changed.vehicle_index_of[vehicle.id]
    served = {changed.stop_index_of[stop] for route in plan.routes for stop in route.stops}
    open_stops = np.array([s not in served for s in range(len(changed.stops))], dtype=bool)
    left = room_left(model, slots_of(model, plan))[v]
    rounds = [
        options
        for options in Pricer(model, v).find(
            np.zeros(len(changed.stops)), 0.0, per_last=30, most=100, open_stops=open_stops
        )
        if (model.load[model.stops_of(options)].sum(axis=0) <= left).all()
    ]
    if not rounds:
        return Answer(changed, plan, 0, f"Another {vehicle.id} would find no round worth its cost.")
    route = route_of(model, v, rounds[0])
    after = _plan_with(changed, plan, (*plan.routes, route))
    return answered(changed, after, plan.objective, f"Another {vehicle.id} to serve {listed(route.stops)}")


def arranged(problem: Problem, plan: Plan, routes: Iterable[Route]) -> Answer:
    """The planner's own arrangement: these rounds, in this order; what is in none of them is left out.

    The sentence of an arrangement that breaks a rule says which, and there is no plan. This is what a drag
    on the page asks: `put` tries every way the trips of a round allow.
    """
    chosen = tuple(route for route in routes if route.stops)
    after = unexplained(problem, plan, chosen)
    if violations := evaluate(problem, after).violations:
        return Answer(problem, None, None, " ".join(violations))
    return answered(problem, explained(problem, after), plan.objective, "This arrangement")


def put(problem: Problem, plan: Plan, stop: str, vehicle: str, position: int | None = None) -> Answer:
    """`stop` at this place of `vehicle`'s round, in the way its trips allow that costs least.

    Where none is possible the sentence says what is wrong with the plainest.
    """
    answers = [arranged(problem, plan, way) for way in ways_with_stop(problem, plan, stop, vehicle, position)]
    possible = [answer for answer in answers if answer.plan is not None]
    return min(possible, key=lambda answer: answer.rise or 0) if possible else answers[0]


def ways_with_stop(
    problem: Problem, plan: Plan, stop: str, vehicle: str, position: int | None = None
) -> list[tuple[Route, ...]]:
    """The plan's rounds with `stop` taken from where it is and put into `vehicle`'s round at `position`.

    The plainest way comes first: on the trip that begins there or goes on there. Where the vehicle may make
    more trips, the stop also begins one, ends one or is one by itself. A vehicle without a round gets one.
    Without a position the stop comes last.
    """
    routes = list(without_stop(plan.routes, stop))
    place = next((number for number, route in enumerate(routes) if route.vehicle == vehicle), None)
    if place is None:
        return [(*routes, Route(vehicle, (stop,)))]
    stops, trips = routes[place].stops, routes[place].trips
    position = len(stops) if position is None else min(position, len(stops))
    joined, parted, begins = [], [], 0
    for number, trip in enumerate(trips):
        before, after, cut = trips[:number], trips[number + 1 :], position - begins
        if 0 <= cut <= len(trip):
            head, tail = trip[:cut], trip[cut:]
            joined.append((*before, (*head, stop, *tail), *after))
            parted.append((*before, head, (stop, *tail), *after))
            parted.append((*before, (*head, stop), tail, *after))
            parted.append((*before, head, (stop,), tail, *after))
        begins += len(trip)
    most = problem.vehicles[problem.vehicle_index_of[vehicle]].max_trips
    rounds = dict.fromkeys(Route.of_trips(vehicle, way) for way in (*reversed(joined), *parted))
    return [(*routes[:place], each, *routes[place + 1 :]) for each in rounds if len(each.trips) <= most]


def settled(problem: Problem, plan: Plan, routes: tuple[Route, ...]) -> Plan:
    """A plan of `problem` from rounds that may not be possible any more: the least worthy visits go."""
    model = build_model(problem)
    sequences = rounds_of_routes(model, routes)
    return unexplained(problem, plan, tuple(route_of(model, v, options) for v, options in sequences))


def placed_anew(
    model: SearchModel, plan: Plan, orphans: Iterable[str], must: Collection[str]
) -> tuple[Plan, frozenset[str]]:
    """The plan with each of `orphans` in its cheapest place where that pays, those of `must` at any cost.

    Also returns the stops of `must` that fit nowhere.
    """
    problem = model.problem
    stranded = set()
    for stop in sorted(orphans, key=lambda stop: stop not in must):
        place = problem.stop_index_of[stop]
        found = _cheapest(model, plan, place)
        if found is not None and (stop in must or found.cost < model.prize[place]):
            plan = unexplained(problem, plan, _inserted(model, plan, found))
        elif stop in must:
            stranded.add(stop)
    return plan, frozenset(stranded)


def _placed(problem: Problem, plan: Plan, stop: str, objective_before: int) -> Answer:
    """`stop`, which the plan leaves out, put where it costs least."""
    model = build_model(problem)
    place = problem.stop_index_of[stop]
    found = _cheapest(model, plan, place)
    if found is None:
        reason = obstacle(problem, problem.stops[place])
        sentence = reason.sentence if reason else _filled(problem, problem.stops[place])
        return Answer(problem, None, None, sentence)
    after = _plan_with(problem, plan, _inserted(model, plan, found))
    gone = [problem.stops[s].id for s in model.stops_of(found.displaced).tolist()]
    vehicle = problem.vehicles[found.slot.type].id
    what = f"Serving {stop} by {vehicle}" + (f", leaving out {listed(gone)}," if gone else "")
    return answered(problem, after, objective_before, what)


def _filled(problem: Problem, stop: Stop) -> str:
    """Why a stop that could be served alone has no place beside the required ones."""
    others = [each.load for each in problem.stops if each.required and each.id != stop.id]
    for dimension, load in stop.load.items():
        if all(dimension in depot.room for depot in problem.depots):
            left = sum(depot.room[dimension] for depot in problem.depots)
            left -= sum(each.get(dimension, 0) for each in others)
            if load > left:
                plants = listed([depot.id for depot in problem.depots])
                return (
                    f"{plants} may take only {amount(dimension, max(0, left))} more beside the stops that are "
                    f"required; {stop.id} holds {amount(dimension, load)}."
                )
    return f"Every vehicle that may serve {stop.id} is filled by required stops."


def _cheapest(model: SearchModel, plan: Plan, stop: int) -> Insertion | None:
    """The cheapest way into the plan, with optional stops giving way or not."""
    slots = slots_of(model, plan)
    direct = cheapest_insertions(model, slots, [stop]).get(stop)
    exchange = cheapest_exchanges(model, slots, [stop]).get(stop)
    ways = [way for way in (direct, exchange) if way is not None]
    return min(ways, key=lambda way: way.cost, default=None)


def _inserted(model: SearchModel, plan: Plan, insertion: Insertion) -> tuple[Route, ...]:
    slot = insertion.slot
    route = route_of(model, slot.type, insertion.after)
    if slot.route is None:
        return (*plan.routes, route)
    return (*plan.routes[: slot.route], route, *plan.routes[slot.route + 1 :])


def answered(problem: Problem, plan: Plan, objective_before: int, what: str) -> Answer:
    """The answer whose plan costs what it does, in a sentence that begins with `what`."""
    rise = plan.objective - objective_before
    verb = "costs" if rise > 0 else "saves"
    return Answer(problem, plan, rise, f"{what} {verb} {money(abs(rise))} in all, lost prizes counted.")


def _plan_with(problem: Problem, plan: Plan, routes: tuple[Route, ...]) -> Plan:
    """The plan with other routes: objective recomputed, omissions explained anew."""
    return explained(problem, unexplained(problem, plan, routes))


def unexplained(problem: Problem, plan: Plan, routes: tuple[Route, ...]) -> Plan:
    """The plan with other rounds, its objective recomputed, its omissions not yet explained."""
    served = {stop for route in routes for stop in route.stops}
    lost = [stop for stop in problem.stops if stop.id not in served]
    return replace(
        plan,
        routes=routes,
        omitted=tuple(Omission(stop.id, "", "", None) for stop in lost),
        objective=sum(evaluate_route(problem, route).cost for route in routes) + sum(s.prize for s in lost),
        lower_bound=None,
    )


def without_stop(routes: tuple[Route, ...], stop: str) -> tuple[Route, ...]:
    shorter = (route.without({stop}) for route in routes)
    return tuple(route for route in shorter if route.stops)


def left_out(problem: Problem, stop: str) -> Problem:
    """The problem in which no vehicle may serve `stop`."""
    old = problem.stops[problem.stop_index_of[stop]]
    return _replaced(problem, replace(old, required=False, skills=old.skills | {LEFT_OUT}))


def with_stop(problem: Problem, stop: str, *, required: bool) -> Problem:
    """The problem with `stop` required or not."""
    return _replaced(problem, replace(problem.stops[problem.stop_index_of[stop]], required=required))


def only_by(problem: Problem, stop: str, vehicle: str) -> Problem:
    """The problem in which only `vehicle` may serve `stop`, by way of a skill nobody else has."""
    mark = f"{ONLY}{vehicle}"
    marked = tuple(replace(v, skills=v.skills | {mark}) if v.id == vehicle else v for v in problem.vehicles)
    old = problem.stops[problem.stop_index_of[stop]]
    skills = frozenset(skill for skill in old.skills if not skill.startswith(ONLY)) | {mark}
    return _replaced(replace(problem, vehicles=marked), replace(old, skills=skills))


def _replaced(problem: Problem, stop: Stop) -> Problem:
    place = problem.stop_index_of[stop.id]
    return replace(problem, stops=(*problem.stops[:place], stop, *problem.stops[place + 1 :]))
