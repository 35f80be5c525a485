"""The day in a real browser: a stop dragged, a plan confirmed, the holder's answers, a drive, a breakdown put right."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from collection.models import Pickup, Round, Site, Vehicle
from tests.browser import DESK, PHONE, OpenPage, assert_well, sign_in
from tests.cast import Cast
from tests.pickups.conftest import Book, LogLot
from tests.workers import Worker

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def near(cast: Cast) -> None:
    for person, lat, lon in ((cast.turbine_dismantler, 53.38, -1.47), (cast.scrapyard, 52.95, -1.15)):
        assert person.site is not None
        Site.unscoped.filter(pk=person.site.pk).update(lat=lat, lon=lon, nation="England")
        person.site.refresh_from_db()


def test_a_dragged_stop_is_judged_at_once_and_the_change_made_and_confirmed(
    open_page: OpenPage,
    live_server: LiveServer,
    real_worker: Worker,
    cast: Cast,
    near: None,
    log: LogLot,
    van: Vehicle,
    lorry: Vehicle,
) -> None:
    log(cast.turbine_dismantler)
    log(cast.scrapyard)
    page = open_page(DESK)
    sign_in(page, live_server.url, cast.short_loop_planner)
    page.goto(live_server.url + "/plans/new/")
    page.get_by_label("What a saved kilogram is worth").fill("60")
    page.get_by_label("How long to search").select_option("5")
    page.get_by_role("button", name="Plan rounds").click()
    expect(page.get_by_role("button", name=re.compile("Confirm: book 2 lots"))).to_be_visible(timeout=60_000)
    assert_well(page)

    page.locator("figure.lode-gantt").evaluate("figure => figure.scrollIntoView()")
    block = page.locator("[data-stop]").first.bounding_box()
    empty = page.locator("[data-row][data-count='0'] .lode-gantt__floor").first.bounding_box()
    assert block
    assert empty
    page.mouse.move(block["x"] + 4, block["y"] + 8)
    page.mouse.down()
    page.mouse.move(empty["x"] + 400, empty["y"] + 12, steps=6)
    page.mouse.up()
    expect(
        page.get_by_role("heading", name=re.compile("This would work|This is not possible"))
    ).to_be_visible()
    expect(page.locator("[data-gantt-answer]")).to_be_in_viewport()
    assert_well(page)
    if page.get_by_role("button", name="Make this change").is_visible():
        page.get_by_role("button", name="Make this change").click()
        expect(page.get_by_text("stays as it was, to compare")).to_be_visible()
        page.get_by_role("link", name="Compare the two").click()
        expect(page.get_by_role("heading", name="What differs")).to_be_visible()
        assert_well(page)
        page.go_back()
    page.get_by_role("button", name=re.compile("Confirm: book")).dblclick()
    expect(page.get_by_text(re.compile("rounds? (is|are) booked"))).to_be_visible()
    assert Pickup.unscoped.count() == 2, "a double click books once"


def test_the_holder_answers_the_driver_drives_and_a_breakdown_is_put_right(
    open_page: OpenPage,
    live_server: LiveServer,
    cast: Cast,
    near: None,
    log: LogLot,
    van: Vehicle,
    lorry: Vehicle,
    book: Book,
) -> None:
    now = timezone.now()
    day = timezone.localdate(now) + dt.timedelta(days=2)
    while day.weekday() > 4:
        day += dt.timedelta(days=1)
    for vehicle in (van, lorry):
        Vehicle.unscoped.filter(pk=vehicle.pk).update(shift_starts_at="00:00", shift_ends_at="23:59")
    made = book(van, log(cast.turbine_dismantler), log(cast.scrapyard), on=day, at=now)
    Round.unscoped.update(driver=cast.driver.user)
    second = made.pickups.get(sequence=2)

    holder = open_page(PHONE)
    sign_in(holder, live_server.url, cast.scrapyard)
    holder.goto(f"{live_server.url}/pickups/{second.reference}/")
    assert_well(holder)
    holder.get_by_role("link", name="Ask for another time").click()
    holder.get_by_label("When would suit you?").select_option(index=8)
    assert_well(holder)
    holder.get_by_role("button", name="Ask for this time").click()
    expect(holder.get_by_text("Another time asked for")).to_be_visible()

    planner = open_page(DESK)
    sign_in(planner, live_server.url, cast.short_loop_planner)
    planner.goto(f"{live_server.url}/rounds/{made.reference}/")
    planner.get_by_role("link", name=re.compile("Answer: asked for")).click()
    assert_well(planner)
    planner.get_by_label("Why is the other time not possible?").fill("The vehicle is elsewhere")
    planner.get_by_role("button", name="Keep to it and ask again").click()
    expect(planner.get_by_text("asked again")).to_be_visible()
    holder.goto(f"{live_server.url}/pickups/{second.reference}/")
    holder.get_by_role("button", name="Accept this time").dblclick()
    expect(holder.get_by_text("You accepted the time")).to_be_visible()

    driver = open_page(PHONE)
    sign_in(driver, live_server.url, cast.driver)
    driver.goto(f"{live_server.url}/driving/{made.reference}/")
    assert_well(driver)
    driver.goto(f"{live_server.url}/driving/{made.reference}/1/")
    driver.get_by_label("None of it").check()
    driver.get_by_label("Why did it stay behind?").select_option("closed")
    driver.get_by_role("button", name="Record this stop").click()
    expect(driver.get_by_text("1 of 2 done")).to_be_visible()

    planner.goto(f"{live_server.url}/rounds/{made.reference}/replan/")
    assert_well(planner)
    planner.get_by_role("button", name="The vehicle has broken down").click()
    assert_well(planner)
    planner.get_by_role("button", name=re.compile("Move 1 stop|Record the breakdown")).click()
    expect(planner.get_by_text("Broken down")).to_be_visible()
    second.refresh_from_db()
    assert second.state == "scheduled", "nobody lost the booking"
    for address in ("/carrier-and-permits/", "/regular-rounds/new/", "/service-times/"):
        planner.goto(live_server.url + address)
        assert_well(planner)
    planner.goto(f"{live_server.url}/rounds/{made.reference}/outcome/")
    assert_well(planner)
