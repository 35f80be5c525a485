"""Sent by beat every few seconds, run by a worker."""

from celery import shared_task
from django.utils import timezone

from collection.actions.dispatch import HEARTBEAT
from collection.actions.heartbeat import record_heartbeat


@shared_task(name=HEARTBEAT)
def heartbeat() -> None:
    record_heartbeat(at=timezone.now())
