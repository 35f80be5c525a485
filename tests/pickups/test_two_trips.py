"""A van that is emptied at the plant at midday and goes again: booked, driven, weighed in and shown as two trips."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from collection.actions.calling_off import cancel_pickup
from collection.actions.collections import CollectedLine, record_collection
from collection.actions.dispatching import give_to_other_vehicle
from collection.actions.driving import leave_plant, unload
from collection.actions.receipts import Weighing, receive
from collection.actions.rounds import assign_driver
from collection.models import Pickup, Round, Unloading, Vehicle
from collection.queries.live import RoundNow, round_now, with_stops
from collection.queries.rounds import round_with_stops
from collection.queries.unloadings import next_unloading, unloadings_of
from collection.rules.lifecycle import StateConflictError
from tests.cast import Cast, Person
from tests.pages import on_one_line
from tests.pickups.conftest import NOW, Book, LogLot
from tests.pickups.test_replanning import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(cast: Cast, near: None, log: LogLot, van: Vehicle, lorry: Vehicle, book: Book) -> Round:
    """Sheffield on the first trip, Nottingham on the second; the van left at seven."""
    lots = [log(person) for person in (cast.turbine_dismantler, cast.scrapyard)]
    made = book(van, *lots, unloads_after=(1,))
    assign_driver(cast.short_loop_planner.viewer, made.pk, cast.driver.user.pk, at=NOW)
    leave_plant(cast.driver.viewer, made.pk, at=clock(7))
    return made


def _now(chosen: Round, at: dt.datetime) -> RoundNow:
    return round_now(with_stops(Round.unscoped.filter(pk=chosen.pk))[0], at)


def _record(cast: Cast, stop: Pickup, at: dt.datetime, grams: int = 400_000) -> None:
    line = stop.lines.select_related("lot").get()
    loaded = CollectedLine(lot_id=line.lot_id, quantity=line.lot.quantity, gross_grams=grams)
    record_collection(cast.driver.viewer, stop.pk, [loaded], submission_id=uuid.uuid4(), at=at, signed_by="A")


def test_the_day_of_two_trips(
    cast: Cast, twice: Round, as_person: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = twice.pickups.order_by("sequence")
    driver, page = as_person(cast.driver), f"/driving/{twice.reference}/"
    assert [first.trip, second.trip] == [1, 2]
    table = _now(twice, clock(7)).table
    assert table.calls[0].leaves < table.unloadings[0].arrives < table.calls[1].arrives
    with pytest.raises(StateConflictError, match="Record each stop first"):
        unload(cast.driver.viewer, twice.pk, 1, at=clock(8))

    _record(cast, first, clock(10), grams=1_200_000)
    assert "Next: unload at" in driver.get(page).content.decode()
    full, table = _now(twice, clock(10)).live, _now(twice, clock(10)).table
    assert (full.vehicle.kg, full.vehicle.empty_kg, full.bound) == (0, 1200, 0)
    assert len(table.unloadings) == 1

    monkeypatch.setattr("django.utils.timezone.now", lambda: clock(12))
    shown = driver.get(f"{page}unload/1/").content.decode()
    assert first.lines.get().lot.reference in shown
    for _ in range(2):
        assert driver.post(f"{page}unload/1/").status_code == 302
    assert Unloading.objects.get().finished_at == clock(12)
    emptied = _now(twice, clock(12, 5))
    assert (emptied.live.vehicle.kg, emptied.live.bound, emptied.table.unloadings) == (1200, 1, ())
    assert f"Next: {second.place_name}" in driver.get(page).content.decode()

    receive(
        cast.short_loop_planner.viewer,
        first.lines.get().lot_id,
        Weighing(gross_grams=1_220_000, tare_grams=20_000, difference_reason="Heavier than planned"),
        facility_id=twice.facility_id,
        submission_id=uuid.uuid4(),
        at=clock(12, 10),
    )
    twice.refresh_from_db()
    assert twice.state == "under_way", "the plant weighs in what it has while the round goes on"
    _record(cast, second, clock(14))
    assert [
        each.after_trip for each in unloadings_of(round_with_stops(cast.driver.viewer, twice.reference))
    ] == [1]


def test_the_call_at_the_plant_falls_away_with_the_stops_it_is_for(cast: Cast, twice: Round) -> None:
    second = twice.pickups.get(sequence=2)
    planner = cast.short_loop_planner.viewer
    assert next_unloading(round_with_stops(planner, twice.reference)) is None, "a stop comes first"
    cancel_pickup(planner, second.pk, why="Closed.", at=clock(8))
    assert unloadings_of(round_with_stops(planner, twice.reference)) == []
    assert _now(twice, clock(8)).table.unloadings == ()


def test_a_van_that_was_emptied_stays_so_when_nothing_is_left_to_fetch(cast: Cast, twice: Round) -> None:
    first, second = twice.pickups.order_by("sequence")
    _record(cast, first, clock(10))
    unload(cast.driver.viewer, twice.pk, 1, at=clock(12))
    cancel_pickup(cast.short_loop_planner.viewer, second.pk, why="Closed.", at=clock(12, 5))
    live = _now(twice, clock(12, 10)).live
    assert (live.vehicle.kg, (live.vehicle.lat, live.vehicle.lon)) == (1200, live.vehicle.home)


def test_a_driver_who_forgot_to_say_so_has_unloaded_all_the_same(cast: Cast, twice: Round) -> None:
    first, second = twice.pickups.order_by("sequence")
    _record(cast, first, clock(10))
    _record(cast, second, clock(14))
    assert _now(twice, clock(14)).live.vehicle.kg == 800, "only what the second trip loaded is on board"


def test_a_stop_of_the_second_trip_goes_to_another_vehicle_as_any_other(cast: Cast, twice: Round) -> None:
    second = twice.pickups.get(sequence=2)
    target = give_to_other_vehicle(cast.short_loop_planner.viewer, second.pk, at=clock(8))
    second.refresh_from_db()
    assert (second.round, second.trip, target.vehicle.name) == (target, 1, "Lorry")
    assert unloadings_of(round_with_stops(cast.short_loop_planner.viewer, twice.reference)) == []


def test_every_account_of_the_round_names_the_call_at_the_plant(
    cast: Cast, twice: Round, van: Vehicle, as_person: Callable[[Person], Client]
) -> None:
    planner = as_person(cast.short_loop_planner)
    at_plant = f"Unload at {twice.facility.name}"
    for page in ("", "manifest/", "replan/"):
        assert at_plant in on_one_line(planner.get(f"/rounds/{twice.reference}/{page}")), page
    feed = planner.get(f"/calendar/vehicle/{van.calendar_token}.ics").content.decode()
    assert at_plant in feed.replace("\r\n ", ""), "long lines are folded"
    assert planner.get(f"/rounds/{twice.reference}/manifest.pdf").content.startswith(b"%PDF")
    assert planner.get(f"/rounds/{twice.reference}/way.gpx").content.count(b"<name>Short") == 3
