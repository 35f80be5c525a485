"""A lot taken apart in a real browser, on a phone and by keyboard; and every page of it judged by axe."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from collection.models import Dismantling
from tests.browser import DESK, PHONE, OpenPage, assert_accessible
from tests.cast import PASSWORD, Cast, Person
from tests.journey.lots import log

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_reference")]


def _sign_in(page: Page, server: LiveServer, person: Person) -> None:
    page.goto(f"{server.url}/sign-in/")
    page.get_by_label("E-mail address").fill(person.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="What waits for you today")).to_be_visible()


def _fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert_accessible(page)


def test_a_lot_is_taken_apart_by_keyboard_on_a_phone(
    open_page: OpenPage, live_server: LiveServer, cast: Cast
) -> None:
    lot = log(cast.scrapyard)
    page = open_page(PHONE)
    _sign_in(page, live_server, cast.scrapyard)
    page.goto(f"{live_server.url}/lots/{lot.reference}/take-apart/")
    expect(page.get_by_label("Magnets that came out")).to_have_value("1.656")
    _fits(page, PHONE["width"])

    page.get_by_label("Maker").focus()
    for typed in ("Alder Drives", "P 1", None, "240"):
        if typed:
            page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_label("Of these, unbroken").fill("1.2")
    page.keyboard.press("Enter")

    expect(page.get_by_text("was taken apart: 1.656 kg of magnets are now")).to_be_visible()
    expect(page.get_by_role("heading", name="The balance")).to_be_visible()
    _fits(page, PHONE["width"])
    assert Dismantling.objects.get().obstacles == ["glue"]


def test_evidence_learning_and_league_pages_are_accessible(
    open_page: OpenPage, live_server: LiveServer, cast: Cast
) -> None:
    lot = log(cast.scrapyard)
    page = open_page(DESK)
    _sign_in(page, live_server, cast.scrapyard)

    for address in (
        f"/lots/{lot.reference}/",
        f"/lots/{lot.reference}/evidence/",
        f"/lots/{lot.reference}/evidence/weighed/",
        f"/lots/{lot.reference}/evidence/opened/",
        f"/lots/{lot.reference}/evidence/certificate/",
        f"/lots/{lot.reference}/evidence/xrf/",
        f"/lots/{lot.reference}/sampling/",
        f"/lots/{lot.reference}/split/",
        "/catalogue/",
        "/catalogue/prices/",
        "/catalogue/learning/",
        "/catalogue/disassembly/",
    ):
        page.goto(f"{live_server.url}{address}")
        _fits(page, DESK["width"])
    page.goto(f"{live_server.url}/lots/{lot.reference}/evidence/weighed/")
    page.get_by_label("Weight of the freed magnets").focus()
    page.keyboard.type("2.1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check what changes")).to_be_visible()
    _fits(page, DESK["width"])
    page.get_by_role("button", name="Replace the estimate").press("Enter")
    expect(page.get_by_text("the estimate of")).to_be_visible()
