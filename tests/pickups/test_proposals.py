"""A pickup is a proposal: the holder accepts, asks for another time, or refuses; the planner answers."""

import datetime as dt

import pytest
from django.test import Client

from collection.actions.dispatching import agree_to_asked_time
from collection.actions.driving import arrive
from collection.actions.proposals import (
    accept_pickup,
    ask_for_other_time,
    keep_time,
    offered_slots,
    refuse_pickup,
    slot_of,
)
from collection.actions.rounds import assign_driver
from collection.models import Lot, Notification, Pickup, Round, Vehicle
from collection.rules.appointments import LONDON
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import NotPermittedError
from tests.cast import Cast
from tests.pickups.conftest import NOW, Book, LogLot

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=30)


@pytest.fixture
def booked(cast: Cast, log: LogLot, van: Vehicle, book: Book) -> Round:
    return book(van, log(cast.turbine_dismantler))


@pytest.fixture
def pickup(booked: Round) -> Pickup:
    return Pickup.unscoped.select_related("round__facility", "site").get()


def test_the_promise_is_two_hours_round_the_planned_arrival(pickup: Pickup) -> None:
    slot = slot_of(pickup)
    assert slot.words == "Tuesday 24 November, 08:30 to 10:30"
    assert slot.starts_at <= pickup.planned_arrival_at <= slot.ends_at
    assert pickup.answer == "waiting"


def test_accepting_is_told_to_the_planner_once(cast: Cast, pickup: Pickup) -> None:
    holder = cast.turbine_dismantler.viewer
    accept_pickup(holder, pickup.pk, at=LATER)
    accept_pickup(holder, pickup.pk, at=LATER + dt.timedelta(minutes=1))
    pickup.refresh_from_db()
    assert (pickup.answer, pickup.answered_by_id) == ("accepted", cast.turbine_dismantler.user.pk)
    told = Notification.objects.filter(recipient=cast.short_loop_planner.user, kind="pickup_answered")
    assert told.count() == 1


def test_another_time_must_be_one_of_those_offered(cast: Cast, pickup: Pickup) -> None:
    holder = cast.turbine_dismantler.viewer
    offered = offered_slots(pickup, LATER)
    assert all(slot.starts_at > LATER for slot in offered)
    assert all(slot.starts_at.astimezone(LONDON).weekday() < 5 for slot in offered)
    assert slot_of(pickup) not in offered
    with pytest.raises(StateConflictError, match="one of the times offered"):
        ask_for_other_time(holder, pickup.pk, slot_of(pickup), words="", at=LATER)


def test_the_planner_agrees_and_the_stop_moves_to_the_asked_day(cast: Cast, pickup: Pickup) -> None:
    wednesday = next(
        slot
        for slot in offered_slots(pickup, LATER)
        if slot.starts_at.astimezone(LONDON).date() == dt.date(2026, 11, 25)
        and slot.starts_at.astimezone(LONDON).hour == 12
    )
    ask_for_other_time(cast.turbine_dismantler.viewer, pickup.pk, wednesday, words="Gate shut", at=LATER)

    target = agree_to_asked_time(cast.short_loop_planner.viewer, pickup.pk, at=LATER)

    pickup.refresh_from_db()
    assert pickup.round_id == target.pk
    assert target.on == dt.date(2026, 11, 25)
    assert (pickup.answer, pickup.slot_starts_at) == ("accepted", wednesday.starts_at)
    assert wednesday.starts_at <= pickup.planned_arrival_at <= wednesday.ends_at
    assert Round.unscoped.exclude(pk=target.pk).get().state == "cancelled", "nothing is left of the old one"
    assert Lot.unscoped.get().state == "reserved"
    with pytest.raises(StateConflictError, match="does not ask"):
        agree_to_asked_time(cast.short_loop_planner.viewer, pickup.pk, at=LATER)


def test_the_planner_keeps_to_the_first_time_and_asks_again(cast: Cast, pickup: Pickup) -> None:
    slot = offered_slots(pickup, LATER)[-1]
    ask_for_other_time(cast.turbine_dismantler.viewer, pickup.pk, slot, words="", at=LATER)
    keep_time(cast.short_loop_planner.viewer, pickup.pk, why="No vehicle is free.", at=LATER)
    pickup.refresh_from_db()
    assert (pickup.answer, pickup.asked_starts_at) == ("waiting", None)
    told = Notification.objects.filter(recipient=cast.turbine_dismantler.user, title__contains="not possible")
    assert "No vehicle is free" in told.get().body


def test_refusing_frees_the_lots_and_says_why(cast: Cast, booked: Round, pickup: Pickup) -> None:
    refuse_pickup(cast.turbine_dismantler.viewer, pickup.pk, why="Sold to somebody else.", at=LATER)
    pickup.refresh_from_db()
    booked.refresh_from_db()
    assert (pickup.state, pickup.answer, booked.state) == ("cancelled", "refused", "cancelled")
    assert Lot.unscoped.get().state == "held"
    told = Notification.objects.get(recipient=cast.short_loop_planner.user, kind="pickup_answered")
    assert "Sold to somebody else" in told.body
    with pytest.raises(StateConflictError):
        accept_pickup(cast.turbine_dismantler.viewer, pickup.pk, at=LATER)


def test_a_vehicle_at_the_gate_is_not_sent_away_by_a_click(cast: Cast, booked: Round, pickup: Pickup) -> None:
    assign_driver(cast.short_loop_planner.viewer, booked.pk, cast.driver.user.pk, at=LATER)
    arrive(cast.driver.viewer, pickup.pk, at=pickup.planned_arrival_at)
    with pytest.raises(StateConflictError, match="at the gate"):
        refuse_pickup(cast.turbine_dismantler.viewer, pickup.pk, why="No.", at=pickup.planned_arrival_at)


def test_only_the_holder_answers(cast: Cast, pickup: Pickup) -> None:
    with pytest.raises(Pickup.DoesNotExist):
        accept_pickup(cast.scrapyard.viewer, pickup.pk, at=LATER)
    with pytest.raises(NotPermittedError):
        accept_pickup(cast.short_loop_planner.viewer, pickup.pk, at=LATER)


def test_the_holders_page_offers_the_three_answers_and_the_planners_page_the_wish(
    client: Client, cast: Cast, booked: Round, pickup: Pickup
) -> None:
    client.force_login(cast.turbine_dismantler.user)
    Pickup.unscoped.update(planned_arrival_at=pickup.planned_arrival_at + dt.timedelta(days=3650))
    page = client.get(f"/pickups/{pickup.reference}/").content.decode()
    for words in ("Accept this time", "Ask for another time", "Refuse the pickup"):
        assert words in page
    assert client.post(f"/pickups/{pickup.reference}/accept/").status_code == 302
    assert "Accepted" in client.get(f"/pickups/{pickup.reference}/").content.decode()
    assert client.get(f"/pickups/{pickup.reference}/other-time/").status_code == 200
    empty = client.post(f"/pickups/{pickup.reference}/refuse/", {"why": ""})
    assert empty.status_code == 422
    Pickup.unscoped.update(
        answer="other_time",
        asked_starts_at=NOW + dt.timedelta(days=2),
        asked_ends_at=NOW + dt.timedelta(days=2, hours=2),
    )
    client.force_login(cast.short_loop_planner.user)
    page = client.get(f"/rounds/{booked.reference}/").content.decode()
    assert "Answer: asked for" in page
    assert client.get(f"/rounds/{booked.reference}/stops/1/asked/").status_code == 200
