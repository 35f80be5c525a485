"""Named beginnings of a lot, shared inside an organisation: saved, renamed, used, deleted."""

import datetime as dt

from django.db import IntegrityError, transaction

from collection.actions.drafts import Pages, start_draft
from collection.models import LotDraft, LotTemplate
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission, Viewer, require

MOST_TEMPLATES = 50


class TemplateNameTakenError(ValueError):
    """The organisation has another template of this name."""


def save_template(viewer: Viewer, name: str, pages: Pages, *, at: dt.datetime) -> LotTemplate:
    """Save `pages` (page → field → text, without what changes from lot to lot) under a name.

    Raises TemplateNameTakenError, or StateConflictError when there are `MOST_TEMPLATES` already.
    """
    require(viewer, Permission.LOG_LOT)
    if LotTemplate.objects.filter(organisation_id=viewer.organisation_id).count() >= MOST_TEMPLATES:
        raise StateConflictError(
            f"An organisation can have {MOST_TEMPLATES} templates. Delete one before saving another."
        )
    template = LotTemplate(
        organisation_id=viewer.organisation_id,
        name=name,
        pages={slug: dict(typed) for slug, typed in pages.items()},
        made_at=at,
        made_by_id=viewer.user_id,
    )
    _save(template)
    return template


def rename_template(viewer: Viewer, template: LotTemplate, name: str) -> None:
    """Give one of the organisation's templates another name. Raises TemplateNameTakenError."""
    _require_own(viewer, template)
    template.name = name
    _save(template)


def delete_template(viewer: Viewer, template: LotTemplate) -> None:
    """Lots logged from it stay as they are."""
    _require_own(viewer, template)
    template.delete()


def use_template(viewer: Viewer, template: LotTemplate, *, at: dt.datetime) -> LotDraft:
    """A new draft that begins with what the template holds."""
    _require_own(viewer, template)
    with transaction.atomic():
        LotTemplate.objects.filter(pk=template.pk).update(used_at=at)
        return start_draft(viewer, template.pages, at=at)


def note_used(viewer: Viewer, template: LotTemplate, *, at: dt.datetime) -> None:
    """Say that a lot was logged from it without a draft."""
    _require_own(viewer, template)
    LotTemplate.objects.filter(pk=template.pk).update(used_at=at)


def _require_own(viewer: Viewer, template: LotTemplate) -> None:
    require(viewer, Permission.LOG_LOT)
    if template.organisation_id != viewer.organisation_id:
        raise LotTemplate.DoesNotExist


def _save(template: LotTemplate) -> None:
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as clash:
        raise TemplateNameTakenError(f"You have another template called “{template.name}”.") from clash
