<<<<<<< HEAD
"""Papers, shown to those who may see the lot."""

from collection.models import Lot, LotPaper
from collection.rules.roles import Viewer


def papers_of(lot: Lot) -> list[LotPaper]:
    """The papers of a lot the viewer has been found to see, oldest first."""
    return list(LotPaper.objects.filter(lot=lot).select_related("added_by").order_by("pk"))


def paper_for(viewer: Viewer, paper_id: int) -> LotPaper:
    """One paper. Raises LotPaper.DoesNotExist where the viewer may not see its lot."""
    lots = Lot.objects.visible_to(viewer).order_by().values("pk")
    return LotPaper.objects.select_related("lot").get(pk=paper_id, lot__in=lots)
=======
"""Which papers a stop's load travels with."""

from collection.models import Pickup, PickupLot, WasteCode
from collection.rules.papers import Paper, PaperLoad, papers_needed


def papers_of(pickup: Pickup) -> list[Paper]:
    """The papers of the lots still planned or loaded at a stop (lots and products fetched before); one query."""
    gone = (PickupLot.State.LEFT, PickupLot.State.CANCELLED)
    lots = [line.lot for line in pickup.lines.all() if line.state not in gone]
    codes = {lot.ewc_code for lot in lots if lot.ewc_code}
    hazardous = set(
        WasteCode.objects.filter(code__in=codes, is_hazardous=True).values_list("code", flat=True)
    )
    return papers_needed(
        [
            PaperLoad(
                reference=lot.reference,
                what=f"{lot.product.name}, {lot.quantity_text}",
                ewc_code=lot.ewc_code,
                is_hazardous=lot.ewc_code in hazardous,
            )
            for lot in lots
        ]
    )
>>>>>>> a0f5ed1 (The day's pages: vehicles by the clock, what-if, comparing, permits, regular rounds, live rounds, breakdowns, papers, signatures, GPX, outcomes)
