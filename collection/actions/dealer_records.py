"""Recording a scrap metal dealer's receipt of a lot that was logged without one, and correcting a record."""

import datetime as dt

from django.db import IntegrityError, transaction

from collection.actions.custody import LONDON
from collection.actions.lifecycle import record_events
from collection.actions.lot_details import write_dealer_record
from collection.models import DealerRecord, Lot
from collection.rules.answers import Problem, error, errors_in
from collection.rules.dealer_record import NewDealerRecord, check_dealer_record, is_wanted
from collection.rules.lifecycle import StateConflictError, Verb
from collection.rules.roles import NotPermittedError, Permission, Viewer, require

LONGEST_REASON = 150


class DealerRecordRefusedError(Exception):
    """A record that cannot be kept as it stands; carries every problem with its way out."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def record_receipt(viewer: Viewer, lot_id: int, record: NewDealerRecord, *, at: dt.datetime) -> DealerRecord:
    """Keep the dealer's record of one of the organisation's own lots, once.

    Raises DealerRecordRefusedError, NotPermittedError, or StateConflictError where there is one already.
    """
    lot = _own_lot(viewer, lot_id)
    if not is_wanted(source_kind=lot.source_kind, nation=lot.nation):
        raise StateConflictError(
            f"{lot.reference} needs no dealer's record: it is not from a scrapyard in England or Wales."
        )
    _refuse(errors_in(check_dealer_record(record, at.astimezone(LONDON).date())))
    try:
        with transaction.atomic():
            kept = write_dealer_record(viewer, lot, record, at=at)
            words = "Scrap metal dealer's record kept"
            record_events([lot.pk], Verb.CHANGED, at=at, recorded_at=at, viewer=viewer, words=words)
    except IntegrityError as conflict:
        raise StateConflictError(f"{lot.reference} has its dealer's record already.") from conflict
    return kept


def correct_receipt(
    viewer: Viewer,
    lot_id: int,
    record: NewDealerRecord,
    *,
    replaces_id: int,
    reason: str,
    at: dt.datetime,
) -> DealerRecord:
    """Put a corrected record in the place of the one that was read; the old one stays as it was written.

    Raises DealerRecordRefusedError, NotPermittedError, or StateConflictError where somebody corrected it
    meanwhile.
    """
    lot = _own_lot(viewer, lot_id)
    problems = errors_in(check_dealer_record(record, at.astimezone(LONDON).date()))
    if not reason.strip():
        way_out = "Write what was wrong, for example: the plate was misread."
        problems.append(
            error("dealer_record.reason", "missing", "Why it is corrected was not answered.", way_out)
        )
    _refuse(problems)
    with transaction.atomic():
        before = DealerRecord.unscoped.filter(pk=replaces_id, lot=lot)
        if not before.filter(is_current=True).update(is_current=False):
            raise StateConflictError(
                f"The dealer's record of {lot.reference} was corrected meanwhile. Look at it before you correct "
                "it again."
            )
        words = f"Scrap metal dealer's record corrected: {reason.strip()[:LONGEST_REASON]}"
        kept = write_dealer_record(
            viewer, lot, record, at=at, replaces=before.get(), reason=reason.strip()[:LONGEST_REASON]
        )
        record_events([lot.pk], Verb.CHANGED, at=at, recorded_at=at, viewer=viewer, words=words)
    return kept


def _own_lot(viewer: Viewer, lot_id: int) -> Lot:
    require(viewer, Permission.CHANGE_OWN_LOT)
    lot = Lot.unscoped.get(pk=lot_id)
    if lot.holder_id != viewer.organisation_id:
        raise NotPermittedError("Only the dealer who took it in may record the receipt.")
    return lot


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise DealerRecordRefusedError(problems)
