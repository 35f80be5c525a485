"""Reading lots: a page of a list, one lot with everything its page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from collection.models import (
    CustodyEntry,
    Departure,
    Estimate,
    Event,
    Flag,
    Lineage,
    Lot,
    LotPaper,
    LotPhoto,
    PickupLot,
    RiskOverride,
    Score,
)
from collection.models.lots import LotQuerySet
from collection.queries.keyset import KeysetPage, newest_first
from collection.queries.offers import LotMarket, events_of, lot_market
from collection.queries.overrides import running_override
from collection.queries.papers import papers_of
from collection.rules.lifecycle import OPEN_STATES, LotState
from collection.rules.roles import Viewer

FLAGGED = "flagged"
# Roughly estimated, from a gross weight (D) or hearsay (E), and still there.
WEAK = "weak"
WEAK_CLASSES = ("D", "E")
_STATES = frozenset(state.value for state in LotState)


@dataclass(frozen=True, slots=True)
class LotsPage:
    """One page of a list: its lots with product, holder, place and score, and the cursors."""

    lots: Sequence[Lot]
    cursors: KeysetPage


def lots_page(viewer: Viewer, *, show: str = "", before: str = "", after: str = "") -> LotsPage:
    """A page of the lots a viewer may see, newest first.

    `show` is a state of `LotState`, `flagged` for lots with an open flag or `weak` for lots still there
    whose estimate should be replaced; anything else shows all. The fifty keys are chosen first, from the
    index alone; only their rows are then read.
    """
    lots = Lot.objects.visible_to(viewer)
    if show in _STATES:
        lots = lots.filter(state=show)
    elif show == FLAGGED:
        lots = lots.filter(pk__in=Flag.objects.filter(closed_at=None).order_by().values("lot_id"))
    elif show == WEAK:
        weak = Estimate.objects.filter(is_current=True, evidence_class__in=WEAK_CLASSES).order_by()
        lots = lots.filter(state__in=OPEN_STATES, pk__in=weak.values("lot_id"))
    cursors = newest_first(lots, before=before, after=after)
    found = Lot.unscoped.select_related("product", "holder", "site", "score").in_bulk(cursors.ids)
    return LotsPage([found[pk] for pk in cursors.ids], cursors)


@dataclass(frozen=True, slots=True)
class LotFile:
    """Everything the page of one lot shows. `estimates` come newest first; the first is the current one."""

    lot: Lot
    estimates: Sequence[Estimate]
    score: Score | None
    open_flag: Flag | None
    entries: Sequence[CustodyEntry]
    events: Sequence[Event]
    photos: Sequence[LotPhoto]
    papers: Sequence[LotPaper]
    pickup_lines: Sequence[PickupLot]
    parents: Sequence[Lineage]
    children: Sequence[Lineage]
    departure: Departure | None
    market: LotMarket
    override: RiskOverride | None

    @property
    def estimate(self) -> Estimate | None:
        return self.estimates[0] if self.estimates else None


def lot_of(viewer: Viewer, reference: str) -> Lot:
    """One lot. Raises Lot.DoesNotExist where the viewer may not see it."""
    return _one_of(Lot.objects.visible_to(viewer), reference)


def _one_of(lots: LotQuerySet, reference: str) -> Lot:
    lot: Lot = lots.select_related("product", "holder", "site", "region", "logged_by").get(
        reference=reference
    )
    return lot


def lot_file(viewer: Viewer, reference: str) -> LotFile:
    """One lot with its details and its history. Raises Lot.DoesNotExist where the viewer may not see it."""
    lot = _one_of(Lot.objects.visible_to(viewer).select_related("details__supply_class", "waste"), reference)
    return LotFile(
        lot=lot,
        estimates=list(lot.estimates.select_related("coefficient__product").order_by("-pk")),
        score=Score.objects.filter(lot=lot).select_related("model").first(),
        open_flag=Flag.objects.filter(lot=lot, closed_at=None).first(),
        entries=list(
            CustodyEntry.objects.visible_to(viewer)
            .filter(lot=lot)
            .select_related("actor")
            .order_by("sequence")
        ),
        events=list(events_of(viewer, lot)),
        market=lot_market(viewer, lot),
        override=running_override(lot),
        photos=list(LotPhoto.objects.filter(lot=lot).order_by("pk")),
        papers=papers_of(lot),
        pickup_lines=list(
            PickupLot.objects.filter(lot=lot)
            .select_related("pickup__round__vehicle", "pickup__round__facility")
            .order_by("-pk")
        ),
        parents=list(lot.parent_links.select_related("parent").order_by("pk")),
        children=list(lot.children_links.select_related("child").order_by("pk")),
        departure=Departure.objects.filter(lot=lot).first(),
    )
