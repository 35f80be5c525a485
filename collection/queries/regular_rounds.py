"""Sites a regular round could visit."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from collection.models import Lot, Site
from collection.rules.roles import Viewer

MOST_SITES = 200


def sites_to_visit(viewer: Viewer, chosen: Collection[int] = ()) -> "QuerySet[Site, Site]":
    """Places with a point that hold lots the viewer may see, and those chosen already; by name."""
    with_lots = Lot.objects.visible_to(viewer).filter(site__isnull=False).order_by().values("site_id")
    sites = Site.unscoped.filter(
        Q(pk__in=with_lots) | Q(pk__in=list(chosen)), lat__isnull=False, is_active=True
    )
    return sites.select_related("organisation").order_by("name", "pk")[:MOST_SITES]
