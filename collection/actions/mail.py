"""Sending the e-mails that notification rows wait for.

A row is taken by compare-and-set before its e-mail goes out. A worker killed between sending and noting it
leaves a lease that runs out, and the e-mail goes again with the same Message-ID: mail programs show it once.
"""

import datetime as dt
import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q

from collection.models import Notification

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=5)
MOST_ATTEMPTS = 5


def send_waiting(*, now: dt.datetime, limit: int = 200) -> int:
    """Send up to `limit` waiting e-mails, oldest first; how many went out."""
    free = Q(email_state=Notification.EmailState.WAITING) | Q(
        email_state=Notification.EmailState.SENDING, email_leased_until__lt=now
    )
    waiting = Notification.objects.filter(free).select_related("recipient").order_by("pk")[:limit]
    return sum(_send(notification, free, now) for notification in waiting)


def _send(notification: Notification, free: Q, now: dt.datetime) -> bool:
    row = Notification.objects.filter(pk=notification.pk)
    taken = row.filter(free).update(
        email_state=Notification.EmailState.SENDING,
        email_leased_until=now + LEASE,
        email_attempts=F("email_attempts") + 1,
    )
    if not taken:
        return False
    try:
        _message(notification).send()
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("E-mail %s did not go out: %s", notification.pk, error)
        gave_up = notification.email_attempts + 1 >= MOST_ATTEMPTS
        state = Notification.EmailState.FAILED if gave_up else Notification.EmailState.SENDING
        row.update(email_state=state)
        return False
    row.update(email_state=Notification.EmailState.SENT, email_leased_until=None)
    return True


def _message(notification: Notification) -> EmailMessage:
    body = notification.body
    if notification.url:
        body = f"{body}\n\n{settings.SITE_ADDRESS.rstrip('/')}{notification.url}"
    return EmailMessage(
        subject=notification.title,
        body=body,
        to=[notification.recipient.email],
        headers={"Message-ID": f"<notification-{notification.pk}@{settings.SITE_NAME_IN_MAIL}>"},
    )
