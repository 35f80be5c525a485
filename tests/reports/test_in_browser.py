"""A regulator in a real browser: from the report along a figure to its entries and a lot; and the pages' fit."""

import datetime as dt

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.browser import DESK, PHONE, OpenPage, assert_accessible, assert_fits, sign_in
from tests.cast import Cast
from tests.reports.ledger import FIRST_DAY, Line, Register

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_reference")]


def _period() -> str:
    return f"from={FIRST_DAY}&to={FIRST_DAY + dt.timedelta(days=120)}"


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_regulator_follows_a_figure_to_its_entries_and_the_lot(
    open_page: OpenPage, live_server: LiveServer, cast: Cast, viewport: dict[str, int]
) -> None:
    register = Register()
    parts = [(3, 1, 2, 9_000), (20, 2, 5, 6_000), (40, 2, 7, 2_500)]
    register.write(
        Line(
            day=day,
            from_place=a,
            to_place=b,
            grams=grams,
            region=0,
            sector=1,
            product=0,
            holder=0,
            receiver=-1,
        )
        for day, a, b, grams in parts
    )
    page = open_page(viewport)
    sign_in(page, live_server.url, cast.national_regulator)
    page.goto(f"{live_server.url}/reports/retention/?{_period()}&by=month")
    assert_accessible(page)
    expect(page.locator(".lode-headline__figure")).to_have_text("70.6%")

    page.get_by_label("Lines by").select_option(label="Region")
    page.get_by_role("button", name="Show").click()
    assert_fits(page)
    assert_accessible(page)
    page.get_by_role("link", name=f"Retained, {register.regions[0].name}: 6 kg").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Retained: 6 kg")
    expect(page.get_by_text("6.000 kg, the sum of 1 custody entry")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name=register.lot.reference).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith(f"/lots/{register.lot.reference}/")

    for path in ("/", "/reports/at-risk/"):
        page.goto(live_server.url + path)
        assert_accessible(page)
        assert_fits(page)
