"""Reminding holders of what will soon arise, from rows that wait."""

from celery import shared_task
from django.utils import timezone

from collection.actions.dispatch import REMIND_OF_WATCHED
from collection.actions.watched import remind_due


@shared_task(name=REMIND_OF_WATCHED)
def remind_of_watched_sources() -> int:
    """Send every reminder whose day has come, a batch at a time."""
    done = 0
    while batch := remind_due(at=timezone.now(), today=timezone.localdate()):
        done += batch
    return done
