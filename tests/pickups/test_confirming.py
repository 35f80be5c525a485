"""Confirming a plan reserves all its lots for one planner, or nothing; calling off frees them again."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest

from collection.actions.calling_off import cancel_pickup, cancel_round
from collection.actions.departures import record_loss
from collection.actions.planning import run_next_plan
from collection.actions.plans import PlanRequest, request_plan
from collection.actions.rounds import PlanTakenError, assign_driver, confirm_plan
from collection.models import Facility, Lot, Notification, Pickup, PickupLot, Plan, Round, Vehicle
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import NotPermittedError
from tests.cast import Cast
from tests.pickups.conftest import NOW, TUESDAY, LogLot

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=5)
Ask = Callable[..., Plan]


def _work_off(plan: Plan) -> Plan:
    assert run_next_plan(_clock())
    plan.refresh_from_db()
    assert plan.state == "done", plan.error
    assert plan.answer["rounds"]
    return plan


def _clock() -> Callable[[], dt.datetime]:
    """A clock that runs a millisecond a look: the lease and the reports behave, the day stands still."""
    ticks = iter(range(10**9))
    return lambda: NOW + dt.timedelta(milliseconds=next(ticks))


@pytest.fixture
def rival_plant() -> Facility:
    """The long loop's plant, moved near enough to want the same lots, with a van of its own."""
    plant = Facility.objects.get(code="long-loop")
    Facility.objects.filter(pk=plant.pk).update(lat=53.8, lon=-1.55, route_code="long_loop_hydromet")
    plant.refresh_from_db()
    Vehicle.unscoped.create(
        organisation=plant.organisation,
        name="Rival van",
        registration="LO25 RIV",
        depot=plant,
        profile="van",
        capacity_kg=1200,
        pallets=4,
    )
    return plant


def test_two_planners_cannot_get_the_same_lot(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask, rival_plant: Facility
) -> None:
    lot = log(cast.turbine_dismantler)
    ours = _work_off(ask(van))
    rival = cast.long_loop_planner.viewer
    wanted = PlanRequest(
        facility_id=rival_plant.pk,
        from_on=TUESDAY,
        days=2,
        vehicle_ids=[Vehicle.unscoped.get(name="Rival van").pk],
        saving_weight=60.0,
        seconds=1,
    )
    theirs = _work_off(request_plan(rival, wanted, at=NOW))

    confirm_plan(cast.short_loop_planner.viewer, ours.pk, at=LATER)
    with pytest.raises(PlanTakenError) as refusal:
        confirm_plan(rival, theirs.pk, at=LATER)

    assert refusal.value.taken == [f"{lot.reference} is pickup booked"]
    theirs.refresh_from_db()
    assert theirs.confirmed_at is None
    assert not Round.unscoped.filter(plan=theirs).exists()
    lot.refresh_from_db()
    assert (lot.state, lot.reserved_by_id) == ("reserved", cast.short_loop_planner.organisation.pk)


def test_one_lost_lot_stops_the_whole_confirmation_and_is_named(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask
) -> None:
    kept = log(cast.turbine_dismantler)
    gone = log(cast.turbine_dismantler)
    plan = _work_off(ask(van))
    record_loss(
        cast.turbine_dismantler.viewer, gone.pk, happened_on=NOW.date(), at=LATER, explanation="stolen"
    )

    with pytest.raises(PlanTakenError, match=f"{gone.reference} is lost"):
        confirm_plan(cast.short_loop_planner.viewer, plan.pk, at=LATER)

    kept.refresh_from_db()
    assert kept.state == "held"
    assert not Pickup.unscoped.exists()


