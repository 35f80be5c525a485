"""Which papers a stop's load travels with."""

from collection.models import Pickup, PickupLot
from collection.queries.waste import hazardous_codes_among
from collection.rules.stop_papers import Paper, PaperLoad, papers_needed


def papers_of(pickup: Pickup) -> list[Paper]:
    """The papers of the lots still planned or loaded at a stop (lots and products fetched before); one query."""
    gone = (PickupLot.State.LEFT, PickupLot.State.CANCELLED)
    lots = [line.lot for line in pickup.lines.all() if line.state not in gone]
    hazardous = hazardous_codes_among(lot.ewc_code for lot in lots)
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
