"""Phones in a real browser: at the end of a cable, with their own storage, told what happens on them."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import CHROMIUM, PATIENCE, PHONE, sign_in
from tests.cable import Cable
from tests.cast import Person

# The phone has its pages and its numbers, and the worker answers for this page.
KEPT = """async (address) => {
  const opened = await new Promise((resolve) => {
    const request = indexedDB.open("lodestone");
    request.onsuccess = () => resolve(request.result);
  });
  const names = [...opened.objectStoreNames];
  const all = names.includes("kept") && await new Promise((resolve) => {
    const store = opened.transaction("kept").objectStore("kept");
    const keys = store.getAllKeys();
    const values = store.getAll();
    values.onsuccess = () => resolve(keys.result.map((key, at) => [key, values.result[at]]));
  });
  opened.close();
  const isFresh = all && all.some(([key, value]) => key === "fresh" && value);
  const pages = await caches.open("lodestone-pages");
  return Boolean(isFresh && navigator.serviceWorker.controller && (await pages.match(address)));
}"""
SECONDS_TO_KEEP = 30

GetPhone = Callable[..., Page]


@pytest.fixture
def get_phone(browser: Browser, cable: Cable) -> Iterator[GetPhone]:
    """A phone with the product open: `get_phone()`; `get_phone(kept_in=folder)` outlives its browser."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def got(kept_in: Path | None = None) -> Page:
        options = {"viewport": PHONE, "has_touch": True, "base_url": cable.url}
        if kept_in is None:
            context = browser.new_context(**options)
        else:
            context = browser.browser_type.launch_persistent_context(
                kept_in, executable_path=CHROMIUM, args=["--no-sandbox"], **options
            )
        contexts.append(context)
        page = context.pages[0] if context.pages else context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.set_default_timeout(PATIENCE)
        return page

    yield got
    for context in contexts:
        context.close()
    assert broken == []


def ready(page: Page, person: Person, kept: str = "/log/offline/") -> None:
    """Sign in and wait until the phone could lose the signal."""
    sign_in(page, "", person)
    until = time.monotonic() + SECONDS_TO_KEEP
    while not page.evaluate(KEPT, kept):
        assert time.monotonic() < until, f"the phone did not keep {kept}"
        page.wait_for_timeout(50)


def photo(colour: str, side: int = 400) -> dict[str, object]:
    buffer = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(buffer, "JPEG", quality=95)
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}
