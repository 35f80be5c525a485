"""The planner's list of lots that could be had, a page at a time."""

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from collection.models import Estimate, Lot
from collection.rules.lifecycle import LotState
from collection.rules.roles import Viewer

PAGE = 50


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


@dataclass(frozen=True, slots=True)
class LotPage:
    """Lots newest first, with the cursors of the pages on either side; empty where there is none."""

    lots: list[ListedLot]
    older: str
    newer: str


def available_lots(viewer: Viewer, filters: LotFilters) -> "QuerySet[Lot, Lot]":
    """Held lots the viewer may fetch, with what a row of the list shows."""
    lots: QuerySet[Lot, Lot] = Lot.objects.visible_to(viewer).filter(
        state=LotState.HELD, estimates__is_current=True
    )
    if filters.words:
        found = Q(product__name__icontains=filters.words) | Q(reference__iexact=filters.words)
        lots = lots.filter(found | Q(product__synonyms__term__iexact=filters.words)).distinct()
    if filters.band:
        lots = lots.filter(score__band=int(filters.band))
    if filters.family:
        lots = lots.filter(magnet_family=filters.family)
    if filters.nation:
        lots = lots.filter(nation=filters.nation)
    return lots.select_related("product", "holder", "site", "score")


def page_of_lots(viewer: Viewer, filters: LotFilters, *, before: str = "", after: str = "") -> LotPage:
    """One page of the list; `before` and `after` are lot ids as text (anything else means the first page)."""
    lots = available_lots(viewer, filters)
    if after.isdecimal():
        rows = list(lots.filter(pk__gt=int(after)).order_by("pk")[: PAGE + 1])
        has_newer, has_older = len(rows) > PAGE, True
        rows = rows[:PAGE][::-1]
    else:
        older = lots.filter(pk__lt=int(before)) if before.isdecimal() else lots
        rows = list(older.order_by("-pk")[: PAGE + 1])
        has_newer, has_older = before.isdecimal(), len(rows) > PAGE
        rows = rows[:PAGE]
    if not rows:
        return LotPage([], "", "")
    estimates = {each.lot_id: each for each in Estimate.objects.filter(lot__in=rows, is_current=True)}
    return LotPage(
        [ListedLot(lot, estimates[lot.pk]) for lot in rows],
        older=str(rows[-1].pk) if has_older else "",
        newer=str(rows[0].pk) if has_newer else "",
    )


def lots_for_map(viewer: Viewer, filters: LotFilters, most: int) -> list[Lot]:
    """The lots most at risk that have a point, for a map; `most` at the most."""
    lots = available_lots(viewer, filters).filter(lat__isnull=False)
    return list(lots.order_by(F("score__expected_export_grams").desc(nulls_last=True), "-pk")[:most])
