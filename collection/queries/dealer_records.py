"""Dealers' records: a page of the list, and all of a period for whoever may inspect them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collection.models import DealerRecord
from collection.queries.keyset import KeysetPage, newest_first
from collection.rules.roles import Viewer


@dataclass(frozen=True, slots=True)
class DealerRecordsPage:
    """Records, the last recorded first, and the cursors."""

    records: Sequence[DealerRecord]
    cursors: KeysetPage


def dealer_records_page(viewer: Viewer, *, before: str = "", after: str = "") -> DealerRecordsPage:
    cursors = newest_first(DealerRecord.objects.visible_to(viewer), before=before, after=after)
    found = DealerRecord.unscoped.select_related("lot__product").in_bulk(cursors.ids)
    return DealerRecordsPage([found[pk] for pk in cursors.ids], cursors)


def dealer_records_between(viewer: Viewer, from_on: dt.date, until_on: dt.date) -> Iterator[DealerRecord]:
    """Every record received from the first day until before the last, oldest first, read as it is written."""
    found = DealerRecord.objects.visible_to(viewer).filter(
        received_at__date__gte=from_on, received_at__date__lt=until_on
    )
    return found.select_related("lot__product").order_by("received_at", "pk").iterator(chunk_size=500)
