"""Recording a scrap metal dealer's receipt of a lot that was logged without one."""

import datetime as dt

from django.db import IntegrityError, transaction

from collection.actions.custody import LONDON
from collection.actions.lifecycle import record_events
from collection.actions.lot_details import write_dealer_record
from collection.models import DealerRecord, Lot
from collection.rules.answers import Problem, errors_in
from collection.rules.dealer_record import NewDealerRecord, check_dealer_record, is_wanted
from collection.rules.lifecycle import StateConflictError, Verb
from collection.rules.roles import NotPermittedError, Permission, Viewer, require


class DealerRecordRefusedError(Exception):
    """A record that cannot be kept as it stands; carries every problem with its way out."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def record_receipt(viewer: Viewer, lot_id: int, record: NewDealerRecord, *, at: dt.datetime) -> DealerRecord:
    """Keep the dealer's record of one of the organisation's own lots, once.

    Raises DealerRecordRefusedError, NotPermittedError, or StateConflictError where there is one already.
    """
    require(viewer, Permission.CHANGE_OWN_LOT)
    lot = Lot.unscoped.get(pk=lot_id)
    if lot.holder_id != viewer.organisation_id:
        raise NotPermittedError("Only the dealer who took it in may record the receipt.")
    if not is_wanted(source_kind=lot.source_kind, nation=lot.nation):
        raise StateConflictError(
            f"{lot.reference} needs no dealer's record: it is not from a scrapyard in England or Wales."
        )
    problems = errors_in(check_dealer_record(record, at.astimezone(LONDON).date()))
    if problems:
        raise DealerRecordRefusedError(problems)
    try:
        with transaction.atomic():
            kept = write_dealer_record(viewer, lot, record, at=at)
            words = "Scrap metal dealer's record kept"
            record_events([lot.pk], Verb.CHANGED, at=at, recorded_at=at, viewer=viewer, words=words)
    except IntegrityError as conflict:
        raise StateConflictError(f"{lot.reference} has its dealer's record already.") from conflict
    return kept
