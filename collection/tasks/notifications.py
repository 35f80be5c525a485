"""Telling people, from rows that wait."""

from celery import shared_task
from django.utils import timezone

from collection.actions.dispatch import ANNOUNCE_FLAGS, SEND_NOTIFICATIONS
from collection.actions.flags import announce_open_flags
from collection.actions.mail import send_waiting


@shared_task(name=SEND_NOTIFICATIONS)
def send_waiting_notifications() -> int:
    return send_waiting(now=timezone.now())


@shared_task(name=ANNOUNCE_FLAGS)
def announce_flags() -> int:
    return announce_open_flags(at=timezone.now())
