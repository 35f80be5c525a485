"""Loads on their way to a plant, and what it has weighed in."""

from django.db.models import Prefetch, QuerySet

from collection.models import Lot, PickupLot, Receipt
from collection.rules.lifecycle import LotState
from collection.rules.roles import Viewer


def loads_in_transit(viewer: Viewer) -> "QuerySet[Lot, Lot]":
    """Lots collected for the viewer's organisation and not weighed in yet, oldest first."""
    lots: QuerySet[Lot, Lot] = Lot.objects.visible_to(viewer)
    collected = PickupLot.objects.filter(state=PickupLot.State.COLLECTED).select_related(
        "pickup__round__vehicle"
    )
    return (
        lots.filter(state=LotState.IN_TRANSIT, reserved_by_id=viewer.organisation_id)
        .select_related("product", "holder")
        .prefetch_related(Prefetch("pickup_lots", collected))
        .order_by("state_at", "pk")
    )


def receipts_to_process(viewer: Viewer) -> "QuerySet[Receipt, Receipt]":
    """Weighed-in lots that wait for processing, oldest first."""
    receipts: QuerySet[Receipt, Receipt] = Receipt.objects.visible_to(viewer)
    return (
        receipts.filter(lot__state=LotState.RECEIVED, facility__organisation_id=viewer.organisation_id)
        .select_related("lot__product", "facility")
        .order_by("received_at", "pk")
    )


def receipt_with_lot(viewer: Viewer, reference: str) -> Receipt:
    """Raises DoesNotExist."""
    receipt: Receipt = (
        Receipt.objects.visible_to(viewer)
        .select_related("lot__product", "lot__holder", "facility", "recorded_by")
        .get(reference=reference)
    )
    return receipt
