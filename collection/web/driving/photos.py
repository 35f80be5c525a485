"""Pictures a driver takes at a stop."""

from __future__ import annotations

import datetime as dt

from django.core.files.uploadedfile import UploadedFile

from collection.actions.photos import add_photo
from collection.documents.pictures import PictureRefusedError, redraw
from collection.models import Pickup
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Viewer


def add_stop_photo(viewer: Viewer, pickup: Pickup, photo: UploadedFile, *, at: dt.datetime) -> None:
    """Keep one picture of a stop; it hangs on the stop's first lot. The same picture again is not added again.

    Raises PictureRefusedError with the sentence to show.
    """
    line = pickup.lines.select_related("lot").order_by("pk").first()
    if line is None:
        return
    picture = redraw(photo, photo.name or "photo")
    try:
        add_photo(
            viewer,
            jpeg=picture.jpeg,
            thumbnail=picture.thumbnail,
            size=(picture.width, picture.height),
            sha256=picture.sha256,
            at=at,
            lot=line.lot,
            pickup=pickup,
        )
    except StateConflictError as full:
        raise PictureRefusedError(str(full)) from full
