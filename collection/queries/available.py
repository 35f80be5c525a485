"""The planner's list of lots that could be had, a page at a time."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from collection.models import AssessmentDue, Estimate, Lot, ProductType, Score
from collection.queries.keyset import NEWEST_FIRST, KeysetPage, falling
from collection.rules.content import EVIDENCE_CLASSES
from collection.rules.lifecycle import LotState
from collection.rules.roles import Viewer

# Score.Meta and Lot.Meta have an index for each order.
LEAVING_FIRST = ("expected_export_grams", "lot_id")
LEAVING, MOST_MAGNETS, NEWEST = "leaving", "magnets", "newest"
ORDERS = {LEAVING: "Most kg likely to leave", MOST_MAGNETS: "Most magnets", NEWEST: "Newest"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFilters:
    """What the planner narrows the list by; empty means any."""

    words: str = ""
    band: str = ""
    family: str = ""
    nation: str = ""


@dataclass(frozen=True, slots=True)
class ListedLot:
    """A lot with its current estimate."""

    lot: Lot
    estimate: Estimate

    @property
    def score(self) -> Score | None:
        """The present score; None before the first."""
        return getattr(self.lot, "score", None)

    @property
    def evidence(self) -> str:
        """What the estimate stands on, in the words of its evidence class."""
        return EVIDENCE_CLASSES[self.estimate.evidence_class]


@dataclass(frozen=True, slots=True)
class LotPage:
    """Lots in the order asked for, with the cursors of the pages on either side."""

    lots: list[ListedLot]
    cursors: KeysetPage
    some_wait_for_a_score: bool


def available_lots(viewer: Viewer, filters: LotFilters) -> "QuerySet[Lot, Lot]":
    """Held lots the viewer may fetch, with what a row of the list shows."""
    lots: QuerySet[Lot, Lot] = Lot.objects.visible_to(viewer).filter(
        state=LotState.HELD, estimates__is_current=True
    )
    if filters.words:
        lots = lots.filter(
            Q(product__in=_products_called(filters.words)) | Q(reference__iexact=filters.words)
        )
    if filters.band:
        lots = lots.filter(score__band=int(filters.band))
    if filters.family:
        lots = lots.filter(magnet_family=filters.family)
    if filters.nation:
        lots = lots.filter(nation=filters.nation)
    return lots.select_related("product", "holder", "site", "score")


def _products_called(words: str) -> list[int]:
    """Products by part of their name or by a synonym: few, so that lots are found by the product's key."""
    called = Q(name__icontains=words) | Q(synonyms__term__iexact=words)
    return list(ProductType.objects.filter(called).order_by().values_list("pk", flat=True).distinct())


def _by_expected_loss(lots: "QuerySet[Lot, Lot]") -> "QuerySet[Score]":
    """The scores of these lots, which lie in the order of what is expected to leave."""
    return Score.objects.filter(lot__in=lots.order_by().values("pk"))


def _without_a_score(lots: "QuerySet[Lot, Lot]") -> "QuerySet[AssessmentDue]":
    """Those of these lots that wait for their first score: the few that wait are asked, not every lot."""
    return AssessmentDue.objects.filter(lot__score=None, lot__in=lots.order_by().values("pk"))


def page_of_lots(
    viewer: Viewer, filters: LotFilters, order: str = LEAVING, *, before: str = "", after: str = ""
) -> LotPage:
    """One page of the list in one of `ORDERS`; a lot not scored yet is only in the others than `LEAVING`."""
    lots = available_lots(viewer, filters)
    some_wait = False
    if order == LEAVING:
        some_wait = _without_a_score(lots).exists()
        cursors = falling(_by_expected_loss(lots), LEAVING_FIRST, before=before, after=after)
    else:
        by_key = ("magnet_grams", "pk") if order == MOST_MAGNETS else NEWEST_FIRST
        cursors = falling(lots, by_key, before=before, after=after)
    found = Lot.unscoped.select_related("product", "holder", "site", "score").in_bulk(cursors.ids)
    estimates = {each.lot_id: each for each in Estimate.objects.filter(lot__in=cursors.ids, is_current=True)}
    return LotPage([ListedLot(found[pk], estimates[pk]) for pk in cursors.ids], cursors, some_wait)


def lots_for_map(viewer: Viewer, filters: LotFilters, most: int) -> list[Lot]:
    """The lots most at risk that have a point, for a map; `most` at the most."""
    lots = available_lots(viewer, filters).filter(lat__isnull=False)
    by_loss = _by_expected_loss(lots).order_by(*(f"-{field}" for field in LEAVING_FIRST))
    ids = [*by_loss.values_list("lot_id", flat=True)[:most]]
    if len(ids) < most:
        ids += _without_a_score(lots).order_by("-pk").values_list("lot_id", flat=True)[: most - len(ids)]
    found = Lot.unscoped.select_related("product", "score").in_bulk(ids)
    return [found[pk] for pk in ids]
