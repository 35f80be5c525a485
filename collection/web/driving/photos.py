"""Pictures a driver takes at a stop: each shows one of its lots."""

from __future__ import annotations

import datetime as dt

from django.core.files.uploadedfile import UploadedFile

from collection.actions.photos import add_photo
from collection.documents.pictures import PictureRefusedError, redraw
from collection.models import Lot, Pickup
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Viewer


def add_stop_photo(viewer: Viewer, pickup: Pickup, lot: Lot, photo: UploadedFile, *, at: dt.datetime) -> None:
    """Keep one picture of a lot at this stop; the same picture again is not added again.

    Raises PictureRefusedError with the sentence to show.
    """
    picture = redraw(photo, photo.name or "photo")
    try:
        add_photo(
            viewer,
            jpeg=picture.jpeg,
            thumbnail=picture.thumbnail,
            size=(picture.width, picture.height),
            sha256=picture.sha256,
            at=at,
            lot=lot,
            pickup=pickup,
        )
    except StateConflictError as full:
        raise PictureRefusedError(str(full).rstrip(".")) from full
