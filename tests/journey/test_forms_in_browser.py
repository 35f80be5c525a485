"""Each kind of source has its own questions: walked in a real browser at phone width, with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from collection.actions.hold_points import record_hold_point
from collection.models import HoldPointRecord, Lot
from collection.rules.hold_points import HoldPoint
from tests.browser import PHONE, OpenPage, assert_accessible, assert_fits, sign_in
from tests.cast import Cast
from tests.journey.lots import NOW, log

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_reference")]

# Kind of source → its label, what is searched for, what is picked, the answers of its own page.
FORMS = {
    "vehicle": ("End-of-life vehicles", "battery-electric car traction motor", "Battery electric"),
    "wind": ("Wind turbine", "medium-speed", ""),
    "medical": ("MRI or medical equipment", "open mri", "Permanent magnets"),
    "defence": ("Defence", "gyro", ""),
}
NUMBERS = {
    "vehicle": ("VIN or registration plate", "AB12 CDE"),
    "wind": ("Turbine serial number", "WTG 1001"),
    "defence": ("NATO stock number", "6615-99-123-4567"),
}
HEADINGS = {
    "vehicle": "What vehicle does it come from?",
    "wind": "Which turbine does it come from?",
    "medical": "What makes the magnetic field?",
    "defence": "What does the stores record say?",
}


def _go_on(page: Page, *, scripts: bool) -> None:
    assert_fits(page)
    if scripts:
        assert_accessible(page)
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("kind", FORMS)
def test_the_form_of_each_kind_of_source(
    open_page: OpenPage, live_server: LiveServer, cast: Cast, kind: str, scripts: bool
) -> None:
    label, words, choice = FORMS[kind]
    page = open_page(PHONE, scripts=scripts)
    sign_in(page, live_server.url, cast.defence_officer if kind == "defence" else cast.scrapyard)
    page.goto(f"{live_server.url}/log/")
    page.get_by_label(label).check()
    _go_on(page, scripts=scripts)
    # Without a script the words are sent, and the matches come back to choose from.
    page.locator("input[name=product]").fill(words)
    if scripts:
        page.get_by_role("option").first.click()
        _go_on(page, scripts=scripts)
    else:
        page.get_by_role("button", name="Continue").click()
        if page.url.endswith("/product/"):
            page.locator("input[name=product-picked]").first.check()
            _go_on(page, scripts=scripts)

    expect(page.get_by_role("heading", name=HEADINGS[kind])).to_be_visible()
    if choice:
        page.get_by_label(choice).check()
    if kind in NUMBERS:
        page.get_by_label(NUMBERS[kind][0]).fill(NUMBERS[kind][1])
    _go_on(page, scripts=scripts)
    page.get_by_label("How much?").fill("1")
    _go_on(page, scripts=scripts)
    page.get_by_label("Intact, as it came out").check()
    _go_on(page, scripts=scripts)
    page.locator("input[name=place]").first.check()
    _go_on(page, scripts=scripts)
    page.get_by_label("From today").check()
    _go_on(page, scripts=scripts)
    page.get_by_label("Not decided yet").check()
    _go_on(page, scripts=scripts)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    page.get_by_role("button", name="Log this lot").click()
    expect(page.get_by_text("Lot logged")).to_be_visible()

    lot = Lot.unscoped.get()
    assert lot.source_kind == kind
    if kind == "defence":
        expect(page.get_by_text("On hold: no pickup yet")).to_be_visible()


def test_the_last_hold_point_opens_the_lot(open_page: OpenPage, live_server: LiveServer, cast: Cast) -> None:
    lot = log(cast.defence_officer, source_kind="defence", product_code="def_gyro_torquer")
    for point in list(HoldPoint)[:4]:
        record_hold_point(
            cast.defence_officer.viewer,
            lot.pk,
            point,
            evidence="Certificate 1",
            checked_by="Stores officer",
            checked_on=NOW.date(),
            at=NOW,
        )
    page = open_page(PHONE)
    sign_in(page, live_server.url, cast.defence_officer)
    page.goto(f"{live_server.url}/lots/{lot.reference}/hold-points/")
    assert_accessible(page)
    page.get_by_role("link", name="Disposal authority").click()
    assert_accessible(page)
    page.get_by_label("Evidence").fill("DA/2026/118")
    page.get_by_label("Who checked it").fill("Stores officer")
    page.get_by_role("button", name="Record").click()

    expect(page.get_by_text(re.compile("a pickup can be booked"))).to_be_visible()
    assert HoldPointRecord.objects.filter(lot=lot).count() == 5


def test_a_dealers_record_and_packing_are_added_from_the_check(
    open_page: OpenPage, live_server: LiveServer, cast: Cast
) -> None:
    log(cast.scrapyard, site_id=None, postcode="CA2")
    page = open_page(PHONE)
    sign_in(page, live_server.url, cast.scrapyard)
    page.goto(f"{live_server.url}/log/")
    page.get_by_role("button", name="Hard disk drive, 3.5 inch desktop").click()
    page.get_by_label("How much?").fill("60")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Scrap metal dealer’s record")).to_be_visible()
    assert_fits(page)
    page.get_by_role("button", name="Record it later").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(page.get_by_text("It waits on your home")).to_be_visible()

    page.get_by_role("link", name="Change dealer’s record").click()
    assert_accessible(page)
    for label, words in (
        ("Form of the metal", "Loose"),
        ("Condition", "Used"),
        ("Marks of earlier owners", "none"),
        ("Time", "14:30"),
        ("Full name of the seller", "Seller One"),
        ("Address of the seller", "1 Sample Street"),
        ("Number of the document", "D1"),
        ("Full name of whoever pays", "The cashier"),
        ("Evidence of the payment", "T1"),
    ):
        page.get_by_label(label).fill(words)
    page.get_by_label("Day", exact=True).fill("1")
    page.get_by_label("Month", exact=True).fill("6")
    page.get_by_label("Year", exact=True).fill("2026")
    page.get_by_label("UK photocard driving licence").check()
    page.get_by_label("Bank transfer").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("From Seller One")).to_be_visible()
    page.get_by_role("link", name="Add packing").click()
    assert_accessible(page)
    page.get_by_label("Solid pieces").check()
    page.locator("select[name=container_type]").select_option("PAL")
    page.get_by_label("How many containers?").fill("2")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("2 × Pallet")).to_be_visible()
    page.get_by_role("button", name="Log this lot").click()

    expect(page.get_by_text("Lot logged")).to_be_visible()
    lot = Lot.unscoped.order_by("-pk")[0]
    assert lot.dealer_records.get().seller_name == "Seller One"
    assert (lot.waste.container_type, lot.waste.container_count) == ("PAL", 2)
