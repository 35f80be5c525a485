"""Plan, drive and weigh in with a real browser and a real worker: desk for the planner, phone for the driver."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from collection.models import Lot, Vehicle
from tests.browser import DESK, PHONE, OpenPage, assert_well, sign_in
from tests.cast import Cast
from tests.pickups.conftest import LogLot
from tests.workers import Worker

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_a_lot_is_planned_fetched_in_part_and_weighed_in(
    open_page: OpenPage, live_server: LiveServer, real_worker: Worker, cast: Cast, log: LogLot, van: Vehicle
) -> None:
    lot = log(cast.turbine_dismantler)
    planner = open_page(DESK)
    sign_in(planner, live_server.url, cast.short_loop_planner)
    assert_well(planner)
    for address in ("/planner/lots/", "/planner/lots/map/", "/plans/", "/vehicles/", "/vehicles/new/"):
        planner.goto(live_server.url + address)
        assert_well(planner)

    planner.goto(live_server.url + "/plans/new/")
    planner.get_by_label("How far to look").fill("600")
    planner.get_by_label("What a saved kilogram is worth").fill("60")
    planner.get_by_label("How long to search").select_option("20")
    assert_well(planner)
    planner.get_by_role("button", name="Plan rounds").click()
    # The best so far appears on the page by itself, while the search goes on.
    expect(planner.get_by_text("This is the best so far")).to_be_visible(timeout=60_000)
    expect(planner.get_by_text("in 1 lot at 1 stop")).to_be_visible(timeout=60_000)
    assert_well(planner)
    planner.get_by_role("button", name="Use the best so far").click()
    confirm = planner.get_by_role("button", name=re.compile("Confirm: book 1 lot"))
    expect(confirm).to_be_visible(timeout=60_000)
    assert_well(planner)
    confirm.click()
    expect(planner.get_by_text("1 round is booked")).to_be_visible()
    planner.get_by_role("link", name=re.compile(r"RND-\d\d-\d{6}")).click()
    planner.get_by_label("Driver").select_option(label="Driver")
    planner.get_by_role("button", name="Save driver").click()
    expect(planner.get_by_text("The driver is saved")).to_be_visible()
    assert_well(planner)

    phone = open_page(PHONE)
    sign_in(phone, live_server.url, cast.driver)
    phone.get_by_role("link", name=re.compile(r"RND-\d\d-\d{6}")).first.click()
    assert_well(phone)
    phone.get_by_role("button", name="Record this stop").click()
    assert_well(phone)
    record = phone.get_by_role("button", name="Record this stop")
    box = record.bounding_box()
    assert box
    assert box["height"] >= 56, "a gloved finger finds it"
    phone.get_by_label("Part of it").check()
    phone.get_by_label("How much of 800 items").fill("900")
    phone.get_by_label("Weight loaded").fill("0,2 t")
    phone.get_by_label("Who signed for it").fill("Yard foreman")
    record.click()
    expect(phone.get_by_text("must be above 0 and less than 800 items").first).to_be_visible()
    expect(phone.get_by_label("Weight loaded")).to_have_value("0,2 t")
    phone.get_by_label("How much of 800 items").fill("300")
    phone.get_by_role("button", name="Record this stop").dblclick()
    expect(phone.get_by_text("Every stop is recorded")).to_be_visible()
    assert_well(phone)

    planner.goto(f"{live_server.url}/receiving/")
    assert_well(planner)
    planner.get_by_role("link", name=re.compile(f"Weigh in {lot.reference}")).click()
    planner.get_by_label("Gross weight").fill("210 kg")
    planner.get_by_label("Tare").fill("10")
    assert_well(planner)
    planner.get_by_role("button", name="Weigh in").click()
    expect(planner.get_by_role("heading", name=re.compile("REC-"))).to_be_visible()
    assert_well(planner)

    states = dict(Lot.unscoped.values_list("quantity", "state"))
    assert states == {300: "received", 500: "held"}


def test_without_scripts_the_plan_page_comes_again_by_itself(
    open_page: OpenPage, live_server: LiveServer, real_worker: Worker, cast: Cast, log: LogLot, van: Vehicle
) -> None:
    log(cast.turbine_dismantler)
    page = open_page(DESK, scripts=False)
    sign_in(page, live_server.url, cast.short_loop_planner)
    page.goto(live_server.url + "/plans/new/")
    page.get_by_label("How far to look").fill("600")
    page.get_by_label("How long to search").select_option("5")
    began = dt.datetime.now(dt.UTC)
    page.get_by_role("button", name="Plan rounds").click()
    expect(page.get_by_role("heading", name="Left out")).to_be_visible()
    assert dt.datetime.now(dt.UTC) - began < dt.timedelta(seconds=30)
