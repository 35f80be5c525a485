"""Estimating and scoring lots that wait for it."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from collection.actions.dispatch import ASSESS_DUE
from collection.actions.jobs import clear_due_lots, lease_due_lots
from collection.actions.risk import assess

LEASE = dt.timedelta(minutes=2)
BATCH = 5_000


@shared_task(name=ASSESS_DUE)
def assess_due_lots() -> int:
    """Assess every lot that waits, a batch at a time; the rows go only when their batch is written."""
    done = 0
    while True:
        token, lot_ids = lease_due_lots(now=timezone.now(), lease=LEASE, limit=BATCH)
        if not lot_ids:
            return done
        assess(lot_ids, at=timezone.now())
        done += clear_due_lots(token)
