"""Estimates still to be replaced: the work queue of an organisation's weights."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from collection.models import Estimate, Membership, User, WeightReading
from collection.queries.lots import WEAK_CLASSES
from collection.rules.lifecycle import OPEN_STATES
from collection.rules.roles import Viewer

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ToReplace:
    """A current weight that is an estimate, or on which a weak content estimate rests. Oldest first."""

    reading: WeightReading
    is_weak_content: bool


def _waiting(viewer: Viewer) -> "QuerySet[WeightReading, WeightReading]":
    weak = Estimate.objects.filter(
        lot=OuterRef("lot"), is_current=True, evidence_class__in=WEAK_CLASSES
    ).order_by()
    readings = WeightReading.objects.filter(
        is_current=True, lot__holder_id=viewer.organisation_id, lot__state__in=OPEN_STATES
    )
    return readings.annotate(is_weak=Exists(weak)).filter(Q(is_estimate=True) | Q(is_weak=True))


def count_to_replace(viewer: Viewer, most: int) -> int:
    """How many wait, counted no further than `most`."""
    return _waiting(viewer).order_by()[:most].count()


def weights_to_replace(viewer: Viewer, *, mine: bool = False) -> Sequence[ToReplace]:
    """The organisation's own, oldest first, at most a hundred; `mine` only those the viewer sees to."""
    waiting = _waiting(viewer)
    if mine:
        waiting = waiting.filter(owner_id=viewer.user_id)
    found = waiting.select_related("lot__product", "lot__site", "owner").order_by("read_at", "pk")
    return [ToReplace(one, bool(getattr(one, "is_weak"))) for one in found[:MOST_SHOWN]]  # noqa: B009


def weight_to_replace(viewer: Viewer, weight_id: int) -> WeightReading:
    """One weight of the queue. Raises WeightReading.DoesNotExist."""
    return WeightReading.objects.select_related("lot__product").get(
        pk=weight_id, is_current=True, lot__holder_id=viewer.organisation_id
    )


def colleagues_of(viewer: Viewer) -> Sequence[User]:
    """The people of the viewer's organisation, by name."""
    members = Membership.objects.filter(organisation_id=viewer.organisation_id).values("user_id")
    return list(User.objects.filter(pk__in=members, is_active=True).order_by("name", "pk"))
