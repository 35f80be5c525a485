"""Software that speaks to the API: a caller with a person's key, and lots to talk about."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from collection.actions.keys import issue_key
from collection.actions.lots import log_lot
from collection.actions.reference import load_reference
from collection.models import Lot
from collection.rules.intake import NewLot
from tests.cast import Cast, Person

NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)

Caller = Callable[[Person], APIClient]


class LogLot(Protocol):
    def __call__(self, person: Person, **changes: object) -> Lot: ...


@pytest.fixture(autouse=True)
def nobody_has_tried_to_sign_in() -> None:
    cache.clear()


@pytest.fixture
def reference(db: None) -> None:
    load_reference(at=NOW)


@pytest.fixture
def caller(cast: Cast) -> Caller:
    """A client that sends a person's key: `caller(cast.scrapyard).get("/api/v1/lots/")`."""

    def with_key(person: Person) -> APIClient:
        _, key = issue_key(person.user.pk, person.organisation.pk, "tests", at=NOW)
        return APIClient(HTTP_AUTHORIZATION=f"Token {key}")

    return with_key


def hard_drives(**changes: object) -> dict[str, Any]:
    """The body of a lot: 800 hard drives in Glasgow, unless told otherwise."""
    body: dict[str, Any] = {
        "submission_id": str(uuid.uuid4()),
        "source_kind": "scrapyard",
        "product_code": "weee_hdd_3_5",
        "quantity": "800",
        "unit": "items",
        "condition": "intact",
        "available_from_on": dt.datetime.now(dt.UTC).date().isoformat(),
        "intent": "undecided",
        "postcode": "G51 4BW",
    }
    return body | changes


@pytest.fixture
def log(cast: Cast, reference: None) -> LogLot:
    """Logs a lot as its holder would, at their saved place."""

    def log_as(person: Person, **changes: object) -> Lot:
        assert person.site is not None
        answers: dict[str, Any] = {
            "submission_id": uuid.uuid4(),
            "source_kind": "scrapyard",
            "product_code": "weee_hdd_3_5",
            "quantity": Decimal(800),
            "unit": "items",
            "condition": "intact",
            "available_from_on": NOW.date(),
            "intent": "undecided",
            "site_id": person.site.pk,
        }
        return log_lot(person.viewer, NewLot(**answers | changes), at=NOW).lot

    return log_as
