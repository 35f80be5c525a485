"""Scoring every open lot, end to end, beside a loop over model instances, reading alone and a plain UPDATE."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.rows import Row, peak_megabytes, seconds
from collection.actions.risk import SPAN, assess_all, standard_in_force
from collection.actions.scores import Assessed
from collection.models import BandChange, Estimate, Flag, Lot, Score
from collection.queries.risk import holder_records, nearest_places, open_lots
from collection.rules.lifecycle import OPEN_STATES
from collection.rules.risk import FeatureTable, band, score
from collection.rules.risk_form import form_of

LOOPED = 3_000
BATCH = 1_000
LATER = dt.timedelta(days=45)


def _one_by_one(count: int) -> None:
    """As such code is usually written: lots one after the other, each scored and put in a bulk write of 1,000."""
    at = timezone.now()
    standard, records = standard_in_force(at=at), holder_records(at=at)
    cuts = (standard.thresholds.medium_from, standard.thresholds.high_from)
    changed: list[Score] = []
    lots = (
        Lot.unscoped.filter(state__in=OPEN_STATES).order_by("pk").select_related("holder", "product", "score")
    )
    contents = {each.lot_id: each for each in Estimate.objects.filter(lot__in=lots[:count], is_current=True)}
    for lot in lots[:count].iterator():
        table = FeatureTable.of(_facts(lot, contents[lot.pk], records, at))
        found = score(standard.model, table)
        row = Score(
            lot=lot,
            model=standard.version,
            points=float(found.points[0]),
            p30=float(found.p30[0]),
            p60=float(found.p60[0]),
            p90=float(found.p90[0]),
            p_retained=float(found.p_retained[0]),
            p_lost=float(found.p_lost[0]),
            band=int(band(found.p90, cuts)[0]) + 1,
            expected_export_grams=round(float(found.p90[0]) * lot.magnet_grams),
            scored_at=at,
        )
        changed.append(row)
        if len(changed) >= BATCH:
            _save(changed)
    _save(changed)


def _save(changed: list[Score]) -> None:
    names = [field.attname for field in Score._meta.concrete_fields if not field.primary_key]
    Score.objects.bulk_create(changed, update_conflicts=True, unique_fields=["lot"], update_fields=names)
    changed.clear()


def _facts(lot: Lot, content: Estimate, records: Any, at: dt.datetime) -> dict[str, object]:
    closed, exported, collected, recent, recent_exported = records.get(lot.holder_id, (0,) * 5)
    product = lot.product
    form = form_of(
        product_code=product.code,
        sector=product.sector,
        typical_form=product.typical_form,
        condition=lot.condition,
    )
    kg, days = lot.magnet_grams / 1000, (at - lot.logged_at).total_seconds() / 86_400
    ppm = content.nd_ppm + content.pr_ppm + content.dy_ppm + content.tb_ppm + content.sm_ppm
    return {
        "status": ["logged"],
        "holder_type": [lot.holder.holder_kind],
        "holder": [str(lot.holder_id)],
        "site": [str(lot.site_id)],
        "form": [form],
        "chemistry": [lot.magnet_family],
        "declared_intent": [lot.intent],
        "gross_kg": [(lot.gross_grams or 0) / 1000],
        "magnet_kg": [kg],
        "re_kg": [kg * ppm / 1e6],
        "dy_kg": [kg * (content.dy_ppm + content.tb_ppm) / 1e6],
        "days_since_logged": [days],
        "days_in_stock": [days],
        "holder_closed_n": [closed],
        "holder_export_n": [exported],
        "holder_pickup_n": [collected],
        "holder_recent_n": [recent],
        "holder_recent_export_n": [recent_exported],
        **nearest_places([lot.lat], [lot.lon]),
    }


def _read_and_compute() -> None:
    at = timezone.now()
    standard, records = standard_in_force(at=at), holder_records(at=at)
    last = Lot.unscoped.order_by("-pk").values_list("pk", flat=True)[0]
    for start in range(1, last + 1, SPAN):
        found = open_lots(range(start, start + SPAN), at=at, records=records)
        if found is not None:
            score(standard.model, found.features)


def _forget() -> None:
    for model in (BandChange, Flag, Score):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")


def _plain_update() -> Callable[[], None]:
    """Every score updated from a table of ready values: what any scoring must pay that changes them all."""
    names = (
        "points",
        "p30",
        "p60",
        "p90",
        "p_retained",
        "p_lost",
        "band",
        "expected_export_grams",
        "scored_at",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE ready AS SELECT lot_id, {', '.join(names)} FROM collection_score"
        )

    def update() -> None:
        new = ", ".join(f"{name} = ready.{name}" for name in names)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE collection_score SET {new} FROM ready WHERE ready.lot_id = collection_score.lot_id"
            )

    return update


def _log_position() -> int:
    """Bytes of write-ahead log so far; 0 where there is none."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn() - '0/0'")
        return int(cursor.fetchone()[0])


def _logged(work: Callable[[], Assessed]) -> tuple[Assessed, float]:
    """What a run wrote, and its megabytes of write-ahead log."""
    before = _log_position()
    found = work()
    return found, round((_log_position() - before) / 1e6, 3)


def run() -> list[Row]:
    at = timezone.now()
    lots = Lot.unscoped.filter(state__in=OPEN_STATES).count()
    looped = min(LOOPED, lots)
    peer = seconds(lambda: _one_by_one(looped)) / looped * lots
    _forget()
    first = seconds(lambda: assess_all(at=at))
    changes, flags = BandChange.objects.count(), Flag.objects.count()
    limit = seconds(_read_and_compute)
    again = seconds(lambda: assess_all(at=at))
    with CaptureQueriesContext(connection) as queries:
        unchanged, log = _logged(lambda: assess_all(at=at))
    peak = peak_megabytes(lambda: assess_all(at=at))
    update = seconds(_plain_update())
    different = seconds(lambda: assess_all(at=at + LATER))
    named = {
        "peer": f"a loop over instances, bulk write of {BATCH:,}; scaled from {looped:,} lots",
        "peer_seconds": peer,
        "reach_peer": 100,
    }
    compute = {"limit": "read and compute, write nothing", "limit_seconds": limit, "reach_limit": 2.5}
    return [
        Row(
            name=f"score {lots:,} open lots, nothing scored before",
            ours_seconds=first,
            facts={"band changes": changes, "flags opened": flags},
            **named,
            **compute,
        ),
        Row(
            name=f"score {lots:,} open lots again, nothing changed",
            ours_seconds=again,
            facts={
                "rows written": unchanged.written,
                "log MB": log,
                "queries": len(queries),
                "peak MB": peak,
            },
            **named,
            **compute,
        ),
        Row(
            name=f"score {lots:,} open lots {LATER.days} days later, all different",
            ours_seconds=different,
            limit="plain UPDATE … FROM of the same rows",
            limit_seconds=update,
            **named,
        ),
    ]
