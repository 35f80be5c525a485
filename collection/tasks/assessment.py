"""Estimating and scoring lots that wait for it."""

from celery import shared_task
from django.utils import timezone

from collection.actions.dispatch import ASSESS_DUE
from collection.actions.risk import assess_due


@shared_task(name=ASSESS_DUE)
def assess_due_lots() -> int:
    """Assess every lot that waits, a batch at a time, until none is left."""
    done = 0
    while batch := assess_due(now=timezone.now()):
        done += batch
    return done
