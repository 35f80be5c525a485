"""What a holder or a regulator reports of the other side: bids from abroad, brokers on site, loads sent off."""

import datetime as dt

from django.db import transaction

from collection.actions.custody import LONDON
from collection.actions.dispatch import ASSESS_DUE, nudge
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import record_events
from collection.models import ExportBid, Lot, SiteEvent
from collection.rules.lifecycle import OPEN_STATES, StateConflictError, Verb
from collection.rules.offers import OfferInputError, SiteEventKind, check_price, pounds
from collection.rules.roles import Permission, Viewer, require

# Older news says nothing of the next ninety days.
OLDEST_DAYS = 90


def report_bid(
    viewer: Viewer,
    lot_id: int,
    *,
    pence_per_kg: int,
    bid_on: dt.date,
    at: dt.datetime,
    destination_class: str = "unknown",
    through_broker: bool = False,
    note: str = "",
) -> ExportBid:
    """Keep a bid from abroad for an open lot; the same bid told twice is kept once.

    Raises OfferInputError for a price or day out of range.
    """
    check_price(pence_per_kg)
    _check_day("bid_on", bid_on, at)
    with transaction.atomic():
        lot = _open_lot(viewer, lot_id)
        bid, is_new = ExportBid.objects.get_or_create(
            lot=lot,
            bid_on=bid_on,
            pence_per_kg=pence_per_kg,
            destination_class=destination_class,
            defaults={
                "through_broker": through_broker,
                "note": note[:200],
                "recorded_at": at,
                "recorded_by_id": viewer.user_id,
            },
        )
        if is_new:
            record_events(
                [lot.pk],
                Verb.BID_REPORTED,
                at=at,
                recorded_at=at,
                viewer=viewer,
                words=f"{pounds(pence_per_kg)} for a kilogram of the lot, bid on {bid_on:%-d %B %Y}",
            )
            if through_broker and lot.site_id:
                _note(viewer, lot.site_id, SiteEventKind.BROKER_VISIT, bid_on, at, "With a bid")
            _look_again(lot, at)
    return bid


def report_site_event(
    viewer: Viewer, lot_id: int, *, kind: str, happened_on: dt.date, at: dt.datetime, note: str = ""
) -> SiteEvent:
    """Keep what was seen at the lot's site; the same thing on the same day is kept once."""
    _check_day("happened_on", happened_on, at)
    with transaction.atomic():
        lot = _open_lot(viewer, lot_id)
        if lot.site_id is None:
            raise StateConflictError(f"{lot.reference} lies at no saved place; choose its place first.")
        event, is_new = _note(viewer, lot.site_id, SiteEventKind(kind), happened_on, at, note)
        if is_new:
            _look_again(lot, at)
    return event


def _note(
    viewer: Viewer, site_id: int, kind: SiteEventKind, day: dt.date, at: dt.datetime, note: str
) -> tuple[SiteEvent, bool]:
    return SiteEvent.objects.get_or_create(
        site_id=site_id,
        kind=kind.value,
        happened_on=day,
        defaults={"note": note[:200], "recorded_at": at, "recorded_by_id": viewer.user_id},
    )


def _open_lot(viewer: Viewer, lot_id: int) -> Lot:
    """An open lot that this viewer may speak of: its holder, or whoever records outcomes."""
    if not viewer.may(Permission.RECORD_OUTCOME):
        require(viewer, Permission.RECORD_EXPORT)
    lot: Lot = Lot.objects.visible_to(viewer).get(pk=lot_id)
    if lot.holder_id != viewer.organisation_id and not viewer.may(Permission.RECORD_OUTCOME):
        raise Lot.DoesNotExist
    if lot.state not in OPEN_STATES:
        raise StateConflictError(f"{lot.reference} is no longer held.")
    return lot


def _check_day(field: str, day: dt.date, at: dt.datetime) -> None:
    today = at.astimezone(LONDON).date()
    if day > today:
        raise OfferInputError(field, "The day cannot be in the future")
    if (today - day).days > OLDEST_DAYS:
        raise OfferInputError(field, f"The day must be within the last {OLDEST_DAYS} days")


def _look_again(lot: Lot, at: dt.datetime) -> None:
    """Score the lot anew; and with it whatever else lies open at the site."""
    there = Lot.unscoped.filter(site_id=lot.site_id, state__in=OPEN_STATES) if lot.site_id else None
    ids = {lot.pk} | (set(there.values_list("pk", flat=True)) if there is not None else set())
    mark_due(sorted(ids), at=at)
    nudge(ASSESS_DUE)
