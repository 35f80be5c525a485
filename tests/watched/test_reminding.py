"""Who watches a source is reminded on its days, once, and sees on the home what is due."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client

from collection.actions.watched import close_watched, remind_due
from collection.models import (
    Notification,
    Site,
)
from collection.rules.watching import Window, month_window
from tests.cast import Cast, Person
from tests.journey.lots import NOW
from tests.pages import on_one_line
from tests.watched.sources import watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def test_each_reminder_is_sent_once_on_its_day_and_the_next_is_set(cast: Cast) -> None:
    watched = watch(cast.turbine_dismantler, window=month_window(2028, 3))
    assert watched.remind_on == dt.date(2027, 3, 2)

    sent = {}
    for day in (dt.date(2027, 3, 1), dt.date(2027, 3, 2), dt.date(2027, 3, 2), dt.date(2027, 9, 4)):
        at = dt.datetime.combine(day, dt.time(6), dt.UTC)
        sent[day.isoformat()] = sent.get(day.isoformat(), 0) + remind_due(at=at, today=day)

    assert sent == {"2027-03-01": 0, "2027-03-02": 1, "2027-09-04": 1}
    titles = list(Notification.objects.order_by("pk").values_list("title", flat=True))
    assert titles == [
        "Turbine 7 at Hill Farm is expected in about 12 months",
        "Turbine 7 at Hill Farm is expected in about 6 months",
    ]
    watched.refresh_from_db()
    assert watched.remind_on == dt.date(2027, 12, 2)


def test_reminders_missed_while_nothing_ran_are_one_reminder(cast: Cast) -> None:
    watch(cast.turbine_dismantler, window=month_window(2027, 3))

    assert remind_due(at=NOW + dt.timedelta(days=800), today=dt.date(2028, 8, 1)) == 1
    assert [one.title for one in Notification.objects.all()] == [
        "Turbine 7 at Hill Farm should have arisen by now"
    ]
    body = Notification.objects.get().body
    assert not re.search(r"\d[.,]\d{3}", body), "no more figures than the estimate has"


def test_what_may_arise_within_a_month_or_is_late_is_a_task_on_the_home(
    cast: Cast, as_person: SignIn
) -> None:
    today = dt.datetime.now(dt.UTC).date()
    client = as_person(cast.turbine_dismantler)

    def day(days: int) -> Window:
        return Window(today + dt.timedelta(days=days), today + dt.timedelta(days=days))

    watch(cast.turbine_dismantler, window=day(40))
    watch(cast.scrapyard, window=day(5))
    assert "due soon" not in on_one_line(client.get("/home/collector/"))
    late = watch(cast.turbine_dismantler, window=day(-5))
    watch(cast.turbine_dismantler, window=day(20))
    assert re.search(
        r"2\b.{0,400}watched sources due soon", client.get("/home/collector/").content.decode(), re.S
    )
    close_watched(cast.turbine_dismantler.viewer, late, "Life extended", at=NOW)
    assert "watched source due soon" in client.get("/home/collector/").content.decode()


def test_a_place_without_a_point_is_a_task_on_the_home(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.turbine_dismantler)
    assert "not on the map" not in on_one_line(client.get("/home/collector/"))
    Site.unscoped.filter(organisation=cast.turbine_dismantler.organisation).update(lat=None, lon=None)

    assert "place not on the map" in client.get("/home/collector/").content.decode()
