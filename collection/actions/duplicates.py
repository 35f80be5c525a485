"""Keeping that somebody was asked whether two lots are one, and what they decided."""

import datetime as dt
import uuid
from collections.abc import Sequence

from collection.actions.lifecycle import record_events
from collection.models import LookAlike, Lot
from collection.queries.duplicates import Alike
from collection.rules.lifecycle import StateConflictError, Verb
from collection.rules.look_alikes import DECISION_LABELS, Decision
from collection.rules.roles import Permission, Viewer, require


class LooksTheSameError(StateConflictError):
    """A lot like this one was logged before, and nobody decided yet whether it is another."""

    def __init__(self, alike: Sequence[Alike]) -> None:
        own = [one.lot.reference for one in alike if one.is_own]
        super().__init__(
            f"It looks like {', '.join(own)}." if own else "Another holder has logged this number before."
        )


def record_asked(
    viewer: Viewer, submission_id: uuid.UUID, alike: Sequence[Alike], *, at: dt.datetime
) -> None:
    """Somebody is being asked about these lots. Written before they are told, so that whoever tries out
    numbers leaves a trace; asking again writes nothing."""
    require(viewer, Permission.LOG_LOT)
    LookAlike.unscoped.bulk_create(
        [
            LookAlike(
                submission_id=submission_id,
                other=one.lot,
                likeness=one.likeness.value,
                organisation_id=viewer.organisation_id,
                asked_at=at,
                asked_of_id=viewer.user_id,
            )
            for one in alike
        ],
        ignore_conflicts=True,
    )


def record_decision(
    viewer: Viewer, lot: Lot, alike: Sequence[Alike], decision: Decision, *, at: dt.datetime
) -> None:
    """The new lot was logged all the same, for this reason. Pairs nobody could be told of stay undecided."""
    require(viewer, Permission.LOG_LOT)
    record_asked(viewer, lot.submission_id, alike, at=at)
    rows = LookAlike.unscoped.filter(submission_id=lot.submission_id, organisation_id=viewer.organisation_id)
    rows.update(lot=lot)
    told = [one for one in alike if one.may_be_told]
    rows.filter(other__in=[one.lot for one in told], decision="").update(
        decision=decision.value, decided_at=at, decided_by_id=viewer.user_id
    )
    if not told:
        return
    own = ", ".join(one.lot.reference for one in told if one.is_own)
    beside = f"Looked at beside {own}" if own else "Its number is known from another holder"
    words = f"{beside}: {DECISION_LABELS[decision]}"
    record_events([lot.pk], Verb.CHANGED, at=at, recorded_at=at, viewer=viewer, words=words)


def record_same(viewer: Viewer, submission_id: uuid.UUID, *, at: dt.datetime) -> None:
    """It was the same lot, and is not logged again."""
    LookAlike.unscoped.filter(
        submission_id=submission_id, organisation_id=viewer.organisation_id, decision="", lot=None
    ).update(decision=Decision.SAME.value, decided_at=at, decided_by_id=viewer.user_id)
