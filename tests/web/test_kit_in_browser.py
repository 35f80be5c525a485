"""The kit in a real browser: it looks the same with and without scripts, and can be used by everybody."""

from collections.abc import Iterator

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import expect

from tests.browser import DESK, PHONE, OpenPage, assert_accessible, assert_fits

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The styleguide on a server of its own; it needs no database."""
    with override_settings(DEBUG=True, ALLOWED_HOSTS=["127.0.0.1"]):
        server = LiveServerThread("127.0.0.1", StaticFilesHandler, port=0)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        assert server.error is None
        yield f"http://127.0.0.1:{server.port}/styleguide/"
        server.terminate()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("part", ["", "?question=1"], ids=["everything", "question"])
def test_every_component_is_accessible_and_fits_the_screen(
    open_page: OpenPage, address: str, viewport: dict[str, int], part: str
) -> None:
    page = open_page(viewport)
    page.goto(address + part)
    assert_accessible(page)
    assert_fits(page)
    page.locator("main form button.govuk-button").last.click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    assert_accessible(page)


@pytest.mark.parametrize(
    "path", ["sign-in/", "sign-in/forgotten/", "about/data-sources/", "about/accessibility/"]
)
def test_pages_for_strangers_are_accessible_on_a_phone(open_page: OpenPage, address: str, path: str) -> None:
    page = open_page(PHONE)
    page.goto(address.removesuffix("styleguide/") + path)
    assert_accessible(page)
    assert_fits(page)


def test_every_control_is_large_enough_for_a_glove(open_page: OpenPage, address: str) -> None:
    page = open_page(PHONE)
    page.goto(address)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, .govuk-button, input:not([type=hidden]), select")]
            .filter((one) => one.checkVisibility())
            .map((one) => [one.name || one.textContent.trim(), one.getBoundingClientRect().height])
            .filter(([, height]) => height < 44)"""
    )
    # Radios and checkboxes are 44 units with their label, which the design draws at exactly that size.
    assert small == []
    for button in page.locator(".lode-button--main").all():
        assert (button.bounding_box() or {})["height"] >= 56


def test_the_error_summary_takes_focus_and_its_links_reach_the_inputs(
    open_page: OpenPage, address: str
) -> None:
    page = open_page(PHONE)
    page.goto(address)
    page.get_by_label("Gross mass").fill("1,5 t")
    page.get_by_role("button", name="Check answers").click()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Gross mass must be a number").click()
    expect(page.get_by_label("Gross mass")).to_be_focused()
    expect(page.get_by_label("Gross mass")).to_have_value("1,5 t")


def test_a_choice_reveals_its_question(open_page: OpenPage, address: str) -> None:
    page = open_page()
    page.goto(address)
    country = page.get_by_label("Country it would go to")
    expect(country).to_be_hidden()
    page.get_by_label("Export it").check()
    expect(country).to_be_visible()


def test_search_as_you_type_is_a_combobox_for_the_keyboard(open_page: OpenPage, address: str) -> None:
    page = open_page(PHONE)
    page.goto(address)
    box = page.get_by_role("combobox", name="What is it?")
    box.press_sequentially("disk")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    assert_accessible(page)
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("Hard drive, 2.5 inch")
    expect(page.locator("input[name=product-picked]")).to_have_value("hdd-laptop")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("Backspace")
    expect(page.locator("input[name=product-picked]")).to_have_value("")


def test_search_as_you_type_can_be_tapped(open_page: OpenPage, address: str) -> None:
    page = open_page(PHONE)
    page.goto(address)
    page.get_by_role("combobox", name="What is it?").press_sequentially("ev motor")
    page.get_by_role("option", name="Traction motor").click()
    expect(page.locator("input[name=product-picked]")).to_have_value("ev-motor")


def test_without_scripts_the_search_offers_what_it_found(open_page: OpenPage, address: str) -> None:
    page = open_page(PHONE, scripts=False)
    page.goto(address)
    page.get_by_label("What is it?").fill("disk")
    page.get_by_role("button", name="Check answers").click()
    expect(page.get_by_role("radio", name="Hard drive, 2.5 inch")).to_be_visible()
    page.get_by_role("radio", name="Hard drive, 2.5 inch").check()
    page.get_by_role("button", name="Check answers").click()
    expect(page.get_by_label("What is it?")).to_have_value("Hard drive, 2.5 inch")
    expect(page.locator(".govuk-error-summary")).not_to_contain_text("product type")


def test_a_second_press_sends_nothing(open_page: OpenPage, address: str) -> None:
    page = open_page()
    page.goto(f"{address}?question=1")
    # A listener after the guard's own notes what the guard let through, and keeps the page where it is.
    page.evaluate(
        """() => document.querySelector("form[data-guard]").addEventListener("submit", (event) => {
            window.sent = [...(window.sent || []), !event.defaultPrevented];
            event.preventDefault();
        })"""
    )
    page.get_by_role("button", name="Continue").dblclick()
    assert page.evaluate("window.sent") == [True, False]


def test_a_running_task_shows_its_progress_until_it_ends(open_page: OpenPage, address: str) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "progress" in sent.url else None)
    page.goto(address)
    expect(page.get_by_role("status").filter(has_text="Best plan so far")).to_be_visible()
    page.wait_for_timeout(1500)
    assert len(asked) == 1, "the server said stop"


def test_the_map_zooms_and_comes_back(open_page: OpenPage, address: str) -> None:
    page = open_page()
    page.goto(address)
    drawing = page.locator("[data-map] svg.lode-map__drawing").first
    whole = drawing.get_attribute("viewBox")
    page.get_by_role("button", name="Zoom in").first.click()
    assert drawing.get_attribute("viewBox") != whole
    page.get_by_role("button", name="Show the whole map").first.click()
    assert drawing.get_attribute("viewBox") == whole
