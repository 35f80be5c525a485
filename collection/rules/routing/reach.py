"""Whether a stop can be served at all, even as the only stop of a round, and in words why not."""

from __future__ import annotations

from dataclasses import dataclass

from collection.rules.routing.evaluation import RouteEvaluation, evaluate_route
from collection.rules.routing.problem import Depot, Problem, Route, Stop, Vehicle
from collection.rules.routing.words import amount, clock_span, listed, skill_name, with_breaks

LEFT_OUT = "left out by the planner"  # a skill no vehicle has
ONLY = "only "  # before the id of a vehicle: a skill that vehicle alone has
PLANNER, NO_CREW, TOO_BIG, OUT_OF_REACH, CLOSED = "planner", "no_crew", "too_big", "out_of_reach", "closed"
NOT_PERMITTED, PLANT_FULL = "not_permitted", "plant_full"


@dataclass(frozen=True, slots=True)
class Obstacle:
    code: str
    limit: str
    sentence: str


def obstacle(problem: Problem, stop: Stop) -> Obstacle | None:
    """What keeps every vehicle from serving `stop`, or None when some vehicle can."""
    if LEFT_OUT in stop.skills:
        return Obstacle(PLANNER, "planner", f"The planner left {stop.id} out.")
    standing = [vehicle for vehicle in problem.vehicles if vehicle.count > 0]
    crews = [vehicle for vehicle in standing if stop.skills <= vehicle.skills]
    bound_to = next((skill.removeprefix(ONLY) for skill in stop.skills if skill.startswith(ONLY)), "")
    needs = listed([skill_name(skill) for skill in sorted(stop.skills) if not skill.startswith(ONLY)])
    who = f"vehicle with {needs}" if needs else "vehicle"
    can = f"{bound_to} cannot" if bound_to else f"No {who} can"
    if not crews and bound_to not in {"", *(vehicle.id for vehicle in standing)}:
        return Obstacle(NO_CREW, "crew", f"{bound_to}, which alone may serve {stop.id}, does not run.")
    if not crews:
        lacking = f"{bound_to} lacks {needs}" if bound_to else f"There is no {who}"
        return Obstacle(NO_CREW, "crew", f"{lacking}, which {stop.id} needs.")
    depots = {depot.id: depot for depot in problem.depots}
    permitted = [vehicle for vehicle in crews if _may_take(depots[vehicle.depot], stop)]
    if not permitted:
        codes = listed(sorted(set().union(*(_refused(depots[v.depot], stop) for v in crews))))
        plants = listed(sorted({v.depot for v in crews}))
        return Obstacle(
            NOT_PERMITTED, "permit", f"{plants} may not take waste code {codes}, which {stop.id} holds."
        )
    with_room = [v for v in permitted if _has_room(depots[v.depot], stop)]
    if not with_room:
        return Obstacle(PLANT_FULL, "tonnage", _full(depots[permitted[0].depot], stop))
    crews = with_room
    big_enough = [v for v in crews if all(v.capacity.get(d, 0) >= load for d, load in stop.load.items())]
    if not big_enough:
        load = listed([amount(dimension, load) for dimension, load in stop.load.items()])
        return Obstacle(TOO_BIG, "load", f"{can} carry {load} from {stop.id}, even empty.")
    alone = [(v, evaluate_route(problem, Route(v.id, (stop.id,)))) for v in big_enough]
    if any(not judged.violations for _, judged in alone):
        return None
    return _too_far(can, stop, alone)


def _refused(depot: Depot, stop: Stop) -> frozenset[str]:
    return frozenset() if depot.permitted is None else stop.codes - depot.permitted


def _may_take(depot: Depot, stop: Stop) -> bool:
    return not _refused(depot, stop)


def _has_room(depot: Depot, stop: Stop) -> bool:
    return all(stop.load.get(dimension, 0) <= room for dimension, room in depot.room.items())


def _full(depot: Depot, stop: Stop) -> str:
    short = next(d for d, room in depot.room.items() if stop.load.get(d, 0) > room)
    room = depot.room[short]
    may = f"only {amount(short, room)} more" if room > 0 else "no more"
    return f"{depot.id} may take {may}; {stop.id} holds {amount(short, stop.load[short])}."


def _too_far(can: str, stop: Stop, alone: list[tuple[Vehicle, RouteEvaluation]]) -> Obstacle:
    timely = [(v, judged) for v, judged in alone if judged.visits]
    if not timely:
        return Obstacle(
            CLOSED, "hours", f"{can} reach {stop.id} while it is open and return within its shift."
        )
    vehicle, judged = min(timely, key=lambda pair: _excess(*pair))
    if judged.duty_s > vehicle.max_duty_s:
        limit, allowed, needed = "duty", vehicle.max_duty_s, judged.duty_s
    else:
        limit, allowed, needed = "driving", vehicle.max_drive_s, judged.drive_s
    return Obstacle(
        OUT_OF_REACH,
        limit,
        f"{can} reach {stop.id} and return within {clock_span(allowed)} of {limit}: "
        f"the quickest, {vehicle.id}, needs {clock_span(needed)}"
        f"{with_breaks(judged.break_s) if limit == 'duty' else ''}.",
    )


def _excess(vehicle: Vehicle, judged: RouteEvaluation) -> int:
    return max(judged.duty_s - vehicle.max_duty_s, judged.drive_s - vehicle.max_drive_s)
