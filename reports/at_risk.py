"""What is at risk now: the mass that open lots are expected to lose to export within 90 days.

Probability × magnet mass, added up from the scores beside the lots. It is a figure of today, whatever the
period of the report around it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast, TruncMonth

from collection.models import SECTOR_IDS, Estimate, Score
from collection.rules.lifecycle import OPEN_STATES
from reports.flows import FlowFilter, is_one_of

PAGE = 50

_KEYS: dict[str, Any] = {
    "region": F("lot__region_id"),
    "sector": F("lot__source_kind"),
    "holder": F("lot__holder_id"),
    "product": F("lot__product_id"),
    "receiver": F("lot__reserved_by_id"),
    "month": TruncMonth("lot__logged_at"),
}


def scores_within(scope: FlowFilter) -> "QuerySet[Score]":
    """The scores of open lots that a report of this scope may count."""
    scores = Score.objects.filter(lot__state__in=OPEN_STATES)
    kinds = {number: kind for kind, number in SECTOR_IDS.items()}
    for column, chosen in (
        ("lot__region_id", scope.region_ids),
        ("lot__holder_id", scope.holder_ids),
        ("lot__reserved_by_id", scope.receiver_ids),
        ("lot__product_id", scope.product_ids),
    ):
        if chosen is not None:
            scores = scores.filter(is_one_of(column, chosen))
    if scope.sector_ids is not None:
        scores = scores.filter(lot__source_kind__in=[kinds[number] for number in scope.sector_ids])
    return scores.exclude(lot__source_kind__in=[kinds[number] for number in scope.without_sector_ids])


def total_at_risk(scope: FlowFilter) -> int:
    """Grams of magnet expected to be exported within 90 days."""
    return scores_within(scope).aggregate(grams=Sum("expected_export_grams"))["grams"] or 0


def at_risk_by(scope: FlowFilter, by: str) -> dict[str, int]:
    """The same by the report's own row keys: grams of magnet, or of each element for `element`."""
    return _by_element(scope) if by == "element" else at_risk_by_each(scope, [by])[by]


def at_risk_by_each(scope: FlowFilter, groups: Sequence[str]) -> dict[str, dict[str, int]]:
    """The same by several kinds of lines, for one look at the scores. `element` is not among them."""
    keys = {f"of_{by}": _KEYS[by] for by in groups}
    sums: Any = scores_within(scope).order_by().values(**keys).annotate(grams=Sum("expected_export_grams"))
    found: dict[str, dict[str, int]] = {by: defaultdict(int) for by in groups}
    for row in sums:
        for by in groups:
            found[by][_key_text(by)(row[f"of_{by}"])] += int(row["grams"] or 0)
    return found


def _key_text(by: str) -> Callable[[Any], str]:
    if by == "sector":
        return lambda kind: str(SECTOR_IDS[kind])
    if by == "month":
        return lambda month: month.date().isoformat()
    return lambda key: str(key or 0)


def _by_element(scope: FlowFilter) -> dict[str, int]:
    elements = ("nd", "pr", "dy", "tb", "sm")
    mass = Cast("lot__score__expected_export_grams", FloatField())
    sums = Estimate.objects.filter(
        is_current=True, lot__score__in=scores_within(scope).order_by().values("pk")
    ).aggregate(**{element: Sum(mass * F(f"{element}_ppm")) for element in elements})
    found = {element.capitalize(): round((sums[element] or 0) / 1e6) for element in elements}
    return found | {"REE": sum(found.values())}


@dataclass(frozen=True, slots=True)
class ScoresPage:
    """Most at risk first. `older` is the cursor of the next page, empty on the last."""

    scores: Sequence[Score]
    older: str


def lots_at_risk(scope: FlowFilter, *, before: str = "") -> ScoresPage:
    """The scores of open lots with their lots, a page at a time. Raises ValueError for a wrong cursor."""
    found = scores_within(scope).filter(expected_export_grams__gt=0)
    if before:
        grams, _, lot_id = before.partition("_")
        found = found.filter(expected_export_grams__lte=int(grams)).filter(
            Q(expected_export_grams__lt=int(grams)) | Q(expected_export_grams=int(grams), pk__lt=int(lot_id))
        )
    related = found.select_related("lot__product", "lot__holder", "lot__region")
    rows = list(related.order_by("-expected_export_grams", "-pk")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return ScoresPage(rows[:PAGE], f"{last.expected_export_grams}_{last.pk}" if last else "")
