"""Logging lots on a phone whose signal comes and goes, in a real browser at the end of a real cable."""

import re

import pytest
from playwright.sync_api import Page, expect

from collection.models import Lot
from tests.cable import Cable
from tests.cast import Cast
from tests.offline.phones import GetPhone, photo, ready

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_reference")]


def _go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def _log(page: Page, quantity: str, *, photos: int = 0) -> None:
    """From the first question to the last button, on a phone without signal."""
    page.get_by_label("Waste electrical").or_(page.get_by_label("WEEE")).first.check()
    _go_on(page)
    page.get_by_label("What is it?").fill("hard drive")
    page.get_by_role("option", name=re.compile("3.5 inch desktop")).click()
    _go_on(page)
    page.get_by_label("How much?").fill(quantity)
    _go_on(page)
    page.get_by_label("Intact, as it came out").check()
    _go_on(page)
    page.get_by_label("Govan yard").check()
    _go_on(page)
    page.get_by_label("From today").check()
    _go_on(page)
    page.get_by_label("Sell to a UK recycler").check()
    _go_on(page)
    if photos:
        page.get_by_label("Add photos").set_input_files([photo(f"{n}") for n in range(photos)])
        expect(page.get_by_role("img")).to_have_count(photos)
    _go_on(page)
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    page.get_by_role("button", name="Log this lot").click()


def test_lots_logged_without_signal_are_sent_in_order_when_it_returns(
    get_phone: GetPhone, cable: Cable, cast: Cast
) -> None:
    page = get_phone()
    ready(page, cast.scrapyard)
    cable.cut()
    page.get_by_role("link", name="Log a lot").or_(page.get_by_role("button", name="Log a lot")).click()
    page.screenshot(path="/tmp/shots/offline/first.png")
    _log(page, "120", photos=2)
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    page.screenshot(path="/tmp/shots/offline/queue.png")
    assert Lot.unscoped.count() == 0
    cable.mend()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    page.screenshot(path="/tmp/shots/offline/sent.png")
    assert Lot.unscoped.get().photos.count() == 2
