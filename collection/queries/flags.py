"""Warnings on lots."""

from django.db.models import QuerySet

from collection.models import Flag, Lot
from collection.rules.roles import Viewer


def flags_of(viewer: Viewer) -> "QuerySet[Flag, Flag]":
    """Flags on lots the viewer may see, newest first, each with its lot, product and holder."""
    lots = Lot.objects.visible_to(viewer).order_by().values("pk")
    return Flag.objects.filter(lot__in=lots).select_related("lot__product", "lot__holder").order_by("-pk")
