"""Where a round is by its recorded stops, who will wait, who is reminded: told once, by whichever worker."""

import datetime as dt
import uuid

import pytest
from django.test import Client

from collection.actions.collections import CollectedLine, record_collection
from collection.actions.driving import arrive, come_back, leave_plant
from collection.actions.live import watch_rounds
from collection.actions.reminders import send_reminders
from collection.actions.rounds import assign_driver
from collection.models import Notification, Pickup, Round, Vehicle
from collection.queries.live import round_now, with_stops
from collection.queries.outcomes import round_outcome
from collection.queries.rounds import round_with_stops
from collection.rules.appointments import LONDON
from collection.rules.lifecycle import StateConflictError
from collection.rules.reminders import is_reminder_due
from collection.rules.working_days import bank_holiday, working_day_before
from tests.cast import Cast
from tests.pickups.conftest import NOW, TUESDAY, Book, LogLot

pytestmark = pytest.mark.django_db


def clock(hour: int, minute: int = 0, on: dt.date = TUESDAY) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(hour, minute), tzinfo=LONDON).astimezone(dt.UTC)


@pytest.fixture
def booked(cast: Cast, log: LogLot, van: Vehicle, book: Book) -> Round:
    """Two stops: the turbine dismantler's depot, then the scrapyard."""
    made = book(van, log(cast.turbine_dismantler), log(cast.scrapyard))
    assign_driver(cast.short_loop_planner.viewer, made.pk, cast.driver.user.pk, at=NOW)
    return made


def record(cast: Cast, pickup: Pickup, at: dt.datetime) -> None:
    lines = [
        CollectedLine(lot_id=line.lot_id, quantity=line.lot.quantity, gross_grams=380_000)
        for line in pickup.lines.select_related("lot")
    ]
    record_collection(
        cast.driver.viewer, pickup.pk, lines, submission_id=uuid.uuid4(), at=at, signed_by="Foreman"
    )


def test_the_next_arrival_follows_from_the_stop_just_made(cast: Cast, booked: Round) -> None:
    first, _ = booked.pickups.order_by("sequence")
    arrive(cast.driver.viewer, first.pk, at=clock(11))
    record(cast, first, clock(11, 40))

    now = round_now(with_stops(Round.unscoped.filter(pk=booked.pk))[0], clock(11, 45))

    (call,) = now.table.calls
    way = call.arrives - clock(11, 40).timestamp()
    assert 2 * 3600 < way < 5 * 3600, "from the Tyne to the Clyde in a van"


def test_nobody_is_expected_before_now(cast: Cast, booked: Round) -> None:
    leave_plant(cast.driver.viewer, booked.pk, at=clock(7))
    now = round_now(with_stops(Round.unscoped.filter(pk=booked.pk))[0], clock(16))
    assert now.table.calls[0].arrives >= clock(16).timestamp()


def test_a_missed_slot_is_told_to_holder_and_planner_once(cast: Cast, booked: Round) -> None:
    first, second = booked.pickups.order_by("sequence")
    leave_plant(cast.driver.viewer, booked.pk, at=clock(9, 30))

    warned = watch_rounds(now=clock(9, 31), day=TUESDAY)
    again = watch_rounds(now=clock(9, 32), day=TUESDAY)

    assert (warned, again) == (2, 0)
    for user in (cast.turbine_dismantler.user, cast.scrapyard.user):
        assert Notification.objects.filter(recipient=user, kind="pickup_late").count() == 1
    told = Notification.objects.filter(recipient=cast.short_loop_planner.user, kind="round_late")
    assert told.count() == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.expected_arrival_at
    assert second.expected_arrival_at
    assert first.slot_ends_at
    assert first.slot_ends_at < first.expected_arrival_at < second.expected_arrival_at


def test_holder_and_planner_see_the_day_on_their_pages(client: Client, cast: Cast, booked: Round) -> None:
    first, second = booked.pickups.order_by("sequence")
    leave_plant(cast.driver.viewer, booked.pk, at=clock(9, 30))
    watch_rounds(now=clock(9, 31), day=TUESDAY)
    client.force_login(cast.scrapyard.user)
    page = client.get(f"/pickups/{second.reference}/live/").content.decode()
    assert "Late: expected about" in page
    assert "1 stop before yours" in page
    client.force_login(cast.short_loop_planner.user)
    for address in ("replan/", "live/", "breakdown/", "stops/2/", "outcome/", "way.gpx", "manifest.pdf"):
        assert client.get(f"/rounds/{booked.reference}/{address}").status_code == 200, address
    client.force_login(cast.scrapyard.user)
    assert client.get(f"/pickups/{first.reference}/").status_code == 404, "not their stop"


