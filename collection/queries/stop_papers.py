"""Which papers a stop's load travels with."""

from collection.models import Pickup, PickupLot, WasteCode
from collection.rules.stop_papers import Paper, PaperLoad, papers_needed


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
