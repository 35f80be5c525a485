"""A person's notices, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from collection.models import Notification
from collection.queries.keyset import KeysetPage, newest_first
from collection.rules.roles import Viewer


@dataclass(frozen=True, slots=True)
class NoticesPage:
    notices: Sequence[Notification]
    cursors: KeysetPage


def notices_page(viewer: Viewer, *, before: str = "", after: str = "") -> NoticesPage:
    """A page of the viewer's own notices."""
    own = Notification.objects.filter(recipient_id=viewer.user_id)
    cursors = newest_first(own, before=before, after=after)
    found = Notification.objects.in_bulk(cursors.ids)
    return NoticesPage([found[pk] for pk in cursors.ids], cursors)
