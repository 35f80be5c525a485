"""Logging who looked at a defence lot."""

import datetime as dt
from collections.abc import Collection

from django.db.models import F

from collection.actions.custody import LONDON
from collection.models import Lot, LotRead
from collection.rules.roles import Viewer


def note_reads(viewer: Viewer, lot_ids: Collection[int], door: LotRead.Door, *, at: dt.datetime) -> None:
    """Count one look at each defence lot among these; set-based, whatever the number.

    Looking for what is alike fetches lots of which somebody without clearance is told nothing: no look.
    """
    told = Lot.unscoped.all() if viewer.is_defence_cleared else Lot.objects.visible_to(viewer)
    ids = set(told.filter(pk__in=lot_ids, is_defence=True).order_by().values_list("pk", flat=True))
    if not ids:
        return
    day = at.astimezone(LONDON).date()
    who = {
        "reader_id": viewer.user_id,
        "organisation_id": viewer.organisation_id,
        "door": door.value,
        "on": day,
    }
    seen = LotRead.unscoped.filter(lot__in=ids, **who)
    known = set(seen.values_list("lot_id", flat=True))
    LotRead.unscoped.bulk_create(
        [LotRead(lot_id=pk, first_at=at, last_at=at, **who) for pk in sorted(ids - known)],
        ignore_conflicts=True,
    )
    if known:
        seen.filter(lot__in=known).update(times=F("times") + 1, last_at=at)
