"""How long work has been waiting, queue by queue: for probes, so it asks for no viewer and names nobody."""

import datetime as dt

from django.db.models import Min

from collection.models import AssessmentDue, Flag, Heartbeat, JobState, Notification, Plan


def oldest_waiting() -> dict[str, dt.datetime | None]:
    """Since when the oldest unfinished row of each queue waits; None where nothing waits."""
    plans = Plan.unscoped.filter(state__in=[JobState.WAITING, JobState.RUNNING])
    emails = Notification.objects.filter(email_state=Notification.EmailState.WAITING)
    flags = Flag.objects.filter(closed_at=None, announced_at=None)
    return {
        "assessment": AssessmentDue.objects.aggregate(since=Min("requested_at"))["since"],
        "plans": plans.aggregate(since=Min("requested_at"))["since"],
        "e-mail": emails.aggregate(since=Min("created_at"))["since"],
        "flags to announce": flags.aggregate(since=Min("opened_at"))["since"],
    }


def last_heartbeat(name: str) -> dt.datetime | None:
    """When that part of the system last showed that it lives."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
