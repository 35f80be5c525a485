"""Photos of lots and of drafts: added, removed, and their files with them."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from collection.models import Lot, LotDraft, LotPhoto, Pickup
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission, Viewer, require

MOST_PHOTOS = 20


def add_photo(
    viewer: Viewer,
    *,
    jpeg: bytes,
    thumbnail: bytes,
    size: tuple[int, int],
    sha256: str,
    at: dt.datetime,
    draft: LotDraft | None = None,
    lot: Lot | None = None,
    pickup: Pickup | None = None,
) -> LotPhoto | None:
    """Add a redrawn picture to one of the viewer's own drafts or lots; None where it is there already.

    A driver adds pictures to a lot on one of their own stops, named by `pickup`.

    Raises StateConflictError when there are `MOST_PHOTOS` already.
    """
    if pickup is not None and lot is not None:
        _require_on_own_stop(viewer, pickup, lot)
    else:
        _require_own(viewer, draft, lot)
    there = LotPhoto.objects.filter(lot=lot) if lot else LotPhoto.objects.filter(draft=draft, lot=None)
    digests = list(there.order_by("pk").values_list("sha256", flat=True)[: MOST_PHOTOS + 1])
    if sha256 in digests:
        return None
    if len(digests) >= MOST_PHOTOS:
        raise StateConflictError(f"A lot can hold {MOST_PHOTOS} photos. Remove one before adding another.")
    name = uuid.uuid4().hex
    photo = LotPhoto(
        draft=draft,
        lot=lot,
        pickup=pickup,
        width=size[0],
        height=size[1],
        size_bytes=len(jpeg),
        sha256=sha256,
        added_at=at,
        added_by_id=viewer.user_id,
    )
    photo.file.save(f"{name}.jpg", ContentFile(jpeg), save=False)
    photo.thumbnail.save(f"{name}-small.jpg", ContentFile(thumbnail), save=False)
    try:
        with transaction.atomic():
            photo.save(force_insert=True)
    except IntegrityError:
        # The same picture was added by another request a moment ago.
        delete_files([photo])
        return None
    return photo


def remove_photo(viewer: Viewer, photo: LotPhoto) -> None:
    """Take a photo off one of the viewer's own drafts or lots."""
    _require_own(viewer, photo.draft if photo.lot_id is None else None, photo.lot)
    LotPhoto.objects.filter(pk=photo.pk).delete()
    delete_files([photo])


def _require_own(viewer: Viewer, draft: LotDraft | None, lot: Lot | None) -> None:
    if lot is not None:
        require(viewer, Permission.CHANGE_OWN_LOT)
        if lot.holder_id != viewer.organisation_id:
            raise Lot.DoesNotExist
        return
    require(viewer, Permission.LOG_LOT)
    if draft is None or (draft.user_id, draft.organisation_id) != (viewer.user_id, viewer.organisation_id):
        raise LotDraft.DoesNotExist


def _require_on_own_stop(viewer: Viewer, pickup: Pickup, lot: Lot) -> None:
    require(viewer, Permission.DRIVE_ROUND)
    own = Pickup.objects.visible_to(viewer).filter(pk=pickup.pk, lines__lot_id=lot.pk)
    if not own.exists():
        raise Lot.DoesNotExist


def delete_files(photos: Iterable[LotPhoto]) -> None:
    for photo in photos:
        for file in (photo.file, photo.thumbnail):
            file.storage.delete(file.name or "")
