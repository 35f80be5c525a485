"""Papers about a lot: added and taken off by whoever has it in hand; the lot's history keeps both."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from collection.actions.lifecycle import record_events
from collection.models import Lot, LotPaper
from collection.rules.lifecycle import StateConflictError, Verb
from collection.rules.roles import NotPermittedError, Permission, Viewer

MOST_PAPERS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPaper:
    """A file fit to keep and what its sender says of it."""

    kind: str
    name: str
    media_type: str
    content: bytes
    sha256: str
    thumbnail: bytes = b""
    number: str = ""
    note: str = ""


def may_keep_papers(viewer: Viewer, lot: Lot) -> bool:
    """The holder of a lot, and the recycler that has booked or received it, keep its papers."""
    if lot.holder_id == viewer.organisation_id:
        return viewer.may(Permission.CHANGE_OWN_LOT)
    is_booked = lot.reserved_by_id is not None and lot.reserved_by_id == viewer.organisation_id
    return is_booked and viewer.may(Permission.RECEIVE)


def add_paper(viewer: Viewer, lot: Lot, paper: NewPaper, *, at: dt.datetime) -> LotPaper | None:
    """Keep a paper with a lot; None where the same file is there already.

    Raises NotPermittedError, or StateConflictError when there are `MOST_PAPERS` already.
    """
    _require(viewer, lot)
    digests = list(LotPaper.objects.filter(lot=lot).order_by("pk").values_list("sha256", flat=True))
    if paper.sha256 in digests:
        return None
    if len(digests) >= MOST_PAPERS:
        raise StateConflictError(f"A lot can hold {MOST_PAPERS} papers. Remove one before adding another.")
    row = LotPaper(
        lot=lot,
        kind=paper.kind,
        number=paper.number,
        note=paper.note,
        name=paper.name,
        media_type=paper.media_type,
        size_bytes=len(paper.content),
        sha256=paper.sha256,
        added_at=at,
        added_by_id=viewer.user_id,
    )
    # Never the sender's name on disk: a name of our own cannot clash, hide or climb out of the folder.
    stem = uuid.uuid4().hex
    row.file.save(
        f"{stem}.{'pdf' if paper.media_type.endswith('pdf') else 'jpg'}",
        ContentFile(paper.content),
        save=False,
    )
    if paper.thumbnail:
        row.thumbnail.save(f"{stem}-small.jpg", ContentFile(paper.thumbnail), save=False)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _tell(viewer, row, "added", at)
    except IntegrityError:
        # The same file was added by another request a moment ago.
        _delete_files(row)
        return None
    return row


def remove_paper(viewer: Viewer, paper: LotPaper, *, at: dt.datetime) -> None:
    """Take a paper off a lot; that it was there, and what it was, stays in the history."""
    _require(viewer, paper.lot)
    with transaction.atomic():
        removed, _ = LotPaper.objects.filter(pk=paper.pk).delete()
        if removed:
            _tell(viewer, paper, "removed", at)
    _delete_files(paper)


def _require(viewer: Viewer, lot: Lot) -> None:
    if not may_keep_papers(viewer, lot):
        raise NotPermittedError("Only who holds or has booked the lot can change its papers.")


def _tell(viewer: Viewer, paper: LotPaper, what: str, at: dt.datetime) -> None:
    words = f"{paper} {what}: {paper.name}"
    data: dict[str, object] = {"sha256": paper.sha256}
    record_events([paper.lot_id], Verb.CHANGED, at=at, recorded_at=at, viewer=viewer, words=words, data=data)


def _delete_files(paper: LotPaper) -> None:
    for file in (paper.file, paper.thumbnail):
        if file:
            file.storage.delete(file.name or "")
