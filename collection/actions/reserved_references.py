"""References given to a phone in advance, so that a lot logged without signal has its number at once.

The number can be written on the lot in the yard. It is one person's, on one phone: two phones never hold the
same, and what is never used is never given to anybody else.
"""

import datetime as dt
import uuid
from collections.abc import Collection

from django.db import transaction

from collection.actions.references import next_references
from collection.models import ReservedReference
from collection.rules.roles import Permission, Viewer, require

HELD_BY_A_PHONE = 20
KEPT_FOR = dt.timedelta(days=90)
# Beyond this many unused ones a person's phones are given no more until some run out.
MOST_UNUSED = 400


def reserve_references(
    viewer: Viewer, device: uuid.UUID, spent: Collection[str], *, at: dt.datetime
) -> list[ReservedReference]:
    """What a phone may give to its next lots, oldest first, filled up to `HELD_BY_A_PHONE`.

    `spent` are those the phone has given to lots already, sent or not. Asking again, as after an answer
    that was lost on the way, gives the same ones again.
    """
    require(viewer, Permission.LOG_LOT)
    with transaction.atomic():
        unused = ReservedReference.objects.filter(
            user_id=viewer.user_id,
            organisation_id=viewer.organisation_id,
            used_at=None,
            expires_at__gt=at,
        )
        held = list(unused.filter(device=device).exclude(reference__in=spent).order_by("pk"))
        room = min(HELD_BY_A_PHONE - len(held), MOST_UNUSED - unused.count())
        if room <= 0:
            return held[:HELD_BY_A_PHONE]
        return held + ReservedReference.objects.bulk_create(
            ReservedReference(
                reference=reference,
                user_id=viewer.user_id,
                organisation_id=viewer.organisation_id,
                device=device,
                issued_at=at,
                expires_at=at + KEPT_FOR,
            )
            for reference in next_references("LOT", at, room)
        )


def take_reserved_reference(viewer: Viewer, reference: str, *, at: dt.datetime) -> bool:
    """Use one, once, inside the transaction that makes its lot; False where it is not the viewer's to use.

    One that has expired is still taken: it may stand on the lot already, and nobody else can have it.
    """
    return bool(
        ReservedReference.objects.filter(
            reference=reference,
            user_id=viewer.user_id,
            organisation_id=viewer.organisation_id,
            used_at=None,
        ).update(used_at=at)
    )
