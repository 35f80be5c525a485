"""A process killed in the middle of reminding, or of asking for regular rounds: nothing is lost, nothing doubled."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from django.db.models import Count

from collection.actions.regular_rounds import plan_due_regular_rounds
from collection.actions.reminders import send_reminders
from collection.models import Facility, Notification, Pickup, Plan, RegularRound, Round, Vehicle
from tests.cast import Cast
from tests.pickups.conftest import NOW, Book, LogLot
from tests.workers import ROOT, database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

PICKUPS = 1200
REGULAR = 150
# Ten in the morning of the day before: no quiet hours.
AT = NOW + dt.timedelta(hours=2)
START = "import datetime, django; django.setup(); AT = datetime.datetime.fromisoformat({at!r}); {work}"


def _killed_when(work: str, is_half_way: Callable[[], bool]) -> None:
    """Do `work` in a process of its own and kill it as the kernel does, once it has got somewhere."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-c", START.format(at=AT.isoformat(), work=work)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})
    give_up_at = time.monotonic() + 120
    while not is_half_way():
        assert process.poll() is None, "it was done before it could be killed"
        assert time.monotonic() < give_up_at, "it never began"
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL


@pytest.fixture
def many_pickups(cast: Cast, log: LogLot, van: Vehicle, book: Book) -> Round:
    """One booked stop, and more than a thousand of its kind on the same day."""
    made = book(van, log(cast.turbine_dismantler))
    first = made.pickups.get()
    Pickup.unscoped.bulk_create(
        Pickup(
            reference=f"PUP-99-{number:06d}",
            round=made,
            sequence=number,
            holder_id=first.holder_id,
            site_id=first.site_id,
            place_name=first.place_name,
            lat=first.lat,
            lon=first.lon,
            planned_arrival_at=first.planned_arrival_at,
            service_minutes=first.service_minutes,
            slot_starts_at=first.slot_starts_at,
            slot_ends_at=first.slot_ends_at,
        )
        for number in range(2, PICKUPS + 1)
    )
    return made


def test_reminders_of_a_killed_process_are_each_told_once(cast: Cast, many_pickups: Round) -> None:
    reminded = Pickup.unscoped.filter(reminded_at__isnull=False)
    told = Notification.objects.filter(kind="pickup_reminder", recipient=cast.turbine_dismantler.user)
    _killed_when(
        "from collection.actions.reminders import send_reminders; send_reminders(now=AT)", reminded.exists
    )
    before = reminded.count()
    assert 0 < before < PICKUPS
    assert told.count() == before, "whoever is marked as reminded was told, and nobody else"

    assert send_reminders(now=AT) == PICKUPS - before

    assert reminded.count() == PICKUPS
    assert told.count() == PICKUPS
    assert told.values("url").distinct().count() == PICKUPS
    assert send_reminders(now=AT) == 0


def test_regular_rounds_of_a_killed_process_are_each_planned_once(
    cast: Cast, plant: Facility, van: Vehicle
) -> None:
    assert cast.scrapyard.site is not None
    rows = RegularRound.unscoped.bulk_create(
        RegularRound(
            organisation=plant.organisation,
            made_by=cast.short_loop_planner.user,
            name=f"Tuesdays {number}",
            facility=plant,
            vehicle=van,
            weekdays=[1],
            starts_on=NOW.date(),
            settings={"box": "ndfeb"},
        )
        for number in range(REGULAR)
    )
    for row in rows:
        row.sites.set([cast.scrapyard.site])
    asked = Plan.unscoped.filter(regular__isnull=False)
    _killed_when(
        "from collection.actions.regular_rounds import plan_due_regular_rounds as plan; "
        "plan(now=AT, today=AT.date())",
        asked.exists,
    )
    before = asked.count()
    assert 0 < before < REGULAR

    assert plan_due_regular_rounds(now=AT, today=AT.date()) == REGULAR - before

    per_day = asked.values("regular", "from_on").annotate(times=Count("pk"))
    assert [row["times"] for row in per_day] == [1] * REGULAR
    assert not asked.filter(vehicles__isnull=True).exists(), "none was left half made"
    assert plan_due_regular_rounds(now=AT, today=AT.date()) == 0
