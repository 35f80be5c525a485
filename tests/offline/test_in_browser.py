"""Logging lots on a phone whose signal comes and goes: a real browser at the end of a cable that is really cut."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from collection.models import CustodyEntry, Event, Lot, LotPhoto, ReservedReference
from tests.browser import assert_accessible, assert_fits, fill_in_sign_in
from tests.cable import Cable
from tests.cast import Cast
from tests.offline.phones import GetPhone, photo, ready

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_reference")]

NUMBER = re.compile(r"LOT-\d\d-\d{6}")


def _go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def _answer_up_to_amount(page: Page) -> None:
    page.get_by_label("WEEE stream").check()
    _go_on(page)
    page.get_by_label("What is it?").fill("hard drives")
    page.get_by_role("option", name=re.compile("3.5 inch desktop")).click()
    _go_on(page)


def _answer_after_amount(page: Page) -> None:
    page.get_by_label("Intact, as it came out").check()
    _go_on(page)
    page.get_by_label("Govan yard").check()
    _go_on(page)
    page.get_by_label("From today").check()
    _go_on(page)
    page.get_by_label("Sell to a UK recycler").check()
    _go_on(page)


def _log_without_signal(page: Page, quantity: str, *, photos: int = 0) -> str:
    """From the first question to the last button; the number to write on the lot."""
    page.goto("/log/")
    _answer_up_to_amount(page)
    page.get_by_label("How much?").fill(quantity)
    _go_on(page)
    _answer_after_amount(page)
    if photos:
        page.get_by_label("Add photos").set_input_files([photo(f"{n}") for n in range(photos)])
        expect(page.get_by_role("img")).to_have_count(photos)
    _go_on(page)
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    number = page.get_by_text(NUMBER).inner_text()
    page.get_by_role("button", name="Log this lot").click()
    expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    return number


def _send(page: Page) -> None:
    page.goto("/on-this-phone/")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()


def _lots() -> list[tuple[str, int, int]]:
    """Reference, quantity and number of photos of every lot, in the order in which they came."""
    lots = Lot.unscoped.order_by("pk").prefetch_related("photos")
    return [(lot.reference, int(lot.quantity), lot.photos.count()) for lot in lots]


def test_cut_in_the_middle_of_the_form_nothing_typed_is_lost(
    get_phone: GetPhone, cable: Cable, cast: Cast, tmp_path: Path
) -> None:
    """Begun with signal, gone on with without it; the browser closed, the session over; sent once."""
    page = get_phone(kept_in=tmp_path)
    ready(page, cast.scrapyard)
    page.goto("/log/")
    _answer_up_to_amount(page)
    page.get_by_label("How much?").fill("120")
    cable.cut()
    _go_on(page)

    expect(page.get_by_role("heading", name="What state is it in?")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    _go_on(page)
    expect(page.get_by_role("link", name="Choose what state it is in")).to_be_visible()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_label("How much?")).to_have_value("120")
    _go_on(page)
    _answer_after_amount(page)
    _go_on(page)
    number = page.get_by_text(NUMBER).inner_text()
    assert_accessible(page)
    page.get_by_role("button", name="Log this lot").click()
    expect(page.get_by_text("There is no signal.")).to_be_visible()
    page.context.close()

    page = get_phone(kept_in=tmp_path)
    page.goto("/")
    expect(page.get_by_text("Hard disk drive, 3.5 inch desktop: 120")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_role("link", name="Change: How much").click()
    page.get_by_label("How much?").fill("125")
    _go_on(page)
    expect(page.get_by_text(number)).to_be_visible()
    page.get_by_role("button", name="Log this lot").click()
    expect(page.get_by_text("Hard disk drive, 3.5 inch desktop: 125")).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    cable.mend()
    page.get_by_role("button", name="Send now").click()
    page.get_by_role("button", name="Sign in again").click()
    fill_in_sign_in(page, cast.scrapyard)

    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    assert _lots() == [(number, 125, 0)]
    logged = Event.objects.get()
    assert logged.at < logged.recorded_at


def test_cut_in_the_middle_of_an_upload_sends_every_lot_and_photo_once_and_in_order(
    get_phone: GetPhone, cable: Cable, cast: Cast
) -> None:
    page = get_phone()
    ready(page, cast.scrapyard)
    cable.cut()
    numbers = [_log_without_signal(page, "120", photos=2), _log_without_signal(page, "7", photos=1)]
    cable.cut_within("/photos/")
    cable.mend()
    page.get_by_role("button", name="Send now").click()
    cable.wait_until_cut(page)
    expect(page.get_by_text("There is no signal.")).to_be_visible()
    assert _lots() == [(numbers[0], 120, 0)], "the lot is in; its photos are not, and nothing overtook it"
    expect(page.get_by_text("2 photos still to send")).to_be_visible()

    cable.mend()
    _send(page)
    assert _lots() == [(numbers[0], 120, 2), (numbers[1], 7, 1)]


@pytest.mark.parametrize("request_cut", ["POST /queue/lots/ ", "POST /log/"], ids=["queued", "with signal"])
def test_an_answer_lost_on_the_way_back_makes_no_second_lot(
    get_phone: GetPhone, cable: Cable, cast: Cast, request_cut: str
) -> None:
    page = get_phone()
    ready(page, cast.scrapyard)
    if request_cut == "POST /log/":
        page.goto("/log/")
        _answer_up_to_amount(page)
        page.get_by_label("How much?").fill("120")
        _go_on(page)
        _answer_after_amount(page)
        _go_on(page)
        expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
        cable.cut_before_answer(request_cut)
        page.get_by_role("button", name="Log this lot").click()
    else:
        cable.cut()
        _log_without_signal(page, "120")
        cable.cut_before_answer(request_cut)
        cable.mend()
        page.get_by_role("button", name="Send now").click()
    cable.wait_until_cut(page)
    expect(page.get_by_text("There is no signal.")).to_be_visible()
    expect(page.get_by_text("Hard disk drive, 3.5 inch desktop: 120")).to_be_visible()
    assert Lot.unscoped.count() == 1, "the register has it; the phone does not know"

    cable.mend()
    _send(page)
    assert Lot.unscoped.count() == CustodyEntry.unscoped.count() == 1


def test_two_phones_without_signal_at_once_share_nothing(
    get_phone: GetPhone, cable: Cable, cast: Cast
) -> None:
    """The same person on two phones: numbers of their own; what looks the same is decided by the person."""
    phones = [get_phone(), get_phone()]
    for page in phones:
        ready(page, cast.scrapyard)
    cable.cut()
    numbers = [_log_without_signal(page, "120", photos=1) for page in phones]
    assert len(set(numbers)) == 2

    phones[1].context.set_offline(True)
    cable.mend()
    _send(phones[0])
    phones[1].context.set_offline(False)
    phones[1].goto("/on-this-phone/")
    expect(phones[1].get_by_text("This may have been logged already.")).to_be_visible()
    expect(phones[1].get_by_role("link", name=numbers[0])).to_be_visible()
    assert_accessible(phones[1])
    phones[1].get_by_role("button", name="It is another lot: log it").click()
    expect(phones[1].get_by_text("Nothing waits.")).to_be_visible()

    assert _lots() == [(number, 120, 1) for number in numbers]
    assert ReservedReference.objects.exclude(used_at=None).count() == 2


def test_a_product_typed_and_not_chosen_is_asked_again_where_the_amount_can_still_be_counted(
    get_phone: GetPhone, cable: Cable, cast: Cast
) -> None:
    page = get_phone()
    ready(page, cast.scrapyard)
    cable.cut()
    page.goto("/log/")
    page.get_by_label("WEEE stream").check()
    _go_on(page)
    page.get_by_label("What is it?").fill("hard drives")
    _go_on(page)

    page.get_by_role("link", name="Choose from the list which product it is").click()
    assert_accessible(page)
    page.get_by_role("option", name=re.compile("3.5 inch desktop")).click()
    _go_on(page)
    expect(page.get_by_label("How much?")).to_be_visible()


def test_what_the_register_refuses_is_mended_on_the_phone(
    get_phone: GetPhone, cable: Cable, cast: Cast
) -> None:
    page = get_phone()
    ready(page, cast.scrapyard)
    cable.cut()
    number = _log_without_signal(page, "as many as fit")
    cable.mend()
    page.goto("/on-this-phone/")
    expect(page.get_by_text("Needs you")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="Change", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("as many as fit")
    expect(page.get_by_label("How much?")).to_have_value("as many as fit")
    assert_accessible(page)
    page.get_by_label("How much?").fill("40")
    _go_on(page)
    page.get_by_role("button", name="Log this lot").click()
    expect(page.get_by_role("heading", name="Lot logged")).to_be_visible()

    assert _lots() == [(number, 40, 0)]


def test_nobody_else_on_the_phone_sees_or_sends_it(get_phone: GetPhone, cable: Cable, cast: Cast) -> None:
    page = get_phone()
    ready(page, cast.scrapyard)
    cable.cut()
    _log_without_signal(page, "120")
    page.goto("/log/offline/")
    expect(page.get_by_role("heading", name="Where does it come from?")).to_be_visible()
    cable.mend()
    # Sent while nobody looked would be no proof: only signing out is allowed through.
    page.route("**/queue/**", lambda route: route.abort())
    page.goto("/lots/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    cable.cut()
    page.goto("/log/offline/")
    expect(page.get_by_text("Nobody is signed in on this phone.")).to_be_visible()
    expect(page.get_by_text("Hard disk drive")).to_have_count(0)
    cable.mend()
    page.unroute_all()

    ready(page, cast.turbine_dismantler)
    page.goto("/on-this-phone/")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    expect(page.get_by_text("Hard disk drive")).to_have_count(0)
    assert Lot.unscoped.count() == 0
    page.goto("/lots/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    ready(page, cast.scrapyard)
    _send(page)
    assert [quantity for _reference, quantity, _photos in _lots()] == [120]


def test_the_signal_s_return_is_enough_and_removing_asks_first(
    get_phone: GetPhone, cable: Cable, cast: Cast
) -> None:
    page = get_phone()
    ready(page, cast.scrapyard)
    page.context.set_offline(True)
    cable.cut()
    _log_without_signal(page, "120")
    _log_without_signal(page, "60")
    page.get_by_role("listitem").filter(has_text="120").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("It has not been sent and cannot be brought back.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("Hard disk drive, 3.5 inch desktop: 120")).to_have_count(0)

    cable.mend()
    page.context.set_offline(False)

    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    assert [quantity for _reference, quantity, _photos in _lots()] == [60]


# The phone is asked what it keeps so slowly that an upload breaks off first.
SLOW_PHONE = """
const register = ServiceWorkerContainer.prototype.register;
ServiceWorkerContainer.prototype.register = function (...given) {
  return new Promise((done) => setTimeout(done, 5_000)).then(() => register.apply(this, given));
};
"""


@pytest.mark.parametrize("phone", ["quick", "slow"])
@pytest.mark.parametrize("cut_off", ["on its way", "before the answer"])
def test_a_photo_cut_off_on_the_page_with_signal_is_kept_and_sent(
    get_phone: GetPhone, cable: Cable, cast: Cast, phone: str, cut_off: str
) -> None:
    page = get_phone()
    ready(page, cast.scrapyard)
    if phone == "slow":
        page.add_init_script(SLOW_PHONE)
    page.goto("/log/")
    _answer_up_to_amount(page)
    page.get_by_label("How much?").fill("120")
    _go_on(page)
    _answer_after_amount(page)
    if cut_off == "on its way":
        cable.cut_within("/photos/")
    else:
        cable.cut_before_answer("/photos/")
    page.get_by_label("Add photos").set_input_files([photo("load")])
    expect(page.get_by_text("Kept on this phone; sent when there is signal")).to_be_visible()
    _go_on(page)
    page.get_by_role("button", name="Log this lot").click()
    expect(page.get_by_text("There is no signal.")).to_be_visible()

    cable.mend()
    _send(page)
    assert [(quantity, photos) for _reference, quantity, photos in _lots()] == [(120, 1)]
    assert LotPhoto.objects.count() == 1


def test_back_to_a_refused_form_asks_it_again_and_keeps_nothing_as_unsent(
    get_phone: GetPhone, cast: Cast
) -> None:
    page = get_phone()
    ready(page, cast.scrapyard)
    page.goto("/log/")
    _answer_up_to_amount(page)
    for quantity in ("as many as fit", "40"):
        page.get_by_label("How much?").fill(quantity)
        _go_on(page)
    expect(page.get_by_role("heading", name="What state is it in?")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("How much?")).to_be_visible()
    assert "/offline/" not in page.url
