"""The main job, end to end, in a browser as four people: log, plan, collect, weigh in, and the report moves.

A real worker scores and plans. Nothing is set in the database that a person could not do by hand, but for
the vehicle a planner already has.
"""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from collection.models import Facility, Lot, Round, Vehicle
from collection.queries.custody import first_broken_chain, register_balances
from collection.rules.lifecycle import Place
from tests.browser import PHONE, OpenPage, sign_in
from tests.cast import Cast
from tests.workers import Worker

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_reference")]


def _van(cast: Cast) -> Vehicle:
    plant = Facility.objects.filter(organisation=cast.short_loop_planner.organisation)[0]
    return Vehicle.unscoped.create(
        organisation=plant.organisation,
        name="Lorry",
        registration="LO25 DST",
        depot=plant,
        profile="hgv",
        capacity_kg=9000,
        pallets=14,
    )


def _log_the_lot(page: Page, server: LiveServer) -> Lot:
    """The collector, in the yard, on a phone: loose magnets meant for export."""
    page.goto(f"{server.url}/log/")
    page.get_by_label("Scrapyard").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What is it?").fill("loose magnets")
    page.get_by_role("option", name=re.compile("Loose sintered NdFeB magnets, clean")).click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("How much?").fill("0,42 t")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Intact, as it came out").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Somewhere else").check()
    page.get_by_label("Postcode").fill("M11 2AA")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("From today").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Export", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    # An English yard's dealer's record; then photos, of which there are none.
    page.get_by_role("button", name="Record it later").click()
    expect(page.get_by_label("Add photos")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Log this lot").click()
    expect(page.get_by_role("heading", name="Lot logged")).to_be_visible()
    expect(page.get_by_text("Chance that it is exported")).to_be_visible(timeout=60_000)
    return Lot.unscoped.get()


def _plan_and_confirm(page: Page, server: LiveServer, lot: Lot, cast: Cast) -> Round:
    page.goto(f"{server.url}/planner/lots/")
    expect(page.get_by_text(lot.reference).first).to_be_visible()
    page.goto(f"{server.url}/plans/new/")
    page.get_by_label("How long to search").select_option("5")
    page.get_by_role("button", name="Plan rounds").click()
    confirm = page.get_by_role("button", name=re.compile("Confirm: book 1 lot"))
    expect(confirm).to_be_visible(timeout=60_000)
    confirm.click()
    round_ = Round.unscoped.get()
    page.goto(f"{server.url}/rounds/{round_.reference}/")
    page.get_by_label("Driver").select_option(str(cast.driver.user.pk))
    page.get_by_role("button", name="Save driver").click()
    return round_


def _collect(page: Page, server: LiveServer, round_: Round) -> None:
    page.goto(f"{server.url}/driving/{round_.reference}/1/")
    page.get_by_label("All of it").check()
    page.locator("input[name$='_gross']").first.fill("425 kg")
    page.locator("input[name='signed_by']").fill("Yard foreman")
    page.locator("main form button.govuk-button").last.click()
    expect(page.get_by_text("Recorded").first).to_be_visible()


def _weigh_in_and_process(page: Page, server: LiveServer, lot: Lot) -> None:
    page.goto(f"{server.url}/receiving/{lot.reference}/")
    page.locator("input[name='gross']").fill("455 kg")
    page.locator("input[name='tare']").fill("30 kg")
    page.locator("input[name='magnets']").fill("405 kg")
    page.locator("main form button.govuk-button").last.click()
    page.wait_for_url(re.compile("/receipts/"))
    page.goto(f"{page.url.rstrip('/')}/process/")
    page.locator("input[name='retained']").fill("390 kg")
    page.locator("input[name='batch']").fill("B-26-001")
    page.locator("main form button.govuk-button").last.click()
    expect(page.get_by_text("B-26-001").first).to_be_visible()


def test_a_lot_goes_from_the_yard_to_the_regulators_report(
    open_page: OpenPage, live_server: LiveServer, cast: Cast, real_worker: Worker
) -> None:
    _van(cast)
    yard = sign_in(open_page(PHONE), live_server.url, cast.scrapyard)
    lot = _log_the_lot(yard, live_server)
    assert lot.magnet_grams == 411_600

    regulator = sign_in(open_page(), live_server.url, cast.national_regulator)
    real_worker.wait_until(lambda: lot.flags.filter(closed_at=None, announced_at__isnull=False).exists())
    regulator.goto(live_server.url)
    expect(regulator.get_by_text(lot.reference)).to_be_visible()
    regulator.goto(f"{live_server.url}/reports/retention/")
    expect(regulator.get_by_text("no retention rate yet")).to_be_visible()

    planner = sign_in(open_page(), live_server.url, cast.short_loop_planner)
    round_ = _plan_and_confirm(planner, live_server, lot, cast)
    yard.goto(f"{live_server.url}/pickups/")
    expect(yard.get_by_text(round_.pickups.get().reference).first).to_be_visible()
    real_worker.wait_until(lambda: not lot.flags.filter(closed_at=None).exists())

    driver = sign_in(open_page(PHONE), live_server.url, cast.driver)
    _collect(driver, live_server, round_)
    _weigh_in_and_process(planner, live_server, lot)

    regulator.goto(f"{live_server.url}/reports/retention/?by=element")
    expect(regulator.locator(".lode-headline")).to_contain_text("96.3% of the magnet mass")
    lot.refresh_from_db()
    assert lot.state == "processed"
    assert first_broken_chain() is None
    totals = register_balances()
    assert (totals[Place.RETAINED], totals[Place.RESIDUE]) == (390_000, 15_000)
    assert totals[Place.REVISION] == 6_600
    assert timezone.now() - lot.logged_at < dt.timedelta(minutes=10)
