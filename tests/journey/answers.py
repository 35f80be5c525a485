"""The pages of a lot as people fill them in, for tests that walk the journey by requests."""

import re
from typing import Any

from django.test import Client

HARD_DRIVES = "weee_hdd_3_5"

PAGES: dict[str, dict[str, str]] = {
    "source": {"source_kind": "scrapyard"},
    "product": {"product": "Hard disk drive", "product-picked": HARD_DRIVES},
    "amount": {"unit": "items", "quantity": "120"},
    "state": {"condition": "intact", "build_year": "2014"},
    "place": {"place": "other", "postcode": "G51 4BW"},
    "when": {"when": "now"},
    "intent": {"intent": "sell_here"},
}


def begin(client: Client, **changes: dict[str, str]) -> str:
    """Answer the first question; the address of the draft, ending in its submission id and a slash."""
    answer = client.post("/log/", {**PAGES["source"], **changes.get("source", {})})
    assert answer.status_code == 302, errors_of(answer)
    return address_of(answer.headers["Location"])


def address_of(location: str) -> str:
    """`/log/<submission id>/` of any page of a draft."""
    match = re.match(r"/log/[0-9a-f-]{36}/", location)
    assert match, location
    return match[0]


def answer_all(client: Client, **changes: dict[str, str]) -> str:
    """Walk every page up to the check; the draft's address. `changes` replaces answers page by page, and
    answers the pages that only some sources are asked. A dealer's record is put off unless it is among them.
    """
    draft = begin(client, **changes)
    of_source = [slug for slug in changes if slug not in PAGES and slug != "dealer"]
    for slug in ("product", *of_source, *list(PAGES)[2:]):
        answer = client.post(f"{draft}{slug}/", {**PAGES.get(slug, {}), **changes.get(slug, {})})
        assert answer.status_code == 302, (slug, errors_of(answer))
    if answer.headers["Location"] == f"{draft}dealer/":
        client.post(f"{draft}dealer/", changes.get("dealer", {"later": "yes"}))
    answer = client.post(f"{draft}photos/")
    assert answer.headers["Location"] == f"{draft}check/"
    return draft


def errors_of(answer: Any) -> list[str]:
    """The sentences of the error summary."""
    text = answer.content.decode()
    summary = re.search(r'govuk-error-summary__list">(.*?)</ul>', text, re.S)
    return re.findall(r"<li>(?:<a[^>]*>)?(.*?)(?:</a>)?</li>", summary[1], re.S) if summary else []
