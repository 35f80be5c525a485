"""An answer given earlier, taken up again: what a new search starts from and what-if questions are asked of."""

from collection.rules.planning.answer import PlanAnswer
from collection.rules.planning.brief import Brief
from collection.rules.routing.problem import Plan, Route
from collection.rules.routing.whatif import settled

BEFORE = Plan(objective=0, routes=(), omitted=(), engine="", seed=0, seconds=0.0)


def plan_standing(brief: Brief, answer: PlanAnswer) -> Plan:
    """The rounds of `answer` as a plan of `brief`, which may have been read from the register later.

    A stop is known again by its lots (any one of them), a round by its vehicle and day. Lots and vehicles
    that are gone meanwhile, and visits that are no longer possible, fall away. Omissions are not explained.
    """
    key_of_lot = {lot.lot_id: key for key, group in brief.groups.items() for lot in group.lots}
    vehicle_day = {(each.vehicle.vehicle_id, each.on): key for key, each in brief.vehicle_days.items()}
    routes = []
    for planned in answer.rounds:
        vehicle = vehicle_day.get((planned.vehicle_id, planned.on))
        seen: set[str] = set()
        trips = []
        for trip in planned.trips:
            keys = (key_of_lot.get(lot.lot_id) for stop in trip for lot in stop.lots)
            trips.append(tuple(dict.fromkeys(key for key in keys if key is not None and key not in seen)))
            seen.update(trips[-1])
        if vehicle is not None and seen:
            routes.append(Route.of_trips(vehicle, trips))
    return settled(brief.problem, BEFORE, tuple(routes))
