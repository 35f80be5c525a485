"""What the page of a lot shows besides product, content and custody."""

from collections.abc import Sequence
from dataclasses import dataclass

from collection.models import (
    DealerRecord,
    HoldPointRecord,
    LookAlike,
    Lot,
    LotRead,
    SourceDetails,
    WasteDetails,
    WeightReading,
)
from collection.rules.dealer_record import is_wanted
from collection.rules.roles import Viewer


@dataclass(frozen=True, slots=True)
class Particulars:
    """`weights` come newest first. `wants_dealer_record` is true where the law wants one and the viewer may
    see it; `reads` are only there for those who may know who looked."""

    details: SourceDetails | None
    waste: WasteDetails | None
    weights: Sequence[WeightReading]
    hold_points: Sequence[HoldPointRecord]
    reads: Sequence[LotRead]
    dealer_record: DealerRecord | None
    wants_dealer_record: bool
    look_alikes: Sequence[LookAlike]

    @property
    def weight(self) -> WeightReading | None:
        return next((weight for weight in self.weights if weight.is_current), None)


def particulars_of(viewer: Viewer, lot: Lot) -> Particulars:
    """The particulars of a lot as `lot_file` fetched it; what does not concern the lot is not asked for."""
    wants = is_wanted(source_kind=lot.source_kind, nation=lot.nation) and (
        lot.holder_id == viewer.organisation_id
    )
    records = DealerRecord.objects.visible_to(viewer)
    reads = LotRead.objects.visible_to(viewer).select_related("reader", "organisation")
    pairs = LookAlike.objects.visible_to(viewer).select_related("other", "lot", "decided_by")
    return Particulars(
        details=getattr(lot, "details", None),
        waste=getattr(lot, "waste", None),
        weights=list(lot.weights.select_related("owner").order_by("-pk")),
        hold_points=list(lot.hold_points.select_related("recorded_by")) if lot.is_defence else [],
        reads=list(reads.filter(lot=lot)[:20]) if lot.is_defence else [],
        dealer_record=records.filter(lot=lot, is_current=True).first() if wants else None,
        wants_dealer_record=wants,
        look_alikes=list(pairs.filter(lot=lot).order_by("-pk")[:5]),
    )
