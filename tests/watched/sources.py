"""Watched sources for tests that need some, noted by the one action that notes them."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from collection.actions.watched import NewWatched, watch_source
from collection.models import WatchedSource
from collection.rules.watching import year_window
from tests.cast import Person
from tests.journey.lots import NOW

IN_2028 = year_window(2028)


def watch(person: Person, *, at: dt.datetime = NOW, **changes: Any) -> WatchedSource:
    """A direct-drive turbine of 6 MW expected in 2028 at the person's place, unless told otherwise."""
    said: dict[str, Any] = {
        "submission_id": uuid.uuid4(),
        "name": "Turbine 7 at Hill Farm",
        "source_kind": "wind",
        "product_code": "wind_dd_pmsg_onshore",
        "quantity": Decimal(6),
        "unit": "MW",
        "window": IN_2028,
        "site_id": person.site.pk if person.site else None,
    }
    return watch_source(person.viewer, NewWatched(**(said | changes)), at=at).watched


def typed(**changes: str) -> dict[str, str]:
    """The form of a source as somebody fills it in."""
    return {
        "submission_id": str(uuid.uuid4()),
        "name": "Turbine 7 at Hill Farm",
        "source_kind": "wind",
        "product": "Direct-drive PMSG turbine, onshore",
        "product-picked": "wind_dd_pmsg_onshore",
        "quantity": "6 MW",
        "year": "2028",
        "month": "",
        "day": "",
        "place": "",
        "postcode": "NE28 6UQ",
        "note": "Lease ends",
    } | changes
