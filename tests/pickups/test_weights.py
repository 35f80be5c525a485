"""The planner's weights: what they do to the plan, and what each of them costs."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from collection.actions.planning import run_next_plan
from collection.actions.plans import PlanRefusedError
from collection.models import Estimate, Plan, Vehicle
from collection.queries.content_sums import magnet_interval, part_interval
from collection.rules.planning.answer import PlanAnswer
from collection.rules.planning.brief import Brief, build_brief
from collection.rules.planning.candidates import Candidate
from collection.rules.planning.interpretation import sketch_of
from collection.rules.planning.weighing import weight_costs
from collection.rules.planning.worth import Amounts, extra_pence
from collection.rules.routing import solve
from collection.rules.routing.problem import Plan as RoutePlan
from collection.rules.routing.problem import Problem
from tests.cast import Cast, Person
from tests.pickups.conftest import LogLot
from tests.pickups.test_rules import LOT, PLANT, VAN, WEEK

# At market value the way north costs more than the lot there is worth.
NEAR = replace(LOT, element_grams=(3_000.0, 0.0, 0.0), element_pence=(50_000.0, 0.0, 0.0))
FAR = replace(
    LOT,
    lot_id=2,
    holder_id=2,
    place_name="Northern yard",
    lat=54.9,
    lon=-1.6,
    prize_pence=12_000,
    element_grams=(2_000.0, 400.0, 0.0),
    element_pence=(4_000.0, 8_000.0, 0.0),
)


def _brief(weights: Amounts) -> Brief:
    lots: list[Candidate] = [
        replace(lot, prize_pence=round(lot.prize_pence + extra_pence(lot.element_pence, weights)))
        for lot in (NEAR, FAR)
    ]
    return build_brief(lots, [VAN], PLANT, replace(WEEK, days=1, element_weights=weights))


def _search(problem: Problem, start: RoutePlan | None = None) -> tuple[RoutePlan, float]:
    return solve(problem, seconds=5, iterations=40, seed=1, warm_start=start), 0.1


def test_a_weight_costs_what_the_plan_without_it_would_have_saved() -> None:
    weighed, plain = _brief((1.0, 20.0, 1.0)), _brief((1.0, 1.0, 1.0))
    found, without = _search(weighed.problem)[0], _search(plain.problem)[0]
    assert [len(route.stops) for route in found.routes] == [2]
    assert [len(route.stops) for route in without.routes] == [1], "at market value the far lot stays"

    (cost,) = weight_costs(weighed, found, _search)

    here, there = sketch_of(weighed, found).totals, sketch_of(plain, without).totals
    assert (cost.name, cost.weight) == ("Dysprosium", 20.0)
    assert cost.pence == here.cost_pence - there.cost_pence > 0
    assert cost.metres == here.distance_metres - there.distance_metres > 0
    assert (cost.saved_grams, cost.saved_ndpr_grams, cost.saved_dytb_grams) == (10_000, 2_000, 400)


def test_a_weight_that_changes_nothing_says_so_and_one_of_1_is_not_mentioned() -> None:
    brief = _brief((3.0, 1.0, 1.0))
    (cost,) = weight_costs(brief, _search(brief.problem)[0], _search)
    assert cost.name == "Neodymium and praseodymium"
    assert cost.changes_nothing
    plain = _brief((1.0, 1.0, 1.0))
    assert weight_costs(plain, _search(plain.problem)[0], _search) == ()


@pytest.mark.django_db
def test_the_plans_page_shows_what_each_weight_costs(
    cast: Cast, log: LogLot, van: Vehicle, ask: Callable[..., Plan], as_person: Callable[[Person], Client]
) -> None:
    log(cast.turbine_dismantler)
    plan = ask(van, dy_weight=4.0)
    assert run_next_plan(timezone.now)

    plan.refresh_from_db()
    answer = PlanAnswer.from_json(plan.answer)
    assert [cost.name for cost in answer.weight_costs] == ["Every magnet", "Dysprosium"]
    page = as_person(cast.short_loop_planner).get(f"/plans/{plan.reference}/").content.decode()
    assert "Every magnet, 60 ×" in page
    assert "Dysprosium, 4 ×" in page
    assert "Dysprosium 4 ×; the rest at market value" in page


@pytest.mark.django_db
def test_a_weight_out_of_bounds_is_refused_by_its_name(van: Vehicle, ask: Callable[..., Plan]) -> None:
    with pytest.raises(PlanRefusedError, match="between 0 and 20") as refusal:
        ask(van, tb_weight=21.0)
    assert refusal.value.field == "tb_weight"


@pytest.mark.django_db
def test_of_a_lot_fetched_in_part_only_the_part_is_in_the_interval(cast: Cast, log: LogLot) -> None:
    lot = log(cast.turbine_dismantler)
    grams = Estimate.objects.get(lot=lot, is_current=True).magnet_central_grams
    whole, half = magnet_interval([lot.pk]), part_interval({lot.pk: grams // 2})
    assert half.low == pytest.approx(whole.low / 2, rel=0.01)
    assert half.high == pytest.approx(whole.high / 2, rel=0.01)
    everything = part_interval({lot.pk: grams})
    assert (everything.low, everything.high) == pytest.approx((whole.low, whole.high), rel=1e-6)
