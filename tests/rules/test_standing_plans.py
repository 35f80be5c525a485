"""A plan made earlier is taken up again as far as the register still allows it."""

from dataclasses import replace

from collection.rules.planning.brief import build_brief
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


def test_what_is_gone_since_falls_away_and_names_may_have_changed() -> None:
    brief = build_brief(LOTS, [VAN], PLANT, WEEK)
    answer = answer_of(brief, solve(brief.problem, seconds=5, iterations=100))
    later = build_brief([replace(lot, place_name="Renamed") for lot in LOTS[1:]], [VAN], PLANT, WEEK)
    standing = plan_standing(later, answer)
    assert evaluate(later.problem, standing).violations == ()
    assert {stop for route in standing.routes for stop in route.stops} == {
        stop.id for stop in later.problem.stops
    }