def test_a_round_is_planned_and_was_something(cast: Cast, booked: Round) -> None:
    first, second = booked.pickups.order_by("sequence")
    leave_plant(cast.driver.viewer, booked.pk, at=clock(7))
    with pytest.raises(StateConflictError, match="without a record"):
        come_back(cast.driver.viewer, booked.pk, driven_metres=None, at=clock(8))
    arrive(cast.driver.viewer, first.pk, at=clock(9))
    record(cast, first, clock(9, 40))
    arrive(cast.driver.viewer, second.pk, at=clock(14))
    record(cast, second, clock(14, 20))
    come_back(cast.driver.viewer, booked.pk, driven_metres=950_000, at=clock(20))

    found = round_outcome(round_with_stops(cast.short_loop_planner.viewer, booked.reference))

    assert (found.distance.actual, found.is_distance_read) == (950_000, True)
    assert (found.duration.actual, found.service.actual) == (13 * 60, 60)
    assert found.actual_emission
    assert found.actual_emission.central == round(950 * 255.61)
    assert found.actual_emission.low < found.actual_emission.central < found.actual_emission.high
    assert found.saved.actual == found.saved.planned, "all was loaded"
    assert found.cost.actual == (6000 + 950 * 45 + 13 * 2200)
    assert (found.slots, found.slots_kept) == (2, 1)


def test_the_day_before_holders_and_driver_are_reminded_once(cast: Cast, booked: Round) -> None:
    monday = NOW.date()
    assert send_reminders(now=clock(8, 30, monday)) == 0, "too early"
    assert send_reminders(now=clock(9, 5, monday)) == 2
    assert send_reminders(now=clock(9, 6, monday)) == 0
    for user in (cast.turbine_dismantler.user, cast.scrapyard.user):
        told = Notification.objects.get(recipient=user, kind="pickup_reminder")
        assert "You have not answered yet" in told.body
    assert Notification.objects.filter(recipient=cast.driver.user, kind="round_reminder").count() == 1


@pytest.mark.parametrize(
    ("arrives_on", "nation", "now", "is_due"),
    [
        (dt.date(2026, 11, 24), "England", clock(9, 0, dt.date(2026, 11, 23)), True),
        (dt.date(2026, 11, 24), "England", clock(18, 30, dt.date(2026, 11, 23)), False),
        (dt.date(2026, 11, 24), "England", clock(7, 0), False),
        (dt.date(2026, 11, 24), "England", clock(8, 30), True),
        (dt.date(2026, 11, 30), "England", clock(9, 0, dt.date(2026, 11, 27)), True),
        (dt.date(2026, 11, 30), "England", clock(9, 0, dt.date(2026, 11, 28)), False),
        # Monday 30 November 2026 is Saint Andrew's Day: the working day before Tuesday is Friday in Scotland.
        (dt.date(2026, 12, 1), "Scotland", clock(9, 0, dt.date(2026, 11, 27)), True),
        (dt.date(2026, 12, 1), "England", clock(9, 0, dt.date(2026, 11, 27)), False),
        (dt.date(2026, 12, 29), "England", clock(9, 0, dt.date(2026, 12, 24)), True),
    ],
)
def test_reminders_keep_working_days_and_quiet_hours(
    arrives_on: dt.date, nation: str, now: dt.datetime, is_due: bool
) -> None:
    assert is_reminder_due(clock(11, 0, arrives_on), nation, now) is is_due


def test_the_nations_keep_their_own_holidays() -> None:
    assert bank_holiday(dt.date(2026, 11, 30), "Scotland")
    assert not bank_holiday(dt.date(2026, 11, 30), "Wales")
    assert bank_holiday(dt.date(2026, 7, 13), "Northern Ireland")
    assert working_day_before(dt.date(2026, 12, 29), "England") == dt.date(2026, 12, 24)
