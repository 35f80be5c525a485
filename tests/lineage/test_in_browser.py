"""A lot taken apart in a real browser, on a phone and by keyboard; and every page of it judged by axe."""

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from collection.models import Dismantling
from tests.browser import DESK, PHONE, OpenPage, assert_well, sign_in
from tests.cast import Cast
from tests.journey.lots import log

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_reference")]


def test_a_lot_is_taken_apart_by_keyboard_on_a_phone(
    open_page: OpenPage, live_server: LiveServer, cast: Cast
) -> None:
    lot = log(cast.scrapyard)
    page = open_page(PHONE)
    sign_in(page, live_server.url, cast.scrapyard)
    page.goto(f"{live_server.url}/lots/{lot.reference}/take-apart/")
    expect(page.get_by_label("Magnets that came out")).to_have_value("1.656")
    assert_well(page)

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
    assert_well(page)
    assert Dismantling.objects.get().obstacles == ["glue"]


def test_evidence_learning_and_league_pages_are_accessible(
    open_page: OpenPage, live_server: LiveServer, cast: Cast
) -> None:
    lot = log(cast.scrapyard)
    page = open_page(DESK)
    sign_in(page, live_server.url, cast.scrapyard)

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
        assert_well(page)
    page.goto(f"{live_server.url}/lots/{lot.reference}/evidence/weighed/")
    page.get_by_label("Weight of the freed magnets").focus()
    page.keyboard.type("2.1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check what changes")).to_be_visible()
    assert_well(page)
    page.get_by_role("button", name="Replace the estimate").press("Enter")
    expect(page.get_by_text("the estimate of")).to_be_visible()
