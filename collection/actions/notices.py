"""Marking notices as read."""

import datetime as dt

from collection.models import Notification
from collection.rules.roles import Viewer


def mark_read(viewer: Viewer, *, at: dt.datetime, notice_id: int | None = None) -> int:
    """Mark one of the viewer's notices, or all of them, as read; how many were unread."""
    unread = Notification.objects.filter(recipient_id=viewer.user_id, read_at=None)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=at)
