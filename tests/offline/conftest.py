"""A phone's queue as the tests send it: JSON or a form, with the seat it was queued for."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from collection.web.offline.seats import seat_key
from tests.cast import Person
from tests.journey.answers import PAGES

Sent = Callable[..., Any]


@pytest.fixture
def phone(client: Client) -> Callable[[Person], "Phone"]:
    def of(person: Person) -> Phone:
        client.force_login(person.user)
        return Phone(client, seat_key(person.viewer))

    return of


class Phone:
    """What the script on a phone asks of the register."""

    def __init__(self, client: Client, seat: str) -> None:
        self.client, self.seat = client, seat

    def json(self, address: str, **fields: Any) -> Any:
        return self.client.post(
            address,
            json.dumps(fields, default=str),
            content_type="application/json",
            headers={"X-Lodestone-Seat": self.seat},
        )

    def form(self, address: str, **fields: Any) -> Any:
        return self.client.post(address, fields, headers={"X-Lodestone-Seat": self.seat})

    def references(self, device: uuid.UUID, *spent: str) -> list[str]:
        answer = self.json("/queue/references/", device=device, spent=spent)
        assert answer.status_code == 200
        return [each["reference"] for each in answer.json()["references"]]

    def lot(self, *, reference: str = "", age_seconds: int = 0, **changes: Any) -> Any:
        """Send a lot of 120 hard drives; `pages` are changed page by page."""
        pages = {**PAGES, "photos": {}, **changes.pop("pages", {})}
        fields = {"submission_id": uuid.uuid4(), "reference": reference, "age_seconds": age_seconds}
        return self.json("/queue/lots/", **{**fields, "pages": pages, **changes})
