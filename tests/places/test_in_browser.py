"""A pin, a template and a watched source at phone width, with scripts and without."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from collection.models import Lot, LotTemplate, Site, WatchedSource
from collection.rules.geodesy import great_circle_metres
from tests.browser import PHONE, OpenPage, assert_accessible, assert_fits, sign_in
from tests.cast import Cast
from tests.journey.lots import log

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_reference")]

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


def _is_fit(page: Page, *, scripts: bool) -> None:
    assert_fits(page)
    if scripts:
        assert_accessible(page)


@BOTH
def test_a_place_without_a_postcode_is_put_on_the_map_by_pressing_it(
    open_page: OpenPage, live_server: LiveServer, cast: Cast, scripts: bool
) -> None:
    page = open_page(PHONE, scripts=scripts)
    sign_in(page, live_server.url, cast.scrapyard)
    page.goto(f"{live_server.url}/places/new/")
    page.get_by_label("What you call it").fill("Field yard")
    page.get_by_role("button", name="Save place").click()
    expect(page.get_by_text("Field yard is saved. Now put it on the map.")).to_be_visible()
    _is_fit(page, scripts=scripts)
    # The whole kingdom first: Glasgow lies a little above and left of its middle.
    page.get_by_role("button", name="Map, 1300 km wide").click(position={"x": 143, "y": 135})
    expect(page.get_by_role("button", name="Map, 320 km wide")).to_be_visible()
    # Pressing where the pin is already looks closer as well.
    box = page.get_by_role("button", name="Map, 320 km wide").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 160, box["y"] + 160)
    expect(page.get_by_role("button", name="Map, 80 km wide")).to_be_visible()
    _is_fit(page, scripts=scripts)
    if scripts:
        pin = page.locator(".lode-pin__pin").bounding_box()
        assert pin is not None
        x, y = pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y, steps=4)
        page.mouse.up()
    before = page.locator("input[name=lat]").input_value(), page.locator("input[name=lon]").input_value()
    page.get_by_role("button", name="Save this point").last.click()

    expect(page.get_by_text("Field yard is on the map")).to_be_visible()
    site = Site.unscoped.get(name="Field yard")
    assert site.precision == "exact"
    assert (f"{site.lat:.4f}", f"{site.lon:.4f}") == tuple(f"{float(part):.4f}" for part in before)
    assert float(great_circle_metres(site.lat, site.lon, 55.86, -4.25)) < 120_000


@BOTH
def test_a_source_is_watched_and_its_lot_logged_when_it_has_arisen(
    open_page: OpenPage, live_server: LiveServer, cast: Cast, scripts: bool
) -> None:
    page = open_page(PHONE, scripts=scripts)
    sign_in(page, live_server.url, cast.turbine_dismantler)
    page.goto(f"{live_server.url}/watched/")
    page.get_by_role("button", name="Watch a source").click()
    page.get_by_label("What is it called?").fill("Turbine 7 at Hill Farm")
    page.get_by_label("Wind turbine").check()
    page.get_by_label("What will arise?").fill("Direct-drive PMSG turbine, onshore")
    if scripts:
        page.get_by_role("option", name="Direct-drive PMSG turbine, onshore").click()
    page.get_by_label("How much?").fill("6 MW")
    page.get_by_label("Year it is expected").fill("2060")
    page.get_by_label("Where is it?").select_option(label="Tyneside depot")
    _is_fit(page, scripts=scripts)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Turbine 7 at Hill Farm")).to_be_visible()
    expect(page.get_by_text("3.9 t").first).to_be_visible()
    _is_fit(page, scripts=scripts)
    page.get_by_role("button", name="It has arisen: log the lot").click()

    # What is known is not asked again; how much there really is, is.
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    watched = WatchedSource.unscoped.get()
    assert watched.drafts.get().answers["pages"]["product"]["product-picked"] == "wind_dd_pmsg_onshore"
    page.goto(f"{live_server.url}/watched/ahead/")
    expect(page.get_by_role("heading", name="What the years ahead should bring")).to_be_visible()
    _is_fit(page, scripts=scripts)
    assert Lot.unscoped.count() == 0


@BOTH
def test_a_template_is_saved_from_a_lot_and_picked_with_one_tap(
    open_page: OpenPage, live_server: LiveServer, cast: Cast, scripts: bool
) -> None:
    lot, page = log(cast.scrapyard), open_page(PHONE, scripts=scripts)
    sign_in(page, live_server.url, cast.scrapyard)
    page.goto(f"{live_server.url}/lots/{lot.reference}/")
    page.get_by_role("link", name="Save as a template").click()
    page.get_by_label("Name of the template").fill("Govan drives")
    _is_fit(page, scripts=scripts)
    page.get_by_role("button", name="Save template").click()
    expect(page.get_by_text("Govan drives is saved as a template")).to_be_visible()
    assert LotTemplate.objects.count() == 1
    page.goto(f"{live_server.url}/log/")
    _is_fit(page, scripts=scripts)
    page.get_by_role("button", name="Govan drives").click()

    expect(page.get_by_label("How much?")).to_be_visible()
