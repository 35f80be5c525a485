"""A plan made earlier is taken up again as far as the register still allows it."""

import datetime as dt
from dataclasses import replace

from collection.rules.planning.answer import PlanAnswer
from collection.rules.planning.brief import build_brief
from collection.rules.planning.changes import Change, judged
from collection.rules.planning.interpretation import answer_of
from collection.rules.planning.standing import plan_standing
from collection.rules.routing import evaluate, solve
from tests.pickups.test_rules import LOT, PLANT, VAN, WEEK

LOTS = [
    replace(LOT, lot_id=n, holder_id=n, site_id=n, place_name=f"Yard {n}", lat=52.5 + n / 20)
    for n in range(1, 5)
]


def test_an_answer_comes_back_as_the_plan_it_was() -> None:
    brief = build_brief(LOTS, [VAN], PLANT, WEEK)
    plan = solve(brief.problem, seconds=5, iterations=100)
    standing = plan_standing(brief, answer_of(brief, plan))
    assert sorted((r.vehicle, r.stops) for r in standing.routes) == sorted(
        (r.vehicle, r.stops) for r in plan.routes
    )
    assert evaluate(brief.problem, standing).violations == ()
    assert standing.objective == plan.objective


def test_a_vehicle_that_may_goes_twice_and_its_trips_are_kept() -> None:
    """Four loads of 600 kg, 1,200 kg on the van: two trips fetch all of them, and each is judged by itself."""
    lots = [replace(lot, gross_grams=600_000) for lot in LOTS]
    brief = build_brief(lots, [replace(VAN, most_trips=2)], PLANT, replace(WEEK, days=1, saving_weight=50.0))
    plan = solve(brief.problem, seconds=5, iterations=100)
    (planned,) = answer_of(brief, plan).rounds
    assert planned.trip_kg == (1200, 1200)
    (call,) = planned.unloadings
    assert call.leaves_at - call.arrives_at == dt.timedelta(minutes=30)
    times = [planned.stops[1].arrives_at, call.arrives_at, call.leaves_at, planned.stops[2].arrives_at]
    assert times == sorted(times, key=str)

    kept = PlanAnswer.from_json(answer_of(brief, plan).as_json())
    standing = plan_standing(brief, kept)
    assert (standing.routes, standing.objective) == (plan.routes, plan.objective)
    moved = judged(brief, [], kept, Change(kind="drop", stop=planned.stops[0].key))
    assert moved.answer is not None
    assert sorted(moved.answer.rounds[0].trip_kg) == [600, 1200]

    before = kept.as_json()
    del before["rounds"][0]["unloadings"]
    assert PlanAnswer.from_json(before).rounds[0].trip_kg == (2400,), "plans from before there were trips"


def test_a_drag_past_the_only_stop_of_a_trip_keeps_both_trips() -> None:
    """Two loads of 1,000 kg for a van that carries 1,200: the second fetched first is still two trips."""
    lots = [replace(lot, gross_grams=1_000_000) for lot in LOTS[:2]]
    brief = build_brief(lots, [replace(VAN, most_trips=2)], PLANT, replace(WEEK, days=1, saving_weight=50.0))
    answer = answer_of(brief, solve(brief.problem, seconds=5, iterations=100))
    (planned,) = answer.rounds
    (day,) = brief.vehicle_days
    drag = Change(kind="arrange", stop=planned.stops[0].key, vehicle_day=day, position=1)
    dragged = judged(brief, [], answer, drag).answer
    assert dragged is not None
    assert [[stop.key for stop in trip] for trip in dragged.rounds[0].trips] == [
        [planned.stops[1].key],
        [planned.stops[0].key],
    ]


def test_what_is_gone_since_falls_away_and_names_may_have_changed() -> None:
    brief = build_brief(LOTS, [VAN], PLANT, WEEK)
    answer = answer_of(brief, solve(brief.problem, seconds=5, iterations=100))
    later = build_brief([replace(lot, place_name="Renamed") for lot in LOTS[1:]], [VAN], PLANT, WEEK)
    standing = plan_standing(later, answer)
    assert evaluate(later.problem, standing).violations == ()
    assert {stop for route in standing.routes for stop in route.stops} == {
        stop.id for stop in later.problem.stops
    }
