"""Warnings on lots."""

from django.db.models import Exists, OuterRef, QuerySet

from collection.models import Flag, Lot, RiskOverride
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
