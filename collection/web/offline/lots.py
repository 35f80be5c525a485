"""Lots logged on a phone without signal: the same answers, rules and action as the journey's."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from collection.actions.drafts import finish_draft
from collection.actions.duplicates import record_asked, record_decision
from collection.actions.lots import LoggedLot, LotRefusedError, log_lot
from collection.actions.photos import add_photo
from collection.actions.reserved_references import reserve_references
from collection.documents.pictures import PictureRefusedError, redraw
from collection.models import Lot
from collection.queries.drafts import draft_of, lot_logged_from, places_of
from collection.queries.duplicates import possible_duplicates, still_to_ask
from collection.rules.answers import Problem
from collection.rules.content import ContentInputError
from collection.rules.look_alikes import Decision
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.logging.answers import Answers, Typed
from collection.web.logging.forms import PAGE_OF_SLUG, PHOTOS
from collection.web.logging.page import LotChoices
from collection.web.offline.queue import UnreadableError, from_a_phone, happened_at, problem

MOST_CHARACTERS = 20_000
# Of another holder's lot nothing is told but that there is one.
_ELSEWHERE = {
    "reference": "Another holder",
    "url": "/lots/",
    "words": "has logged the same number. The regulator can see both.",
}
_REFERENCE = re.compile(r"LOT-[0-9]{2}-[0-9]{6}")


@dataclass(frozen=True, slots=True)
class QueuedLot:
    """One event of the queue as it was sent: what was typed on each page of the journey, and its number."""

    submission_id: uuid.UUID
    reference: str
    pages: dict[str, Typed]
    is_different: bool
    fields: Mapping[str, Any]

    @classmethod
    def read(cls, body: bytes) -> QueuedLot:
        """Raises UnreadableError for what no phone of ours would send."""
        try:
            fields = json.loads(body)
            submission_id = uuid.UUID(fields["submission_id"])
            reference, pages = fields.get("reference", ""), fields["pages"]
            typed = {slug: dict(page) for slug, page in pages.items() if slug in (*PAGE_OF_SLUG, PHOTOS)}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnreadableError("A lot needs a submission_id and its pages.") from error
        texts = [text for page in typed.values() for pair in page.items() for text in pair]
        if not all(isinstance(text, str) for text in texts) or sum(map(len, texts)) > MOST_CHARACTERS:
            raise UnreadableError(f"Answers are texts of at most {MOST_CHARACTERS:,} characters in all.")
        if reference and not (isinstance(reference, str) and _REFERENCE.fullmatch(reference)):
            raise UnreadableError("The reference must look like LOT-26-000123.")
        return cls(submission_id, reference, typed, fields.get("is_different") is True, fields)


@require_POST
@requires(Permission.LOG_LOT)
@from_a_phone
def send_lot(request: ViewerRequest) -> HttpResponseBase:
    """Log one queued lot, once. 422 says page by page what must be mended; nothing is written then."""
    queued = QueuedLot.read(request.body)
    earlier = lot_logged_from(request.viewer, queued.submission_id)
    if earlier is not None:
        return _logged(LoggedLot(earlier, is_new=False), [])
    at = happened_at(request.now, queued.fields)
    choices = LotChoices(places=places_of(request.viewer), today=timezone.localdate(at))
    answers = _read(Answers(choices, queued.pages, queued.submission_id))
    new_lot = answers.new_lot()
    if new_lot is None:
        return _refused(_wrong_pages(answers))
    alike = possible_duplicates(request.viewer, new_lot, at=at)
    told = [one for one in alike if one.may_be_told]
    if (told and not queued.is_different) or still_to_ask(request.viewer, new_lot, alike):
        record_asked(request.viewer, queued.submission_id, alike, at=request.now)
        shown = [_shown(one.lot) for one in told if one.is_own]
        elsewhere = [] if all(one.is_own for one in told) else [_ELSEWHERE]
        return problem("This may have been logged already.", alike=[*shown, *elsewhere])
    draft = draft_of(request.viewer, queued.submission_id)
    try:
        logged = log_lot(
            request.viewer,
            new_lot,
            at=at,
            recorded_at=request.now,
            draft_id=draft.pk if draft else None,
            reference=queued.reference,
        )
    except LotRefusedError as refused:
        return _refused([_placed(answers, each) for each in refused.problems])
    except ContentInputError as refused:
        return _refused([_placed(answers, Problem("quantity", "content", str(refused), ""))])
    if alike and logged.is_new:
        record_decision(request.viewer, logged.lot, alike, Decision.DIFFERENT, at=request.now)
    if draft is not None:
        finish_draft(request.viewer, queued.submission_id)
    return _logged(logged, [str(each) for each in answers.warnings])


@require_POST
@requires(Permission.LOG_LOT)
@from_a_phone
def send_photo(request: ViewerRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Add one photo to the lot that was sent before, or to its draft. The same again is not added again."""
    lot = lot_logged_from(request.viewer, submission_id)
    draft = draft_of(request.viewer, submission_id) if lot is None else None
    photo = request.FILES.get("photo")
    if lot is None and draft is None:
        raise Lot.DoesNotExist
    if photo is None:
        raise UnreadableError("The field photo must hold a picture.")
    try:
        picture = redraw(photo, photo.name or "photo")
    except PictureRefusedError as refused:
        return problem(str(refused))
    add_photo(
        request.viewer,
        jpeg=picture.jpeg,
        thumbnail=picture.thumbnail,
        size=(picture.width, picture.height),
        sha256=picture.sha256,
        at=request.now,
        lot=lot,
        draft=draft,
    )
    return JsonResponse({"kept": True})


