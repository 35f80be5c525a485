"""Dealers' records: a page of the list, and all of a period for whoever may inspect them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from collection.models import DealerRecord, Lineage, Lot
from collection.queries.keyset import KeysetPage, newest_first
from collection.rules.dealer_record import NATIONS
from collection.rules.lifecycle import OPEN_STATES
from collection.rules.roles import Viewer

MOST_TO_MAKE = 50


@dataclass(frozen=True, slots=True)
class DealerRecordsPage:
    """Records, the last recorded first, and the cursors."""

    records: Sequence[DealerRecord]
    cursors: KeysetPage


def dealer_records_page(viewer: Viewer, *, before: str = "", after: str = "") -> DealerRecordsPage:
    current = DealerRecord.objects.visible_to(viewer).filter(is_current=True)
    cursors = newest_first(current, before=before, after=after)
    found = DealerRecord.unscoped.select_related("lot__product").in_bulk(cursors.ids)
    return DealerRecordsPage([found[pk] for pk in cursors.ids], cursors)


def records_of(viewer: Viewer, lot: Lot) -> list[DealerRecord]:
    """The record of a lot with every correction, the current one first."""
    found = DealerRecord.objects.visible_to(viewer).filter(lot=lot).select_related("recorded_by")
    return list(found.order_by("-pk"))


def _without_record(viewer: Viewer) -> "QuerySet[Lot, Lot]":
    """The organisation's own lots that are still there and of which the law wants a record there is none of.

    A lot made out of others was not received by itself.
    """
    own = Lot.unscoped.filter(
        holder_id=viewer.organisation_id,
        source_kind="scrapyard",
        nation__in=NATIONS,
        state__in=OPEN_STATES,
    )
    kept = DealerRecord.unscoped.filter(lot=OuterRef("pk"), is_current=True).order_by()
    return own.exclude(Exists(kept)).exclude(Exists(Lineage.objects.filter(child=OuterRef("pk")).order_by()))


def count_without_record(viewer: Viewer, most: int) -> int:
    """How many records are still to be made, counted no further than `most`."""
    return _without_record(viewer).order_by()[:most].count()


def lots_without_record(viewer: Viewer) -> Sequence[Lot]:
    """The oldest lots whose record is still to be made."""
    return list(_without_record(viewer).select_related("product").order_by("pk")[:MOST_TO_MAKE])


def dealer_records_between(viewer: Viewer, from_on: dt.date, until_on: dt.date) -> Iterator[DealerRecord]:
    """Every record received from the first day until before the last, oldest first, read as it is written.

    What was corrected is among them, before its correction.
    """
    found = DealerRecord.objects.visible_to(viewer).filter(
        received_at__date__gte=from_on, received_at__date__lt=until_on
    )
    return found.select_related("lot__product").order_by("received_at", "pk").iterator(chunk_size=500)
