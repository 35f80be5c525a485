"""Lots that may be the very thing somebody is about to log."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db.models import Q

from collection.models import Lot
from collection.rules.lifecycle import LotState
from collection.rules.new_lot import NewLot
from collection.rules.roles import Viewer

LONDON = ZoneInfo("Europe/London")
MOST_SHOWN = 5


def possible_duplicates(viewer: Viewer, new_lot: NewLot, *, at: dt.datetime) -> Sequence[Lot]:
    """The organisation's own lots with the same serial number, or the same product and amount on the same
    day, newest first; withdrawn lots do not count. Other holders' lots are nobody's to see."""
    day = at.astimezone(LONDON).replace(hour=0, minute=0, second=0, microsecond=0)
    alike = Q(
        product__code=new_lot.product_code,
        unit=new_lot.unit,
        quantity=new_lot.quantity,
        logged_at__gte=day,
        serial=new_lot.serial,
    )
    if new_lot.serial:
        alike |= Q(serial=new_lot.serial)
    own = Lot.unscoped.filter(holder_id=viewer.organisation_id).exclude(state=LotState.WITHDRAWN)
    found = own.filter(alike).exclude(submission_id=new_lot.submission_id)
    return list(found.select_related("product", "site").order_by("-pk")[:MOST_SHOWN])
