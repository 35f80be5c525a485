"""A worker killed in the middle of scoring loses no lot and doubles nothing: real processes."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from collection.actions.dispatch import ASSESS_DUE
from collection.actions.jobs import mark_due
from collection.actions.lots import log_lot
from collection.actions.risk import CHUNK, assess
from collection.models import AssessmentDue, Estimate, Flag, Lot, Score
from collection.rules.intake import NewLot
from config.celery import app
from tests.cast import Cast
from tests.workers import Worker

LOTS = 3 * CHUNK


def _many_lots(cast: Cast) -> list[int]:
    """One lot logged as people do, and so many like it that scoring takes several batches."""
    now = timezone.now()
    new_lot = NewLot(
        submission_id=uuid.uuid4(),
        source_kind="scrapyard",
        product_code="scrap_loose_sintered_ndfeb",
        quantity=Decimal(300),
        unit="kg_gross",
        condition="intact",
        intent="export",
        available_from_on=now.date() + dt.timedelta(days=1),
        postcode="G40 1AA",
    )
    first = log_lot(cast.scrapyard.viewer, new_lot, at=now).lot
    copies = [Lot(**_columns(first, n)) for n in range(1, LOTS)]
    Lot.unscoped.bulk_create(copies, batch_size=2000)
    estimate = first.estimates.get()
    columns = {
        f.attname: getattr(estimate, f.attname) for f in Estimate._meta.concrete_fields if f.name != "id"
    }
    ids = list(Lot.unscoped.order_by("pk").values_list("pk", flat=True))
    Estimate.objects.bulk_create(
        [Estimate(**(columns | {"lot_id": lot_id})) for lot_id in ids if lot_id != first.pk], batch_size=2000
    )
    return ids


def _columns(lot: Lot, number: int) -> dict[str, object]:
    columns = {f.attname: getattr(lot, f.attname) for f in Lot._meta.concrete_fields if f.name != "id"}
    return columns | {"reference": f"LOT-99-{number:06d}", "submission_id": uuid.uuid4()}


@pytest.mark.processes
@pytest.mark.usefixtures("committed_reference")
def test_scoring_survives_the_worker_that_was_killed_at_it(cast: Cast, real_worker: Worker) -> None:
    lot_ids = _many_lots(cast)
    real_worker.wait_until(lambda: not AssessmentDue.objects.exists())
    mark_due(lot_ids, at=timezone.now())
    Score.objects.all().delete()
    app.send_task(ASSESS_DUE)
    real_worker.wait_until(lambda: Score.objects.exists(), within_seconds=60)
    real_worker.kill()

    done = Score.objects.count()
    waiting = AssessmentDue.objects.count()
    assert 0 < done < LOTS, "the worker was to be killed in the middle"
    assert done + waiting >= LOTS, "a lot is scored or waits, never neither"

    # Two minutes later: the leases have run out, a new worker is up and the sweep comes round.
    AssessmentDue.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
    real_worker.start()
    app.send_task(ASSESS_DUE)
    app.send_task(ASSESS_DUE)
    real_worker.wait_until(lambda: not AssessmentDue.objects.exists(), within_seconds=90)

    assert Score.objects.count() == LOTS
    assert Flag.objects.filter(closed_at=None).count() == LOTS
    again = assess(lot_ids, at=Score.objects.earliest("pk").scored_at)
    assert (again.written, again.opened) == (0, 0)