def test_a_vehicle_booked_meanwhile_is_named(cast: Cast, log: LogLot, van: Vehicle, ask: Ask) -> None:
    log(cast.turbine_dismantler)
    planner = cast.short_loop_planner.viewer
    first, second = _work_off(ask(van, days=1)), _work_off(ask(van, days=1))
    confirm_plan(planner, first.pk, at=LATER)
    for pickup in Pickup.unscoped.all():
        cancel_pickup(planner, pickup.pk, why="Not now.", at=LATER)
    assert Round.unscoped.get().state == "cancelled", "without a stop there is no round"
    Round.unscoped.update(state="confirmed")

    with pytest.raises(PlanTakenError, match="Van has another round on 24 November"):
        confirm_plan(planner, second.pk, at=LATER)
    assert Lot.unscoped.get().state == "held"


def test_confirming_twice_books_once_and_tells_each_holder_once(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask
) -> None:
    log(cast.turbine_dismantler)
    plan = _work_off(ask(van))
    planner = cast.short_loop_planner.viewer

    first = confirm_plan(planner, plan.pk, at=LATER)
    again = confirm_plan(planner, plan.pk, at=LATER)

    assert [each.pk for each in again] == [each.pk for each in first]
    told = Notification.objects.filter(recipient=cast.turbine_dismantler.user, kind="pickup_booked")
    assert told.count() == 1
    assert "Tyneside depot" in told.get().title


def test_only_planners_confirm(cast: Cast, log: LogLot, van: Vehicle, ask: Ask) -> None:
    log(cast.turbine_dismantler)
    plan = _work_off(ask(van))
    for person in (cast.driver, cast.scrapyard, cast.national_regulator):
        with pytest.raises(NotPermittedError):
            confirm_plan(person.viewer, plan.pk, at=LATER)


def test_a_plan_whose_first_day_has_passed_is_not_confirmed(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask
) -> None:
    log(cast.turbine_dismantler)
    plan = _work_off(ask(van))
    with pytest.raises(StateConflictError, match="should have left by now"):
        confirm_plan(cast.short_loop_planner.viewer, plan.pk, at=NOW + dt.timedelta(days=3))


def test_calling_off_a_round_frees_its_lots_and_tells_the_holder(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask
) -> None:
    lot = log(cast.turbine_dismantler)
    planner = cast.short_loop_planner.viewer
    plan = _work_off(ask(van))
    (made,) = confirm_plan(planner, plan.pk, at=LATER)

    cancel_round(planner, made.pk, why="A vehicle has broken down.", at=LATER)

    lot.refresh_from_db()
    assert (lot.state, lot.reserved_by_id) == ("held", None)
    assert PickupLot.objects.get().state == "cancelled"
    told = Notification.objects.get(recipient=cast.turbine_dismantler.user, kind="pickup_cancelled")
    assert "broken down" in told.body
    with pytest.raises(StateConflictError):
        cancel_round(planner, made.pk, why="Again.", at=LATER)
    _work_off(ask(van))


def test_a_driver_must_be_one_of_the_organisations_own(
    cast: Cast, log: LogLot, van: Vehicle, ask: Ask
) -> None:
    log(cast.turbine_dismantler)
    planner = cast.short_loop_planner.viewer
    (made,) = confirm_plan(planner, _work_off(ask(van)).pk, at=LATER)

    with pytest.raises(StateConflictError, match="one of your own drivers"):
        assign_driver(planner, made.pk, cast.scrapyard.user.pk, at=LATER)
    assign_driver(planner, made.pk, cast.driver.user.pk, at=LATER)

    assert Notification.objects.filter(recipient=cast.driver.user, kind="round_assigned").count() == 1


@pytest.mark.parametrize("lots", [1, 6])
def test_confirming_takes_the_same_number_of_queries_for_any_number_of_lots(
    lots: int, cast: Cast, log: LogLot, van: Vehicle, ask: Ask, django_assert_max_num_queries: object
) -> None:
    for _ in range(lots):
        log(cast.turbine_dismantler, quantity=Decimal(150))
    plan = _work_off(ask(van))
    assert len(plan.answer["rounds"][0]["stops"][0]["lots"]) == lots
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        confirm_plan(cast.short_loop_planner.viewer, plan.pk, at=LATER)
