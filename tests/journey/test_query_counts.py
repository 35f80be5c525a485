"""How many queries each page asks, committed as a baseline: the same for three lots and for sixty.

After a wanted change run this module with `UPDATE_QUERY_COUNTS=1` in the environment.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collection.actions.risk import assess
from collection.models import Lot
from tests.cast import Cast, Person
from tests.journey.answers import PAGES, answer_all
from tests.journey.lots import log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

BASELINE = Path(__file__).with_name("query_counts.json")
SignIn = Callable[[Person], Client]


def _count(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, address
    return len(asked)


def _counts(client: Client, draft: str) -> dict[str, int]:
    lot = Lot.unscoped.order_by("pk").first()
    assert lot is not None
    pages = {
        "home": "/",
        "lots": "/lots/",
        "lots flagged": "/lots/?show=flagged",
        "lots with a weak estimate": "/lots/?show=weak",
        "lot": f"/lots/{lot.reference}/",
        "lot risk": f"/lots/{lot.reference}/risk/",
        "places": "/places/",
        "notifications": "/notifications/",
        "log": "/log/",
        "log check": f"{draft}check/",
        "product search": "/log/products/?q=hard+drive",
    } | {f"log {slug}": f"{draft}{slug}/" for slug in PAGES}
    for address in pages.values():
        client.get(address)
    return {name: _count(client, address) for name, address in pages.items()}


def test_no_page_asks_more_when_there_is_more_and_none_asks_more_than_before(
    cast: Cast, as_person: SignIn
) -> None:
    client = as_person(cast.scrapyard)
    for _ in range(3):
        log(cast.scrapyard)
    assess(list(Lot.unscoped.values_list("pk", flat=True)), at=timezone.now())
    draft = answer_all(client)
    few = _counts(client, draft)

    for _ in range(60):
        log(cast.scrapyard)
    assess(list(Lot.unscoped.values_list("pk", flat=True)), at=timezone.now())
    many = _counts(client, draft)

    assert many == few
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        BASELINE.write_text(json.dumps(few, indent=1, sort_keys=True) + "\n")
    assert few == json.loads(BASELINE.read_text())
