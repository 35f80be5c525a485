"""Telling people: rows first, e-mails later from the rows."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from collection.actions.dispatch import SEND_NOTIFICATIONS, nudge
from collection.models import Membership, Notification
from collection.rules.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell several people. Each is told once per `dedupe_key`."""

    user_ids: Iterable[int]
    kind: str
    title: str
    body: str
    url: str
    dedupe_key: str


def notify_all(notices: Iterable[Notice], at: dt.datetime) -> None:
    """Write every notice for everybody concerned in one statement; those told before are not told again."""
    Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=user_id,
                kind=notice.kind,
                title=notice.title[:160],
                body=notice.body,
                url=notice.url,
                created_at=at,
                dedupe_key=notice.dedupe_key[:120],
            )
            for notice in notices
            for user_id in sorted(set(notice.user_ids))
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    nudge(SEND_NOTIFICATIONS)


def notify(
    user_ids: Iterable[int], kind: str, title: str, body: str, url: str, dedupe_key: str, at: dt.datetime
) -> None:
    """Tell each person one thing once: the same `dedupe_key` again changes nothing."""
    notice = Notice(user_ids=user_ids, kind=kind, title=title, body=body, url=url, dedupe_key=dedupe_key)
    notify_all([notice], at)


def members_with(organisation_ids: Iterable[int], roles: Iterable[Role]) -> dict[int, set[int]]:
    """The active people of each organisation who hold one of the roles: organisation id → user ids."""
    found: dict[int, set[int]] = {organisation_id: set() for organisation_id in organisation_ids}
    rows = Membership.objects.filter(
        organisation_id__in=found, role__in=[role.value for role in roles], user__is_active=True
    ).values_list("organisation_id", "user_id")
    for organisation_id, user_id in rows:
        found[organisation_id].add(user_id)
    return found
