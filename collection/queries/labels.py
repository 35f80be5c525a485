"""Labels: what is printed on them, and whose lot a scanned one leads to."""

from collections.abc import Sequence
from dataclasses import dataclass

from collection.models import Estimate, Lot, LotLabel, Pickup, WasteCode, WasteDetails
from collection.rules.lifecycle import OPEN_STATES
from collection.rules.roles import Viewer

MOST_LOTS = 50


@dataclass(frozen=True, slots=True)
class LotToLabel:
    """A lot with what its label says of it."""

    lot: Lot
    estimate: Estimate | None
    waste_code: WasteCode | None


@dataclass(frozen=True, slots=True)
class IssuedLabel:
    """One label to print; `container` of `containers`, both 0 where the lot has one label as a whole."""

    content: LotToLabel
    token: str
    container: int = 0
    containers: int = 0


def lots_to_label(viewer: Viewer, references: Sequence[str]) -> list[LotToLabel]:
    """The named lots in the order named. Raises Lot.DoesNotExist where the viewer may not see one."""
    found: dict[str, Lot] = {
        lot.reference: lot
        for lot in Lot.objects.visible_to(viewer)
        .filter(reference__in=references)
        .select_related("product", "holder")
    }
    if set(found) != set(references):
        raise Lot.DoesNotExist
    lots = [found[reference] for reference in dict.fromkeys(references)]
    estimates = {each.lot_id: each for each in Estimate.objects.filter(lot__in=lots, is_current=True)}
    codes = WasteCode.objects.in_bulk({lot.ewc_code for lot in lots if lot.ewc_code})
    return [LotToLabel(lot, estimates.get(lot.pk), codes.get(lot.ewc_code)) for lot in lots]


def containers_of(lot: Lot) -> int:
    """How many containers its packing says the lot is in; 1 where nobody said."""
    waste = WasteDetails.objects.filter(lot=lot).only("container_count").first()
    return (waste and waste.container_count) or 1


def lots_that_need_labels(viewer: Viewer) -> list[Lot]:
    """The organisation's own lots that are still there, newest first."""
    own = Lot.unscoped.filter(holder_id=viewer.organisation_id, state__in=OPEN_STATES)
    return list(own.select_related("product").order_by("-pk")[:MOST_LOTS])


def label_of(viewer: Viewer, token: str) -> LotLabel:
    """A scanned label. Raises LotLabel.DoesNotExist alike where there is none and where it is not theirs."""
    lots = Lot.objects.visible_to(viewer).order_by().values("pk")
    return LotLabel.objects.select_related("lot").get(token=token, lot__in=lots)


def labels_at_stop(pickup: Pickup) -> list[dict[str, object]]:
    """What may stand on the labels of a stop's lots, for a phone that reads one: the reference, the tokens."""
    lots = {line.lot_id: line.lot for line in pickup.lines.all()}
    tokens: dict[int, list[str]] = {lot_id: [] for lot_id in lots}
    for lot_id, token in LotLabel.objects.filter(lot__in=lots).values_list("lot_id", "token"):
        tokens[lot_id].append(token)
    return [
        {"lot": lot_id, "reference": lot.reference, "tokens": tokens[lot_id]} for lot_id, lot in lots.items()
    ]
