"""Keeping a person's decision that two lots which look alike are two lots."""

import datetime as dt
from collections.abc import Sequence

from collection.actions.lifecycle import record_events
from collection.models import Lot
from collection.rules.lifecycle import Verb
from collection.rules.roles import Permission, Viewer, require


def record_different(viewer: Viewer, lot: Lot, others: Sequence[Lot], *, at: dt.datetime) -> None:
    """Somebody looked at lots like this one and said that it is another."""
    require(viewer, Permission.CHANGE_OWN_LOT)
    references = ", ".join(other.reference for other in others)
    words = f"Looked at and said to be another lot than {references}"[:300]
    record_events([lot.pk], Verb.CHANGED, at=at, recorded_at=at, viewer=viewer, words=words)
