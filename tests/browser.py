"""A real Chromium for tests marked `browser`, and the judge of accessibility."""

import os
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.cast import PASSWORD, Person

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# A machine that is busy with other tests takes its time; a journey is not a measurement.
PATIENCE = 30_000

# An error status, or a connection that a test cut, is logged by the browser too; such tests expect it.
EXPECTED = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")

T = TypeVar("T")
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread; without this Django would take the tests for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages as one person; a script error or a refused resource on any of them fails the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def opened(viewport: dict[str, int] = DESK, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport=viewport, java_script_enabled=scripts, has_touch=viewport == PHONE
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [trouble for trouble in troubles if not any(words in trouble for words in EXPECTED)] == []


def sign_in(page: Page, address: str, person: Person) -> Page:
    """As a person does: `address` is that of the server; the page comes back when it knows who is there."""
    page.goto(f"{address}/sign-in/")
    fill_in_sign_in(page, person)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def fill_in_sign_in(page: Page, person: Person) -> None:
    """On a page that asks who it is."""
    page.get_by_label("E-mail address").fill(person.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def assert_fits(page: Page) -> None:
    """No wider than the screen."""
    viewport = page.viewport_size
    assert viewport
    width = _looked_at(page, lambda: page.evaluate("document.documentElement.scrollWidth"))
    assert width <= viewport["width"], page.url


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA that a machine can find; the message says what and where."""
    results = _looked_at(page, lambda: Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}))
    found = [
        f"{violation['id']}: {violation['help']} at {node['target']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
        if not _is_revealing_choice(violation["id"], node["html"])
    ]
    assert not found, "\n".join(found)


def assert_well(page: Page) -> None:
    """Accessible, and no wider than the screen."""
    assert_accessible(page)
    assert_fits(page)


def _looked_at(page: Page, look: Callable[[], T]) -> T:
    """What `look` finds on a whole page: looked again if the browser was just leaving for the next one."""
    for _leaving in range(3):
        page.wait_for_load_state()
        try:
            return look()
        except Error:
            continue
    return look()


def _is_revealing_choice(rule: str, html: str) -> bool:
    """A radio or checkbox that reveals a question says `aria-expanded`, which ARIA has no place for.

    The design system does so knowingly: screen readers announce it, and without it nothing would be said.
    """
    return rule == "aria-allowed-attr" and "aria-controls" in html and "__input" in html
