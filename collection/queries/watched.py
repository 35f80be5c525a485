"""Watched sources: lists, one with what came of it, and how well they were foreseen."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, Sum

from collection.models import Arrival, Estimate, SourceKind, WatchedSource, WatchState
from collection.rules.roles import Viewer
from collection.rules.watching import DUE_SOON, Comparison, Foreseen, compare

PAGE = 50
SHOWN = (WatchState.WATCHED, WatchState.ARISEN, WatchState.CLOSED)


@dataclass(frozen=True, slots=True)
class WatchedPage:
    """One page of the list in order of the expected day; `after` is the cursor of the next, or empty."""

    rows: Sequence[WatchedSource]
    after: str


def watched_page(viewer: Viewer, *, show: str = WatchState.WATCHED, after: str = "") -> WatchedPage:
    """Sources in one state that the viewer may see, the soonest first. A cursor is "2028-01-01.123"."""
    state = show if show in WatchState.values else WatchState.WATCHED
    rows = WatchedSource.objects.visible_to(viewer).filter(state=state)
    day, _, number = after.partition(".")
    try:
        from_on, pk = dt.date.fromisoformat(day), int(number)
    except ValueError:
        pass
    else:
        rows = rows.filter(Q(expected_from_on__gt=from_on) | Q(expected_from_on=from_on, pk__gt=pk))
    rows = rows.select_related("product", "organisation", "site", "region")
    found = list(rows.order_by("expected_from_on", "pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return WatchedPage(found[:PAGE], f"{last.expected_from_on}.{last.pk}" if last else "")


def count_due(viewer: Viewer, today: dt.date, most: int) -> int:
    """How many of the organisation's own may arise soon or are late, counted no further than `most`."""
    own = WatchedSource.unscoped.filter(organisation_id=viewer.organisation_id, state=WatchState.WATCHED)
    return own.filter(expected_from_on__lte=today + DUE_SOON).order_by()[:most].count()


def watched_of(viewer: Viewer, reference: str) -> WatchedSource:
    """One source. Raises WatchedSource.DoesNotExist where the viewer may not see it."""
    rows = WatchedSource.objects.visible_to(viewer)
    found: WatchedSource = rows.select_related(
        "product", "organisation", "site", "region", "source", "logged_by"
    ).get(reference=reference)
    return found


@dataclass(frozen=True, slots=True)
class ArrivedLot:
    """A lot that came of a source, with its current estimate where it has one."""

    arrival: Arrival
    estimate: Estimate | None

    @property
    def grams(self) -> int:
        return self.estimate.magnet_central_grams if self.estimate else 0


def arrivals_of(watched: WatchedSource) -> list[ArrivedLot]:
    """What came of it, in order."""
    arrivals = list(
        Arrival.objects.filter(watched=watched).select_related("lot", "lot__product").order_by("pk")
    )
    lots = [arrival.lot_id for arrival in arrivals]
    estimates = {each.lot_id: each for each in Estimate.objects.filter(lot_id__in=lots, is_current=True)}
    return [ArrivedLot(arrival, estimates.get(arrival.lot_id)) for arrival in arrivals]


def foreseen(viewer: Viewer) -> list[Comparison]:
    """What arose compared with what was expected, for each kind of source, over all that the viewer may see."""
    arisen = (
        WatchedSource.objects.visible_to(viewer)
        .filter(state=WatchState.ARISEN, arrivals__lot__estimates__is_current=True)
        .annotate(arose=Sum("arrivals__lot__estimates__magnet_central_grams"))
        .order_by("pk")
    )
    return compare(
        Foreseen(
            kind=SourceKind(one.source_kind).label,
            low=one.magnet_low_grams,
            central=one.magnet_central_grams,
            high=one.magnet_high_grams,
            arose=one.arose,
        )
        for one in arisen
    )
