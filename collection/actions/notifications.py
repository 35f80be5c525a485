"""Telling people: rows first, e-mails later from the rows."""

import datetime as dt
from collections.abc import Iterable

from collection.actions.dispatch import SEND_NOTIFICATIONS, nudge
from collection.models import Membership, Notification
from collection.rules.roles import Role


def notify(
    user_ids: Iterable[int], kind: str, title: str, body: str, url: str, dedupe_key: str, at: dt.datetime
) -> None:
    """Tell each person once: the same `dedupe_key` again changes nothing. One statement for all of them."""
    Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=user_id,
                kind=kind,
                title=title[:160],
                body=body,
                url=url,
                created_at=at,
                dedupe_key=dedupe_key[:120],
            )
            for user_id in sorted(set(user_ids))
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    nudge(SEND_NOTIFICATIONS)


def members_with(organisation_ids: Iterable[int], roles: Iterable[Role]) -> dict[int, set[int]]:
    """The active people of each organisation who hold one of the roles: organisation id → user ids."""
    found: dict[int, set[int]] = {organisation_id: set() for organisation_id in organisation_ids}
    rows = Membership.objects.filter(
        organisation_id__in=found, role__in=[role.value for role in roles], user__is_active=True
    ).values_list("organisation_id", "user_id")
    for organisation_id, user_id in rows:
        found[organisation_id].add(user_id)
    return found
