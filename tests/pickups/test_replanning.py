"""When the day goes otherwise: the least change, promises kept, and nothing done that was not shown."""

import datetime as dt
import uuid

import pytest
from django.test import Client

from collection.actions.collections import CollectedLine, record_collection
from collection.actions.dispatching import (
    break_down,
    give_to_other_vehicle,
    move_to_another_day,
    proposal_key,
)
from collection.actions.driving import arrive, leave_plant
from collection.actions.proposals import accept_pickup
from collection.actions.rounds import assign_driver
from collection.models import Facility, Lot, Notification, Pickup, Round, Vehicle
from collection.queries.live import round_now, with_stops
from collection.queries.replanning import breakdown_remedy, other_vehicle
from collection.rules.appointments import LONDON
from collection.rules.lifecycle import StateConflictError
from collection.rules.planning.today import Placement
from collection.rules.roles import NotPermittedError
from tests.cast import Cast
from tests.pickups.conftest import NOW, TUESDAY, Book, LogLot

pytestmark = pytest.mark.django_db


def clock(hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(TUESDAY, dt.time(hour, minute), tzinfo=LONDON).astimezone(dt.UTC)


@pytest.fixture
def van_round(cast: Cast, near: None, log: LogLot, van: Vehicle, lorry: Vehicle, book: Book) -> Round:
    """The van's two stops on Tuesday, Sheffield then Nottingham; the lorry stands idle."""
    made = book(van, log(cast.turbine_dismantler), log(cast.scrapyard))
    assign_driver(cast.short_loop_planner.viewer, made.pk, cast.driver.user.pk, at=NOW)
    return made


def test_the_stops_of_a_broken_down_van_go_to_the_idle_lorry(cast: Cast, van_round: Round) -> None:
    planner = cast.short_loop_planner.viewer
    first, second = van_round.pickups.order_by("sequence")
    accept_pickup(cast.scrapyard.viewer, second.pk, at=NOW)

    remedy = breakdown_remedy(planner, van_round, clock(6, 30))
    assert {placed.stop.key for placed in remedy.placements} == {first.reference, second.reference}
    done = break_down(planner, van_round.pk, [proposal_key(p) for p in remedy.placements], at=clock(6, 30))

    assert len(done.moved) == 2
    assert done.left == ()
    relief = Round.unscoped.exclude(pk=van_round.pk).get()
    assert relief.vehicle.name == "Lorry"
    assert [stop.sequence for stop in relief.pickups.order_by("sequence")] == [1, 2]
    van_round.refresh_from_db()
    assert van_round.broken_down_at
    assert set(Lot.unscoped.values_list("state", flat=True)) == {"reserved"}, "nobody lost a booking"
    second.refresh_from_db()
    assert second.slot_ends_at
    assert second.planned_arrival_at <= second.slot_ends_at, "what was agreed is kept"
    assert Notification.objects.filter(recipient=cast.scrapyard.user, kind="pickup_moved").count() == 1


def test_what_is_on_board_stays_and_only_the_rest_moves(cast: Cast, van_round: Round) -> None:
    planner = cast.short_loop_planner.viewer
    first, second = van_round.pickups.order_by("sequence")
    leave_plant(cast.driver.viewer, van_round.pk, at=clock(7))
    arrive(cast.driver.viewer, first.pk, at=clock(9))
    lines = [CollectedLine(lot_id=line.lot_id, quantity=line.lot.quantity) for line in first.lines.all()]
    record_collection(
        cast.driver.viewer, first.pk, lines, submission_id=uuid.uuid4(), at=clock(9, 30), signed_by="Foreman"
    )

    remedy = breakdown_remedy(planner, van_round, clock(9, 45))
    break_down(planner, van_round.pk, [proposal_key(p) for p in remedy.placements], at=clock(9, 45))

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.round_id == van_round.pk
    assert second.round.vehicle.name == "Lorry"
    van_round.refresh_from_db()
    assert van_round.state == "under_way", "its load is still to be weighed in"


def test_nothing_is_done_when_the_day_has_moved_on(cast: Cast, van_round: Round) -> None:
    planner = cast.short_loop_planner.viewer
    shown = [proposal_key(p) for p in breakdown_remedy(planner, van_round, clock(6)).placements]
    Vehicle.unscoped.filter(name="Lorry").update(is_active=False)
    with pytest.raises(StateConflictError, match="moved on"):
        break_down(planner, van_round.pk, shown, at=clock(6))
    van_round.refresh_from_db()
    assert van_round.broken_down_at is None


def test_stops_nobody_can_take_stay_for_the_planner_to_decide(cast: Cast, van_round: Round) -> None:
    planner = cast.short_loop_planner.viewer
    Vehicle.unscoped.filter(name="Lorry").update(is_active=False)
    done = break_down(planner, van_round.pk, [], at=clock(6))
    assert (done.moved, len(done.left)) == ((), 2)
    assert van_round.pickups.filter(state="scheduled").count() == 2


def test_another_vehicle_takes_one_stop_and_the_round_keeps_the_other(cast: Cast, van_round: Round) -> None:
    planner = cast.short_loop_planner.viewer
    stop = Pickup.unscoped.select_related("round__facility", "site").get(round=van_round, sequence=1)
    option = other_vehicle(planner, stop, clock(6))
    assert isinstance(option, Placement)
    assert option.vehicle.name == "Lorry"

    target = give_to_other_vehicle(planner, stop.pk, at=clock(6))

    assert target.pickups.get().pk == stop.pk
    assert [left.sequence for left in van_round.pickups.all()] == [1], "numbered anew"


def test_a_closed_site_is_proposed_the_next_working_day_with_room(cast: Cast, van_round: Round) -> None:
    stop = van_round.pickups.get(sequence=2)
    accept_pickup(cast.scrapyard.viewer, stop.pk, at=NOW)
    target = move_to_another_day(cast.short_loop_planner.viewer, stop.pk, why="Closed.", at=clock(8))
    stop.refresh_from_db()
    assert target.on == TUESDAY + dt.timedelta(days=1)
    assert stop.answer == "waiting", "a new time is asked for anew"
    assert stop.slot_starts_at
    assert stop.slot_ends_at
    assert stop.slot_starts_at <= stop.planned_arrival_at <= stop.slot_ends_at


def test_a_booked_stop_needs_no_more_room_at_the_plant_to_be_moved(cast: Cast, van_round: Round) -> None:
    """The permit allows less than is booked by now; a stop not booked yet would be refused."""
    Facility.objects.filter(pk=van_round.facility_id).update(permitted_t_per_year="0.10")
    stop = van_round.pickups.get(sequence=2)
    target = move_to_another_day(cast.short_loop_planner.viewer, stop.pk, why="Closed.", at=clock(8))
    assert target.on == TUESDAY + dt.timedelta(days=1)


def test_a_stop_whose_waste_the_plant_may_not_take_any_more_is_not_handed_on(
    cast: Cast, van_round: Round
) -> None:
    stop = van_round.pickups.get(sequence=2)
    Lot.unscoped.filter(pickup_lots__pickup=stop).update(ewc_code="191203")
    Facility.objects.filter(pk=van_round.facility_id).update(permitted_ewc_codes=["160216"])
    with pytest.raises(StateConflictError, match="may not take waste code 19 12 03"):
        give_to_other_vehicle(cast.short_loop_planner.viewer, stop.pk, at=clock(8))


def test_a_recorded_stop_is_not_moved(cast: Cast, van_round: Round) -> None:
    stop = van_round.pickups.get(sequence=1)
    Pickup.unscoped.filter(pk=stop.pk).update(state="collected")
    with pytest.raises(StateConflictError, match="recorded or called off"):
        give_to_other_vehicle(cast.short_loop_planner.viewer, stop.pk, at=clock(8))


def test_only_planners_change_the_day(cast: Cast, van_round: Round) -> None:
    stop = van_round.pickups.get(sequence=1)
    for person in (cast.driver, cast.scrapyard):
        with pytest.raises(NotPermittedError):
            give_to_other_vehicle(person.viewer, stop.pk, at=clock(8))
        with pytest.raises(NotPermittedError):
            break_down(person.viewer, van_round.pk, [], at=clock(8))


def test_a_rivals_planner_cannot_touch_the_round(client: Client, cast: Cast, van_round: Round) -> None:
    client.force_login(cast.long_loop_planner.user)
    for address in ("replan/", "breakdown/", "stops/1/", "outcome/", "way.gpx"):
        assert client.get(f"/rounds/{van_round.reference}/{address}").status_code == 404


def test_the_expected_times_follow_the_order_of_the_stops(cast: Cast, van_round: Round) -> None:
    now = round_now(with_stops(Round.unscoped.filter(pk=van_round.pk))[0], clock(6))
    arrivals = [call.arrives for call in now.table.calls]
    assert arrivals == sorted(arrivals)
    assert now.table.returns > arrivals[-1]
