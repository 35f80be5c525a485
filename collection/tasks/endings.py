"""What time brings about: offers and overrides that run out, and the monthly look at the risk model."""

from celery import shared_task
from django.utils import timezone

from collection.actions.dispatch import END_WHAT_RAN_OUT, WATCH_RISK
from collection.actions.offers import end_stale_offers
from collection.actions.overrides import end_overrides
from collection.actions.risk_watch import watch


@shared_task(name=END_WHAT_RAN_OUT)
def end_what_ran_out() -> int:
    """End offers and overrides that are over; their lots are scored anew. Safe to run twice."""
    now = timezone.now()
    return end_stale_offers(at=now) + end_overrides(at=now)


@shared_task(name=WATCH_RISK)
def watch_risk() -> int:
    """Write the rows of closed months that are missing. Most days there is none."""
    return watch(at=timezone.now())
