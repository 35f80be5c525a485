"""Keeping the roll-ups fresh."""

from celery import shared_task

from reports.rollups import fold


@shared_task(name="reports.fold")
def fold_entries() -> int:
    return fold()
