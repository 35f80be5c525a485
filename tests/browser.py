"""A real Chromium for tests marked `browser`, and the judge of accessibility."""

import os
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# An error status, or a connection that a test cut, is logged by the browser too; such tests expect it.
EXPECTED = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread; without this Django would take the tests for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
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


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA that a machine can find; the message says what and where."""
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    found = [
        f"{violation['id']}: {violation['help']} at {node['target']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
        if not _is_revealing_choice(violation["id"], node["html"])
    ]
    assert not found, "\n".join(found)


def _is_revealing_choice(rule: str, html: str) -> bool:
    """A radio or checkbox that reveals a question says `aria-expanded`, which ARIA has no place for.

    The design system does so knowingly: screen readers announce it, and without it nothing would be said.
    """
    return rule == "aria-allowed-attr" and "aria-controls" in html and "__input" in html
