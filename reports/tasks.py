"""Keeping the roll-ups fresh."""

from celery import shared_task
from django.utils import timezone

from reports.disclosure import tell_finished_quarters
from reports.rollups import fold


@shared_task(name="reports.fold")
def fold_entries() -> int:
    return fold()


@shared_task(name="reports.tell_defence")
def tell_defence() -> int:
    return tell_finished_quarters(timezone.now())
