"""Overrides of bands: the one in force on a lot, those in force now, and all of them against outcomes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from collection.models import Departure, Lot, RiskOverride
from collection.queries.lot_ids import LotIds, among
from collection.rules.risk_override import Judged, OverrideRecord, record_of
from collection.rules.roles import Viewer

HORIZON = dt.timedelta(days=90)


def running_override(lot: Lot) -> RiskOverride | None:
    """The override in force on a lot; one whose time has run out stays here until the sweep has been."""
    return RiskOverride.objects.filter(lot=lot, ended_at=None).select_related("made_by").first()


def with_overrides(
    bands: NDArray[np.int64], lot_ids: NDArray[np.int64], *, at: dt.datetime, asked: LotIds
) -> NDArray[np.int64]:
    """The bands with people's in place of the model's: the one home of what an override does.

    `lot_ids` are sorted; `asked` are those that were looked up, None for the whole register. One SELECT.
    """
    running = RiskOverride.objects.filter(
        among("lot_id", asked), ended_at=None, made_at__lte=at, expires_at__gt=at
    )
    rows = np.array(list(running.order_by("lot_id").values_list("lot_id", "band")), dtype=np.int64)
    if not len(rows) or not len(lot_ids):
        return bands
    place = np.minimum(np.searchsorted(lot_ids, rows[:, 0]), len(lot_ids) - 1)
    own = lot_ids[place] == rows[:, 0]
    changed = bands.copy()
    changed[place[own]] = rows[own, 1]
    return changed


@dataclass(frozen=True, slots=True)
class OverrideBook:
    """Overrides a viewer may see: those in force, and the record of those whose 90 days have passed."""

    running: Sequence[RiskOverride]
    ended: Sequence[RiskOverride]
    record: Sequence[OverrideRecord]
    judged: int


def override_book(viewer: Viewer, *, at: dt.datetime, most: int = 50) -> OverrideBook:
    seen = RiskOverride.objects.filter(lot__in=Lot.objects.visible_to(viewer).order_by().values("pk"))
    shown = seen.select_related("lot__holder", "lot__product", "made_by").order_by("-pk")
    judged = _judged(seen, at)
    return OverrideBook(
        running=list(shown.filter(ended_at=None)[:most]),
        ended=list(shown.exclude(ended_at=None)[:most]),
        record=record_of(judged),
        judged=len(judged),
    )


def _judged(seen: "QuerySet[RiskOverride, RiskOverride]", at: dt.datetime) -> list[Judged]:
    """Overrides made more than 90 days ago, with whether the lot left within 90 days of them."""
    rows = list(
        seen.filter(made_at__lte=at - HORIZON).values_list(
            "lot_id", "band", "model_band", "model_p90", "made_at"
        )
    )
    left = dict(
        Departure.objects.filter(lot_id__in=[row[0] for row in rows], kind="exported").values_list(
            "lot_id", "happened_on"
        )
    )
    return [
        Judged(
            band,
            model_band,
            p90,
            lot_id in left and made_at.date() <= left[lot_id] <= (made_at + HORIZON).date(),
        )
        for lot_id, band, model_band, p90, made_at in rows
    ]
