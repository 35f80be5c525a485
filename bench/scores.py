"""Scoring every open lot, end to end, beside a loop over model instances and beside reading alone."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.rows import Row, peak_megabytes, seconds
from collection.actions.risk import assess_all, ensure_model
from collection.models import Lot, Score
from collection.queries.risk import open_lots
from collection.rules.lifecycle import OPEN_STATES
from collection.rules.risk import score

LOOPED = 1_500
BATCH = 1_000


def _one_by_one(count: int) -> None:
    """As such code is usually written: each lot fetched, scored and put in a bulk update of a thousand."""
    at = timezone.now()
    _, model = ensure_model(at=at)
    changed: list[Score] = []
    open_now = Lot.unscoped.filter(state__in=OPEN_STATES).order_by("pk")[:count]
    for lot in open_now.iterator():
        found = open_lots([lot.pk], at=at)
        row = Score.objects.filter(pk=lot.pk).first()
        if found is None or row is None:
            continue
        row.p90 = float(score(model, found.features).p90[0])
        changed.append(row)
        if len(changed) >= BATCH:
            Score.objects.bulk_update(changed, ["p90"])
            changed.clear()
    Score.objects.bulk_update(changed, ["p90"])


def _read_and_compute() -> None:
    at = timezone.now()
    _, model = ensure_model(at=at)
    found = open_lots(None, at=at)
    if found is not None:
        score(model, found.features)


def run() -> list[Row]:
    at = timezone.now()
    lots = Lot.unscoped.filter(state__in=OPEN_STATES).count()
    Score.objects.all().delete()
    first = seconds(lambda: assess_all(at=at))
    again = seconds(lambda: assess_all(at=at))
    with CaptureQueriesContext(connection) as queries:
        unchanged = assess_all(at=at)
    limit = seconds(_read_and_compute)
    looped = min(LOOPED, lots)
    peer = seconds(lambda: _one_by_one(looped)) / looped * lots
    return [
        Row(
            name=f"score {lots:,} open lots, nothing scored before",
            ours_seconds=first,
            peer=f"a loop with bulk_update, scaled from {looped:,} lots",
            peer_seconds=peer,
            limit="read and compute, write nothing",
            limit_seconds=limit,
            reach_peer=100,
            reach_limit=2.5,
        ),
        Row(
            name=f"score {lots:,} open lots again, nothing changed",
            ours_seconds=again,
            peer=f"a loop with bulk_update, scaled from {looped:,} lots",
            peer_seconds=peer,
            limit="read and compute, write nothing",
            limit_seconds=limit,
            reach_peer=100,
            reach_limit=2.5,
            facts={
                "scores written": unchanged.written,
                "queries": len(queries),
                "peak MB": peak_megabytes(lambda: assess_all(at=at)),
            },
        ),
    ]
