"""The journey in a real browser at phone width: with scripts, without them, and with taps counted."""

import io
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from collection.models import Lot, LotPhoto
from tests.browser import PHONE, OpenPage, assert_accessible, assert_fits, sign_in
from tests.cast import PASSWORD, Cast
from tests.journey.lots import log

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_reference")]

MOST_TAPS = 8
MOST_SECONDS = 60


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_first_lot_from_home_to_its_page(
    open_page: OpenPage, live_server: LiveServer, cast: Cast, scripts: bool
) -> None:
    page = open_page(PHONE, scripts=scripts)
    sign_in(page, live_server.url, cast.scrapyard)

    def go_on() -> None:
        assert_fits(page)
        if scripts:
            assert_accessible(page)
        page.get_by_role("button", name="Continue").click()

    page.get_by_role("button", name="Log a lot").click()
    page.get_by_label("Scrapyard").check()
    go_on()
    expect(page.get_by_role("heading", name="What is it?")).to_be_visible()
    page.get_by_label("What is it?").fill("hard drive")
    if scripts:
        page.get_by_role("option", name=re.compile("3.5 inch desktop")).click()
    else:
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("There is a problem")).to_be_visible()
        page.get_by_label("Hard disk drive, 3.5 inch desktop").check()
    go_on()
    page.get_by_label("How much?").fill("120")
    page.get_by_label("Gross weight, with pallet and packing").fill("84,5 kg")
    go_on()
    page.get_by_label("Intact, as it came out").check()
    page.get_by_label("Build year").fill("2014")
    go_on()
    page.get_by_label("Govan yard").check()
    go_on()
    page.get_by_label("From today").check()
    go_on()
    page.get_by_label("Sell to a UK recycler").check()
    go_on()
    page.get_by_label("Add photos").set_input_files(
        [
            {"name": "one.jpg", "mimeType": "image/jpeg", "buffer": _photo("navy")},
            {"name": "two.jpg", "mimeType": "image/jpeg", "buffer": _photo("teal")},
        ]
    )
    go_on()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(page.get_by_text("Gross 84.5 kg")).to_be_visible()
    assert_fits(page)
    page.get_by_role("button", name="Log this lot").click()

    expect(page.get_by_role("heading", name="Lot logged")).to_be_visible()
    lot = Lot.unscoped.get()
    expect(page.get_by_text(lot.reference).first).to_be_visible()
    assert LotPhoto.objects.filter(lot=lot).count() == 2
    assert_fits(page)
    if scripts:
        expect(page.get_by_text("Chance that it is exported")).to_be_visible()
        assert_accessible(page)


def _photo(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(buffer, "JPEG")
    return buffer.getvalue()


class Taps:
    """Counts what a thumb does. Typing is not tapping; waiting for a page is in the clock."""

    def __init__(self, page: Page) -> None:
        self.page, self.count, self.started = page, 0, time.monotonic()

    def on(self, what: object) -> None:
        self.count += 1
        what.tap()  # type: ignore[attr-defined]

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_regular_user_logs_a_usual_lot_in_four_taps(
    open_page: OpenPage, live_server: LiveServer, cast: Cast, scripts: bool
) -> None:
    log(cast.scrapyard)
    page = open_page(PHONE, scripts=scripts)
    sign_in(page, live_server.url, cast.scrapyard)
    taps = Taps(page)

    taps.on(page.get_by_role("button", name=re.compile("^Hard disk drive, 3.5 inch desktop")))
    taps.on(page.get_by_label("How much?"))
    page.keyboard.type("85", delay=40)
    taps.on(page.get_by_role("button", name="Continue"))
    taps.on(page.get_by_role("button", name="Log this lot"))
    expect(page.get_by_role("heading", name="Lot logged")).to_be_visible()

    assert taps.count <= 4
    assert taps.seconds < MOST_SECONDS
    assert Lot.unscoped.filter(quantity=85).count() == 1


def test_a_regular_user_logs_a_product_new_to_them_within_eight_taps(
    open_page: OpenPage, live_server: LiveServer, cast: Cast
) -> None:
    log(cast.scrapyard)
    page = open_page(PHONE)
    sign_in(page, live_server.url, cast.scrapyard)
    taps = Taps(page)

    taps.on(page.get_by_role("button", name="Log a lot"))
    taps.on(page.get_by_label("Something else"))
    page.keyboard.type("e-bike hub", delay=40)
    taps.on(page.get_by_role("option", name=re.compile("E-bike hub motor")))
    taps.on(page.get_by_role("button", name="Continue"))
    expect(page.get_by_label("How much?")).to_be_focused()
    page.keyboard.type("12", delay=40)
    taps.on(page.get_by_role("button", name="Continue"))
    taps.on(page.get_by_label("Intact, as it came out"))
    taps.on(page.get_by_role("button", name="Continue"))
    taps.on(page.get_by_role("button", name="Log this lot"))
    expect(page.get_by_role("heading", name="Lot logged")).to_be_visible()

    assert taps.count <= MOST_TAPS
    assert taps.seconds < MOST_SECONDS
    assert Lot.unscoped.filter(product__code="lev_ebike_hub_motor").count() == 1


def test_a_session_lost_half_way_loses_nothing(
    open_page: OpenPage, live_server: LiveServer, cast: Cast
) -> None:
    page = open_page(PHONE)
    sign_in(page, live_server.url, cast.scrapyard)
    log(cast.scrapyard)
    page.goto(f"{live_server.url}/log/")
    page.get_by_role("button", name="Hard disk drive, 3.5 inch desktop").click()
    page.get_by_label("How much?").fill("4321")
    page.context.clear_cookies(name="sessionid")

    page.get_by_role("button", name="Continue").click()
    page.get_by_label("E-mail address").fill(cast.scrapyard.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_label("How much?")).to_have_value("4321")
    expect(page.get_by_text("What you typed is still here")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
