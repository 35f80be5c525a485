"""Recording the hold points of a defence lot; the last one opens it for a pickup."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from collection.actions.custody import LONDON
from collection.actions.jobs import mark_due
from collection.actions.lifecycle import record_events
from collection.models import HoldPointRecord, Lot
from collection.rules.answers import Problem, error
from collection.rules.hold_points import HOLD_WORDS, LONGEST_EVIDENCE, LONGEST_NAME, HoldPoint, open_points
from collection.rules.lifecycle import LotState, StateConflictError, Verb
from collection.rules.roles import NotPermittedError, Permission, Viewer, require


class HoldPointRefusedError(Exception):
    """Evidence that cannot be taken as it stands; carries every problem with its way out."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def clearance_of(lots: Sequence[Lot]) -> dt.datetime | None:
    """When several lots taken together were cleared: with the last of them, or not yet."""
    if any(lot.is_on_hold for lot in lots):
        return None
    return max((lot.holds_cleared_at for lot in lots if lot.holds_cleared_at), default=None)


def may_record_hold_points(viewer: Viewer, lot: Lot) -> bool:
    """Whether the viewer may record hold points of this lot: its holder, while it is held."""
    return (
        lot.is_defence
        and lot.state == LotState.HELD
        and lot.holder_id == viewer.organisation_id
        and viewer.may(Permission.CHANGE_OWN_LOT)
    )


def record_hold_point(
    viewer: Viewer,
    lot_id: int,
    point: HoldPoint,
    *,
    evidence: str,
    checked_by: str,
    checked_on: dt.date,
    at: dt.datetime,
) -> HoldPointRecord:
    """Record that a named person checked the evidence of one hold point, once.

    Raises HoldPointRefusedError, NotPermittedError, or StateConflictError where somebody recorded it before or
    the lot is not held.
    """
    require(viewer, Permission.CHANGE_OWN_LOT)
    problems = _problems(evidence.strip(), checked_by.strip(), checked_on, at)
    if problems:
        raise HoldPointRefusedError(problems)
    try:
        with transaction.atomic():
            # One at a time per lot: whoever records the last point sees all the others.
            lot = Lot.unscoped.select_for_update().get(pk=lot_id)
            _require_in_hand(viewer, lot)
            record = HoldPointRecord.objects.create(
                lot=lot,
                point=point.value,
                evidence=evidence.strip(),
                checked_by=checked_by.strip(),
                checked_on=checked_on,
                recorded_at=at,
                recorded_by_id=viewer.user_id,
            )
            recorded = set(HoldPointRecord.objects.filter(lot=lot).values_list("point", flat=True))
            still_open = open_points(recorded)
            if not still_open:
                Lot.unscoped.filter(pk=lot.pk).update(holds_cleared_at=at)
            done = f"{len(recorded)} of {len(HoldPoint)}"
            words = f"Hold point {done}: {HOLD_WORDS[point].name}"
            record_events([lot.pk], Verb.CHANGED, at=at, recorded_at=at, viewer=viewer, words=words)
            mark_due([lot.pk], at=at)
    except IntegrityError as conflict:
        name = HOLD_WORDS[point].name
        raise StateConflictError(f"“{name}” is recorded already and cannot be changed.") from conflict
    return record


def _require_in_hand(viewer: Viewer, lot: Lot) -> None:
    if may_record_hold_points(viewer, lot):
        return
    if lot.holder_id != viewer.organisation_id:
        raise NotPermittedError(f"Only the holder of {lot.reference} may record its hold points.")
    if not lot.is_defence:
        raise StateConflictError(f"{lot.reference} is not defence material and has no hold points.")
    raise StateConflictError(
        f"{lot.reference} is {lot.get_state_display().lower()}: hold points are recorded while it is held."
    )


def _problems(evidence: str, checked_by: str, checked_on: dt.date, at: dt.datetime) -> list[Problem]:
    found = []
    if not evidence:
        found.append(
            error("evidence", "missing", "The evidence is missing.", "Give its number or reference.")
        )
    elif len(evidence) > LONGEST_EVIDENCE:
        found.append(
            error(
                "evidence",
                "too_long",
                f"The evidence is longer than {LONGEST_EVIDENCE} characters.",
                "Shorten it.",
            )
        )
    if not checked_by:
        found.append(
            error("checked_by", "missing", "Who checked it is missing.", "Give the full name of the person.")
        )
    elif len(checked_by) > LONGEST_NAME:
        found.append(
            error(
                "checked_by", "too_long", f"The name is longer than {LONGEST_NAME} characters.", "Shorten it."
            )
        )
    if checked_on > at.astimezone(LONDON).date():
        found.append(
            error("checked_on", "in_future", "The day of the check is in the future.", "Check the year.")
        )
    return found
