"""One change to a plan, judged at once: what it costs and saves, in words, with the rest left as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from collection.rules.planning.answer import PlanAnswer
from collection.rules.planning.brief import MILLIPENCE, Brief
from collection.rules.planning.interpretation import answer_of
from collection.rules.planning.standing import plan_standing
from collection.rules.routing import whatif
from collection.rules.routing.problem import Plan, Problem
from collection.rules.routing.whatif import Answer

ADD, DROP, PIN, MOVE, ARRANGE, ADD_VEHICLE = "add", "drop", "pin", "move", "arrange", "add_vehicle"
KINDS = {
    ADD: "Fetch it",
    DROP: "Leave it out",
    PIN: "Keep it where it is",
    MOVE: "Move it",
    ARRANGE: "Put it here",
    ADD_VEHICLE: "Add a vehicle",
}


class ChangeError(ValueError):
    """The change names something the plan does not know; the message is fit to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a planner would change. `stop` and `vehicle_day` are keys of the brief; `position` counts from 0.

    `vehicle_id` names the vehicle to add, on the day of `vehicle_day`.
    """

    kind: str
    stop: str = ""
    vehicle_day: str = ""
    position: int | None = None
    vehicle_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Change":
        return cls(**{name: data[name] for name in cls.__slots__ if name in data})


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether the change is possible (`answer` is None if not), in a sentence; `rise_pence` is what the plan
    as a whole is worse by, lost prizes counted (negative: better)."""

    sentence: str
    answer: PlanAnswer | None
    rise_pence: int


def judged(brief: Brief, before: Sequence[Change], answer: PlanAnswer, change: Change) -> Judged:
    """The change made to a plan that has been changed before. Raises ChangeError."""
    _check(brief, change)
    standing_brief = replace(brief, problem=constrained(brief.problem, before))
    plan = plan_standing(standing_brief, answer)
    found = _asked(standing_brief.problem, plan, change)
    if found.plan is None:
        return Judged(found.sentence, None, 0)
    after = answer_of(replace(brief, problem=found.problem), found.plan)
    return Judged(found.sentence, replace(after, engine=answer.engine), round((found.rise or 0) / MILLIPENCE))


def constrained(problem: Problem, changes: Sequence[Change]) -> Problem:
    """The problem with what earlier changes ask of every later plan: who is fetched, left out, by whom."""
    for change in changes:
        if change.stop and change.stop not in problem.stop_index_of:
            continue
        if change.kind == DROP:
            problem = whatif.left_out(problem, change.stop)
        elif change.kind == ADD:
            problem = whatif.with_stop(problem, change.stop, required=True)
        elif change.kind in (PIN, MOVE, ARRANGE) and change.vehicle_day in problem.vehicle_index_of:
            required = whatif.with_stop(problem, change.stop, required=True)
            problem = whatif.only_by(required, change.stop, change.vehicle_day)
    return problem


def _asked(problem: Problem, plan: Plan, change: Change) -> Answer:
    if change.kind == ADD:
        return whatif.add(problem, plan, change.stop)
    if change.kind == DROP:
        return whatif.drop(problem, plan, change.stop)
    if change.kind == PIN:
        return whatif.pin(problem, plan, change.stop)
    if change.kind == MOVE:
        return whatif.move(problem, plan, change.stop, change.vehicle_day)
    if change.kind == ADD_VEHICLE:
        return _with_vehicle(problem, plan, change.vehicle_day)
    only = whatif.only_by(problem, change.stop, change.vehicle_day)
    return whatif.put(only, plan, change.stop, change.vehicle_day, change.position)


def _with_vehicle(problem: Problem, plan: Plan, vehicle_day: str) -> Answer:
    """The brief knows the vehicle already; the question is what a first round of it would bring."""
    v = problem.vehicle_index_of[vehicle_day]
    vehicle = problem.vehicles[v]
    without = replace(vehicle, count=0)
    vehicles = (*problem.vehicles[:v], without, *problem.vehicles[v + 1 :])
    return whatif.add_vehicle(replace(problem, vehicles=vehicles), plan, vehicle)


def _check(brief: Brief, change: Change) -> None:
    if change.kind not in KINDS:
        raise ChangeError("Choose what to change.")
    if change.kind != ADD_VEHICLE and change.stop not in brief.groups:
        raise ChangeError("Choose a stop of this plan.")
    if change.kind in (MOVE, ARRANGE, ADD_VEHICLE) and change.vehicle_day not in brief.vehicle_days:
        raise ChangeError("Choose a vehicle and a day of this plan.")


def with_where(brief: Brief, answer: PlanAnswer, change: Change) -> Change:
    """A pin with the vehicle and day the stop has now, so that it can be kept in later plans."""
    if change.kind != PIN:
        return change
    for planned in answer.rounds:
        if any(stop.key == change.stop for stop in planned.stops):
            for key, each in brief.vehicle_days.items():
                if (each.vehicle.vehicle_id, each.on) == (planned.vehicle_id, planned.on):
                    return replace(change, vehicle_day=key)
    return change
