"""Photos, papers and labels in a real browser at phone width, with scripts and without."""

import re

import pytest
from playwright.sync_api import Route, expect
from pytest_django.live_server_helper import LiveServer

from collection.models import LotPaper, LotPhoto
from tests.browser import PHONE, OpenPage, assert_accessible, assert_fits, sign_in
from tests.cast import Cast
from tests.documents.test_papers_of_lots import photo, ticket
from tests.journey.lots import log
from tests.papers import pictures_of, qr_texts

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_reference")]


PICTURES = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": photo() + bytes([n])} for n in (1, 2)]
TICKET = {"name": "ticket.pdf", "mimeType": "application/pdf", "buffer": ticket()}
PROGRAM = {"name": "setup.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}


def test_photos_are_sent_as_soon_as_they_are_chosen_and_a_lost_connection_is_tried_again(
    open_page: OpenPage, live_server: LiveServer, cast: Cast
) -> None:
    lot, page = log(cast.scrapyard), open_page(PHONE)
    sign_in(page, live_server.url, cast.scrapyard)
    page.goto(f"{live_server.url}/lots/{lot.reference}/photos/")
    is_cut = True

    def cut_once(route: Route) -> None:
        nonlocal is_cut
        if is_cut and route.request.method == "POST":
            is_cut = False
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route(re.compile(r"/photos/$"), cut_once)
    page.get_by_label("Add photos").set_input_files(PICTURES[:1])

    expect(page.get_by_text("Not sent: no connection.")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    page.get_by_role("button", name="Try again: 1.jpg").click()

    expect(page.get_by_alt_text("Photo just added")).to_be_visible()
    assert LotPhoto.objects.filter(lot=lot).count() == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_papers_are_added_several_at_once_and_the_bad_one_is_named(
    open_page: OpenPage, live_server: LiveServer, cast: Cast, scripts: bool
) -> None:
    lot, page = log(cast.scrapyard), open_page(PHONE, scripts=scripts)
    sign_in(page, live_server.url, cast.scrapyard)
    page.goto(f"{live_server.url}/lots/{lot.reference}/")
    page.get_by_role("link", name="Add papers").click()
    page.get_by_label("Weighbridge ticket").check()
    page.get_by_label("Files").set_input_files([TICKET, PROGRAM, PICTURES[0]])
    page.get_by_label("Number on it").fill("4711")
    assert_fits(page)
    page.get_by_role("button", name="Add papers").click()

    expect(page.get_by_text("“setup.exe” is neither a PDF nor a photo we can read").first).to_be_visible()
    assert_fits(page)
    if scripts:
        assert_accessible(page)
        page.get_by_role("button", name="Leave it out: setup.exe").click()
        page.get_by_role("link", name="Back").click()
    else:
        page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("link", name="Weighbridge ticket 4711")).to_have_count(2)
    assert LotPaper.objects.filter(lot=lot).count() == 2


def test_a_missing_answer_is_asked_for_by_the_page_itself(
    open_page: OpenPage, live_server: LiveServer, cast: Cast
) -> None:
    lot, page = log(cast.scrapyard), open_page(PHONE)
    sign_in(page, live_server.url, cast.scrapyard)
    page.goto(f"{live_server.url}/lots/{lot.reference}/papers/")
    page.get_by_label("Files").set_input_files([TICKET])
    page.get_by_role("button", name="Add papers").click()

    expect(page.get_by_role("link", name="Choose what kind of paper it is")).to_be_visible()
    assert LotPaper.objects.count() == 0


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_labels_come_as_a_pdf_and_a_scanned_one_opens_the_lot(
    open_page: OpenPage, live_server: LiveServer, cast: Cast, scripts: bool
) -> None:
    lot, page = log(cast.scrapyard), open_page(PHONE, scripts=scripts)
    sign_in(page, live_server.url, cast.scrapyard)
    page.goto(f"{live_server.url}/lots/{lot.reference}/")
    page.get_by_role("link", name="Print labels").click()
    page.get_by_label("How many containers?").fill("2")
    page.get_by_label("62 mm roll").check()
    assert_fits(page)
    if scripts:
        assert_accessible(page)
    form = page.evaluate(
        "Object.fromEntries(new FormData(document.querySelector('form[data-guard]')).entries())"
    )
    answer = page.request.post(page.url, form=form, headers={"Referer": page.url})
    first, second = qr_texts(pictures_of(answer.body()))
    assert first != second
    page.goto(live_server.url + first.removeprefix("http://localhost:8000"))
    expect(page.get_by_text(lot.reference).first).to_be_visible()
