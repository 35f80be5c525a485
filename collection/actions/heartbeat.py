"""The sign that beat, broker and worker all live."""

import datetime as dt

from collection.models import Heartbeat

BEAT = "beat"


def record_heartbeat(*, at: dt.datetime) -> None:
    """Beat's message arrived and a worker ran it."""
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"at": at})
