"""Warnings on lots."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from collection.models import Flag, Lot, RiskOverride, Score
from collection.rules.roles import Viewer


def flags_of(viewer: Viewer) -> "QuerySet[Flag, Flag]":
    """Flags on lots the viewer may see, newest first, each with its lot, product and holder.

    `is_set_by_a_person`: somebody's override holds on the lot now, in place of the model's band.
    """
    lots = Lot.objects.visible_to(viewer).order_by().values("pk")
    override = RiskOverride.objects.filter(lot=OuterRef("lot"), ended_at=None)
    return (
        Flag.objects.filter(lot__in=lots)
        .annotate(is_set_by_a_person=Exists(override))
        .select_related("lot__product", "lot__holder")
        .order_by("-pk")
    )


def open_flags_leaving_first(viewer: Viewer, most: int) -> list[Flag]:
    """The first open flags, those first from which most is expected to leave; as `flags_of` and with the score.

    The scores lie in that order, so that only the first few flags are looked at, however many are open.
    """
    lots = Lot.objects.visible_to(viewer).order_by().values("pk")
    is_flagged = Exists(Flag.objects.filter(lot=OuterRef("lot"), closed_at=None))
    first = Score.objects.filter(is_flagged, lot__in=lots).order_by("-expected_export_grams", "-lot")
    ids = list(first.values_list("lot_id", flat=True)[:most])
    found = flags_of(viewer).filter(closed_at=None, lot__in=ids).select_related("lot__score")
    flags = {flag.lot_id: flag for flag in found}
    # One may have been closed meanwhile.
    return [flags[lot_id] for lot_id in ids if lot_id in flags]


def count_up_to(rows: "QuerySet[Any, Any]", most: int) -> int:
    """How many rows there are; `most` + 1 where there are more, without looking at those."""
    return rows.order_by()[: most + 1].count()
