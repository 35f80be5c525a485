"""Lots for tests that need some, logged by the one action that logs lots."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from collection.actions.lots import log_lot
from collection.models import Lot
from collection.rules.new_lot import NewLot
from tests.cast import Person

NOW = dt.datetime(2026, 6, 10, 12, tzinfo=dt.UTC)


def log(person: Person, *, at: dt.datetime = NOW, **changes: Any) -> Lot:
    """A lot of 120 hard drives at the person's own place, unless told otherwise."""
    answers: dict[str, Any] = {
        "submission_id": uuid.uuid4(),
        "source_kind": "scrapyard",
        "product_code": "weee_hdd_3_5",
        "quantity": Decimal(120),
        "unit": "items",
        "condition": "intact",
        "intent": "undecided",
        "available_from_on": at.date(),
        "site_id": person.site.pk if person.site else None,
    }
    return log_lot(person.viewer, NewLot(**(answers | changes)), at=at).lot
