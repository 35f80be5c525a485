"""Keeping what somebody types before it is a lot."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction

from collection.actions.photos import delete_files
from collection.models import LotDraft, LotPhoto
from collection.rules.roles import Permission, Viewer, require

Pages = Mapping[str, Mapping[str, str]]


def start_draft(viewer: Viewer, pages: Pages, *, at: dt.datetime) -> LotDraft:
    """Begin a lot. `pages` holds what was typed on each page: page → field → text."""
    require(viewer, Permission.LOG_LOT)
    return LotDraft.objects.create(
        user_id=viewer.user_id,
        organisation_id=viewer.organisation_id,
        answers={"pages": {slug: dict(typed) for slug, typed in pages.items()}},
        started_at=at,
        changed_at=at,
    )


def keep_answers(viewer: Viewer, draft: LotDraft, pages: Pages, *, at: dt.datetime) -> LotDraft:
    """Keep what was typed on some pages, right or wrong; other pages stay as another device left them."""
    require(viewer, Permission.LOG_LOT)
    with transaction.atomic():
        kept = LotDraft.objects.select_for_update().get(
            pk=draft.pk, user_id=viewer.user_id, organisation_id=viewer.organisation_id
        )
        before = kept.answers.get("pages", {})
        kept.answers = {"pages": {**before, **{slug: dict(typed) for slug, typed in pages.items()}}}
        kept.changed_at = at
        kept.save(update_fields=["answers", "changed_at"])
    return kept


def discard_draft(viewer: Viewer, submission_id: uuid.UUID) -> None:
    """Throw a draft and its photos away."""
    draft = LotDraft.objects.get(
        submission_id=submission_id, user_id=viewer.user_id, organisation_id=viewer.organisation_id
    )
    with transaction.atomic():
        photos = list(LotPhoto.objects.filter(draft=draft, lot=None))
        LotPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).delete()
        draft.delete()
    delete_files(photos)


def finish_draft(viewer: Viewer, submission_id: uuid.UUID) -> None:
    """The draft became a lot; its photos went with it."""
    LotDraft.objects.filter(
        submission_id=submission_id, user_id=viewer.user_id, organisation_id=viewer.organisation_id
    ).delete()