@require_POST
@requires(Permission.LOG_LOT)
@from_a_phone
def references(request: ViewerRequest) -> HttpResponseBase:
    """Numbers for the next lots of one phone: `{"device", "spent": […]}` → `{"references": […]}`."""
    try:
        asked = json.loads(request.body)
        device, spent = uuid.UUID(asked["device"]), [str(each) for each in asked["spent"]][:1000]
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableError("A phone names its device and the references it has spent.") from error
    reserved = reserve_references(request.viewer, device, spent, at=request.now)
    return JsonResponse(
        {
            "references": [
                {"reference": each.reference, "expires": int(each.expires_at.timestamp() * 1000)}
                for each in reserved
            ]
        }
    )


def _read(answers: Answers) -> Answers:
    """The answers with the product as if picked: a turbine's model stands for its product."""
    if "product" not in answers.pages:
        return answers
    return answers.replaced("product", answers.pages["product"])


def _wrong_pages(answers: Answers) -> list[dict[str, str]]:
    """What must be mended: the errors of every page, or the page's name where it was not answered."""
    wrong: list[dict[str, str]] = []
    for slug in answers.slugs:
        if answers.is_finished(slug):
            continue
        answers.show_problems(slug)
        form = answers.form(slug)
        found = [{"page": slug, "target": each.target, "message": each.message} for each in form.problems()]
        wrong += found or [{"page": slug, "target": "", "message": f"{form.title} is not answered yet."}]
    return wrong


def _placed(answers: Answers, found: Problem) -> dict[str, str]:
    """A rule's problem with the page and the input it belongs to."""
    for slug, page in PAGE_OF_SLUG.items():
        if found.field in page.problem_fields:
            target = f"id_{page.problem_fields[found.field]}"
            return {"page": slug, "target": target, "message": str(found)}
    return {"page": "", "target": "", "message": str(found), "field": found.field}


def _refused(problems: Sequence[Mapping[str, str]]) -> JsonResponse:
    return JsonResponse({"problems": list(problems)}, status=422)


def _logged(logged: LoggedLot, warnings: Sequence[str]) -> JsonResponse:
    return JsonResponse(
        {
            "reference": logged.lot.reference,
            "url": reverse("lot", args=[logged.lot.reference]),
            "is_new": logged.is_new,
            "warnings": list(warnings),
        }
    )


def _shown(lot: Lot) -> dict[str, str]:
    logged = f"{timezone.localtime(lot.logged_at):%-d %B %Y, %H:%M}"
    return {
        "reference": lot.reference,
        "url": reverse("lot", args=[lot.reference]),
        "words": f"{lot.quantity_text} of {lot.product.name}, logged {logged}",
    }
