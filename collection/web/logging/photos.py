"""Photos: added to a draft or to a lot, removed, and shown to those who may see the lot."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collection.actions.drafts import keep_answers
from collection.actions.photos import MOST_PHOTOS, add_photo, remove_photo
from collection.documents.pictures import MOST_BYTES, PictureRefusedError, redraw
from collection.models import Lot, LotDraft, LotPhoto
from collection.queries.drafts import draft_of, photos_of_draft
from collection.queries.photos import photo_for
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kept import keeps_typed
from collection.web.kit.files import FilesField
from collection.web.kit.forms import KitForm
from collection.web.kit.one_by_one import is_one_of_several, one_file_answer
from collection.web.logging.forms import PHOTOS

ACCEPTED = "image/jpeg,image/png,image/webp"


class PhotosForm(KitForm):
    photos = FilesField(
        label="Add photos",
        help_text="JPEG, PNG or WebP, several at once. We remove the place and other details that a phone "
        "writes into a photo.",
        required=False,
        most_files=MOST_PHOTOS,
        most_bytes=MOST_BYTES,
        accept=ACCEPTED,
        one_by_one="now",
    )


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LOT)
def draft_photos(request: ViewerRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """The last question of a draft: photos, if any. Going on without is an answer too."""
    draft = draft_of(request.viewer, submission_id)
    if draft is None:
        raise LotDraft.DoesNotExist
    form = PhotosForm(request.POST if request.method == "POST" else None, request.FILES)
    if request.method == "POST" and form.is_valid():
        added = _add_all(request, form, draft=draft)
        keep_answers(request.viewer, draft, {PHOTOS: {}}, at=request.now)
        if not form.errors and not is_one_of_several(request):
            stay = added and "more" in request.POST
            return redirect("log-photos" if stay else "log-check", submission_id)
    if is_one_of_several(request):
        return _one_photo_answer(form, photos_of_draft(draft))
    return _photos_page(
        request,
        form,
        photos_of_draft(draft),
        title="Photos",
        back_href=reverse("log-page", args=[submission_id, "intent"]),
        next_href=reverse("log-check", args=[submission_id]),
        submit_label="Continue",
        answers_for_phone={"id": str(submission_id), "pages": draft.answers.get("pages", {})},
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT)
def lot_photos(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Photos of one of the organisation's own lots."""
    lot = get_object_or_404(
        Lot.objects.visible_to(request.viewer), reference=reference, holder_id=request.viewer.organisation_id
    )
    form = PhotosForm(request.POST if request.method == "POST" else None, request.FILES)
    if request.method == "POST" and form.is_valid():
        _add_all(request, form, lot=lot)
        if not form.errors and not is_one_of_several(request):
            return redirect("lot", reference)
    href = reverse("lot", args=[reference])
    photos = list(LotPhoto.objects.filter(lot=lot).order_by("pk"))
    if is_one_of_several(request):
        return _one_photo_answer(form, photos)
    return _photos_page(
        request,
        form,
        photos,
        title=f"Photos of {reference}",
        back_href=href,
        next_href=href,
        submit_label="Add photos",
    )


@require_POST
@requires(Permission.CHANGE_OWN_LOT)
def delete_photo(request: ViewerRequest, photo_id: int) -> HttpResponseBase:
    """Take a photo away and return to where it was shown."""
    photo = photo_for(request.viewer, photo_id)
    remove_photo(request.viewer, photo)
    messages.success(request, "The photo is removed.")
    if photo.lot is not None:
        return redirect("lot-photos", photo.lot.reference)
    return redirect("log-photos", photo.draft.submission_id if photo.draft else "")


@require_GET
@cache_control(private=True, max_age=3600, immutable=True)
@requires(Permission.SEE_LOTS)
def show_photo(request: ViewerRequest, photo_id: int, size: str) -> HttpResponseBase:
    """The picture itself, for whoever may see its lot. The bytes were redrawn when they came in."""
    photo = photo_for(request.viewer, photo_id)
    file = photo.thumbnail if size == "small" else photo.file
    with file.open("rb") as picture:
        response = HttpResponse(picture.read(), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _add_all(
    request: ViewerRequest, form: PhotosForm, *, draft: LotDraft | None = None, lot: Lot | None = None
) -> int:
    """Add every readable photo; those that are not become errors of the form. How many were added."""
    added = 0
    for upload in form.cleaned_data["photos"]:
        try:
            picture = redraw(upload, upload.name or "photo")
            photo = add_photo(
                request.viewer,
                jpeg=picture.jpeg,
                thumbnail=picture.thumbnail,
                size=(picture.width, picture.height),
                sha256=picture.sha256,
                at=request.now,
                draft=draft,
                lot=lot,
            )
        except (PictureRefusedError, StateConflictError) as refused:
            form.add_error("photos", forms.ValidationError(str(refused)))
            continue
        added += photo is not None
    return added


def _one_photo_answer(form: PhotosForm, photos: Sequence[LotPhoto]) -> HttpResponseBase:
    return one_file_answer(
        form,
        "photos",
        template="collection/logging/thumbnail.html",
        context={"photo": photos[-1] if photos else None},
    )


def _photos_page(
    request: ViewerRequest, form: PhotosForm, photos: Sequence[LotPhoto], **context: Any
) -> HttpResponseBase:
    return form_page(request, form, template_name="collection/logging/photos.html", photos=photos, **context)
