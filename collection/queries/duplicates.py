"""Lots that may be the very thing somebody is about to log."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Q

from collection.models import LookAlike, Lot, SourceDetails
from collection.queries.keyset import KeysetPage, newest_first
from collection.queries.turbines import turbine_of
from collection.rules.identities import identity_key
from collection.rules.lifecycle import LotState
from collection.rules.look_alikes import Likeness
from collection.rules.new_lot import NewLot
from collection.rules.roles import Viewer

LONDON = ZoneInfo("Europe/London")
MOST_SHOWN = 5
_GONE = (LotState.WITHDRAWN, LotState.DIVIDED)


@dataclass(frozen=True, slots=True)
class Alike:
    """A lot like the new one. Of another holder's lot (`is_own` false) only the likeness may be told."""

    lot: Lot
    likeness: Likeness
    is_own: bool
    may_be_told: bool


def possible_duplicates(viewer: Viewer, new_lot: NewLot, *, at: dt.datetime) -> Sequence[Alike]:
    """Lots with the same serial number, VIN or turbine, whoever holds them, and the organisation's own of the
    same product and amount on the same day; newest first. Withdrawn and divided lots do not count.

    Of a defence lot nobody without clearance is told anything, not even that there is one; it is among the
    answers all the same, so that the pair is kept for those who may see it.
    """
    found = {lot.pk: _alike(viewer, lot, Likeness.AMOUNT) for lot in _own_alike(viewer, new_lot, at)}
    key = _key_of(new_lot)
    if key or new_lot.serial:
        found |= {lot.pk: _alike(viewer, lot, Likeness.NUMBER) for lot in _same_number(viewer, new_lot, key)}
    return [found[pk] for pk in sorted(found, reverse=True)][:MOST_SHOWN]


def still_to_ask(viewer: Viewer, new_lot: NewLot, alike: Sequence[Alike]) -> bool:
    """Whether the person has not been told yet of another holder's lot among these. Their own they saw."""
    elsewhere = {one.lot.pk for one in alike if one.may_be_told and not one.is_own}
    if not elsewhere:
        return False
    asked = LookAlike.objects.visible_to(viewer).filter(submission_id=new_lot.submission_id)
    return bool(elsewhere - set(asked.values_list("other_id", flat=True)))


def _alike(viewer: Viewer, lot: Lot, likeness: Likeness) -> Alike:
    is_own = lot.holder_id == viewer.organisation_id
    return Alike(lot, likeness, is_own, is_own or viewer.is_defence_cleared or not lot.is_defence)


def _own_alike(viewer: Viewer, new_lot: NewLot, at: dt.datetime) -> Sequence[Lot]:
    day = at.astimezone(LONDON).replace(hour=0, minute=0, second=0, microsecond=0)
    same = Q(
        product__code=new_lot.product_code,
        unit=new_lot.unit,
        quantity=new_lot.quantity,
        logged_at__gte=day,
        serial=new_lot.serial,
    )
    return _others(new_lot, same & Q(holder_id=viewer.organisation_id))


def _same_number(viewer: Viewer, new_lot: NewLot, key: str) -> Sequence[Lot]:
    """By the number as it tells this thing from all others; the holder's own also as it was written."""
    same = Q()
    if key:
        same |= Q(pk__in=SourceDetails.objects.filter(identity_key=key).values("lot_id"))
    if new_lot.serial:
        same |= Q(holder_id=viewer.organisation_id, serial=new_lot.serial)
    return _others(new_lot, same)


def _others(new_lot: NewLot, same: Q) -> Sequence[Lot]:
    lots = Lot.unscoped.filter(same).exclude(state__in=_GONE).exclude(submission_id=new_lot.submission_id)
    return list(lots.select_related("product", "site").order_by("-pk")[:MOST_SHOWN])


def _key_of(new_lot: NewLot) -> str:
    turbine = turbine_of(new_lot.turbine_model) if new_lot.turbine_model else None
    return identity_key(
        source_kind=new_lot.source_kind,
        product_code=new_lot.product_code,
        serial=new_lot.serial,
        maker=turbine.manufacturer if turbine else new_lot.maker,
    )


@dataclass(frozen=True, slots=True)
class LookAlikesPage:
    """Pairs, newest first, each with both lots, and the cursors."""

    pairs: Sequence[LookAlike]
    cursors: KeysetPage


def look_alikes_page(viewer: Viewer, *, before: str = "", after: str = "") -> LookAlikesPage:
    """A page of the pairs a viewer may see."""
    cursors = newest_first(LookAlike.objects.visible_to(viewer), before=before, after=after)
    related = ("lot__holder", "lot__product", "other__holder", "other__product", "organisation", "decided_by")
    found = LookAlike.unscoped.select_related(*related).in_bulk(cursors.ids)
    return LookAlikesPage([found[pk] for pk in cursors.ids], cursors)
