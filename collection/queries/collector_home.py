"""What waits for a collector today."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from collection.models import Flag, HolderAnswer, Lot, LotDraft, Pickup, PickupState, Site
from collection.queries.dealer_records import count_without_record
from collection.queries.drafts import UsualProduct, drafts_of, usual_products
from collection.queries.watched import count_due
from collection.queries.weights import count_to_replace
from collection.rules.roles import Viewer

# A home page says "99+" rather than count on.
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class CollectorHome:
    """Counts stop at `MOST_COUNTED`."""

    drafts: Sequence[LotDraft]
    usual: Sequence[UsualProduct]
    pickups: Sequence[Pickup]
    flagged: int
    weak_estimates: int
    places_without_point: int
    to_answer: int
    dealer_records_to_make: int
    watched_due: int
    recent: Sequence[Lot]


def collector_home(viewer: Viewer, today: dt.date) -> CollectorHome:
    """Everything a collector's first page shows on a day in London, in a constant number of queries."""
    own = Lot.unscoped.filter(holder_id=viewer.organisation_id).order_by()
    flags = Flag.objects.filter(closed_at=None, lot__holder_id=viewer.organisation_id).order_by()
    unplaced = Site.unscoped.filter(organisation_id=viewer.organisation_id, is_active=True, lat=None)
    pickups = Pickup.objects.visible_to(viewer).filter(
        holder_id=viewer.organisation_id, state=PickupState.SCHEDULED
    )
    ordered = pickups.select_related("round__organisation").order_by("planned_arrival_at", "pk")
    coming = list(ordered[:MOST_COUNTED])
    return CollectorHome(
        drafts=drafts_of(viewer),
        usual=usual_products(viewer, limit=3),
        pickups=coming[:5],
        flagged=flags[:MOST_COUNTED].count(),
        weak_estimates=count_to_replace(viewer, MOST_COUNTED),
        to_answer=sum(pickup.answer == HolderAnswer.WAITING for pickup in coming),
        places_without_point=unplaced.order_by()[:MOST_COUNTED].count(),
        dealer_records_to_make=count_without_record(viewer, MOST_COUNTED),
        watched_due=count_due(viewer, today, MOST_COUNTED),
        recent=list(own.select_related("product", "score").order_by("-pk")[:5]),
    )
