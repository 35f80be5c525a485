"""What may be worked up together: the mixing rules of a plant's batch."""

from collection.actions.estimates import condition_of, kept_findings, lot_input
from collection.models import Facility, Lot
from collection.queries.catalogue import current_catalogue
from collection.rules.content import ContentEstimate, estimate, mixing_problems
from collection.rules.route_rules import Condition

MOST_COMPARED = 500


def batch_problems(lot: Lot, *, facility: Facility, batch: str, route_code: str) -> tuple[str, ...]:
    """Why a lot may not join what this plant has worked up in a batch already; empty when it may."""
    others = Lot.unscoped.filter(processing__facility=facility, processing__batch=batch).exclude(pk=lot.pk)
    together = [lot, *others.select_related("product").order_by("pk")[:MOST_COMPARED]]
    if len(together) == 1:
        return ()
    return mixing_problems([_as_mixed(each) for each in together], route_code)


def _as_mixed(lot: Lot) -> tuple[ContentEstimate, Condition]:
    kept = lot.estimates.get(is_current=True)
    known = lot_input(lot, composition=kept_findings(kept).composition)
    return estimate(current_catalogue(), known), condition_of(lot)
