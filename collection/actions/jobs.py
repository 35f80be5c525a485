"""Taking and giving back rows that are queues. Everything by compare-and-set; safe to run twice."""

import datetime as dt
import uuid
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from collection.models import AssessmentDue, JobState, LeasedJob, Lot

JobT = TypeVar("JobT", bound=LeasedJob)


def lease_next(jobs: "QuerySet[JobT]", *, now: dt.datetime, lease: dt.timedelta) -> JobT | None:
    """Take the oldest job that waits, or whose holder let its lease run out; None when nothing waits."""
    free = jobs.filter(Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, leased_until__lt=now))
    for candidate in free.order_by("requested_at", "pk")[:5]:
        taken = jobs.filter(pk=candidate.pk, state=candidate.state, lease_token=candidate.lease_token).update(
            state=JobState.RUNNING,
            lease_token=uuid.uuid4(),
            leased_until=now + lease,
            attempts=F("attempts") + 1,
        )
        if taken:
            candidate.refresh_from_db()
            return candidate
    return None


def renew(job: LeasedJob, *, now: dt.datetime, lease: dt.timedelta, **changes: Any) -> bool:
    """Keep a held job and write its progress; False when the lease was lost and the work must stop."""
    held = type(job)._base_manager.filter(pk=job.pk, state=JobState.RUNNING, lease_token=job.lease_token)
    return bool(held.update(leased_until=now + lease, **changes))


def finish(job: LeasedJob, *, now: dt.datetime, state: JobState, **changes: Any) -> bool:
    """End a held job; False when somebody else has it by now, and nothing was written."""
    held = type(job)._base_manager.filter(pk=job.pk, state=JobState.RUNNING, lease_token=job.lease_token)
    return bool(held.update(state=state, finished_at=now, lease_token=None, leased_until=None, **changes))


def mark_due(lot_ids: list[int], *, at: dt.datetime) -> None:
    """Ask for these lots to be estimated and scored; asking twice is asking once.

    A row somebody holds is released, so that its holder's result does not hide the newer change.
    """
    AssessmentDue.objects.bulk_create(
        [AssessmentDue(lot_id=lot_id, requested_at=at) for lot_id in lot_ids],
        update_conflicts=True,
        unique_fields=["lot"],
        update_fields=["requested_at", "lease_token", "leased_until"],
        batch_size=5000,
    )


def mark_all_due(lots: "QuerySet[Lot]", *, at: dt.datetime) -> int:
    """The same for every lot of a queryset, however many, in one statement; how many they are."""
    chosen, parameters = lots.order_by().values("id").query.sql_with_params()
    sql = (
        f"INSERT INTO {AssessmentDue._meta.db_table} (lot_id, requested_at, attempts) "
        f"SELECT id, %s, 0 FROM ({chosen}) AS lots WHERE true ON CONFLICT (lot_id) DO UPDATE "
        "SET requested_at = excluded.requested_at, lease_token = NULL, leased_until = NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [connection.ops.adapt_datetimefield_value(at), *parameters])
        return int(cursor.rowcount)


@transaction.atomic
def lease_due_lots(*, now: dt.datetime, lease: dt.timedelta, limit: int) -> tuple[uuid.UUID, list[int]]:
    """Take up to `limit` lots that wait for assessment; the token proves the lease when they are done."""
    token = uuid.uuid4()
    free = AssessmentDue.objects.filter(Q(leased_until__isnull=True) | Q(leased_until__lt=now))
    if connection.features.has_select_for_update_skip_locked:
        free = free.select_for_update(skip_locked=True)
    chosen = list(free.order_by("requested_at", "pk").values_list("pk", flat=True)[:limit])
    AssessmentDue.objects.filter(
        Q(leased_until__isnull=True) | Q(leased_until__lt=now), pk__in=chosen
    ).update(lease_token=token, leased_until=now + lease, attempts=F("attempts") + 1)
    taken = AssessmentDue.objects.filter(lease_token=token).values_list("pk", flat=True)
    return token, list(taken)


def clear_due_lots(token: uuid.UUID) -> int:
    """The lots of this lease are done; those asked for again meanwhile stay."""
    deleted, _ = AssessmentDue.objects.filter(lease_token=token).delete()
    return deleted
