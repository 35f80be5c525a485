"""The pages of logging a lot. Every answer is in the draft before the next page is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collection.actions.drafts import discard_draft, finish_draft, keep_answers, start_draft
from collection.actions.duplicates import record_asked, record_decision, record_same
from collection.actions.lots import LotRefusedError, log_lot
from collection.models import Lot, LotDraft
from collection.queries.drafts import draft_of, last_lot_of, lot_logged_from, places_of, usual_products
from collection.queries.duplicates import Alike, possible_duplicates, still_to_ask
from collection.queries.templates import templates_of
from collection.rules.answers import Problem, warnings_in
from collection.rules.content import ContentInputError
from collection.rules.look_alikes import Decision
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kept import keeps_typed, take_kept, typed_in
from collection.web.logging.answers import NO_LOT, Answers, Typed
from collection.web.logging.forms import PAGE_OF_SLUG, PHOTOS
from collection.web.logging.page import LotChoices, LotPage
from collection.web.logging.products import find_product, find_turbine_model, resolve_product
from collection.web.logging.repeats import pages_like
from collection.web.logging.summary import summary_rows
from collection.web.logging.waste import find_code, resolve_code
from collection.web.logging.waste_pages import WastePage

CHECK = "check"
_SAME_AGAIN = Problem(
    "quantity", "looks_the_same", "This may have been logged already.", "Look below and decide."
)
_DECISIONS = (Decision.DIFFERENT, Decision.PASSED_ON)
STAYS_BETWEEN_PRODUCTS = ("source", "place", "when", "intent", PHOTOS)


def choices_for(request: ViewerRequest) -> LotChoices:
    return LotChoices(places=places_of(request.viewer), today=timezone.localdate(request.now))


def draft_address(submission_id: uuid.UUID, slug: str) -> str:
    if slug == CHECK:
        return reverse("log-check", args=[submission_id])
    if slug == PHOTOS:
        return reverse("log-photos", args=[submission_id])
    return reverse("log-page", args=[submission_id, slug])


def answers_for_phone(answers: Answers) -> dict[str, Any]:
    """What a phone keeps of a lot being logged, should the signal go before the next page."""
    return {"id": str(answers.submission_id), "pages": answers.pages}


def next_address(answers: Answers) -> str:
    return draft_address(answers.submission_id, answers.next_page() or CHECK)


@require_GET
@requires(Permission.LOG_LOT)
def product_search(request: HttpRequest) -> JsonResponse:
    """Search as you type: `?q=words` → `{"results": [{"value", "label", "hint"}, …]}`."""
    matches = find_product(request.GET.get("q", ""))
    return JsonResponse({"results": [match._asdict() for match in matches]})


@require_GET
@requires(Permission.LOG_LOT)
def turbine_search(request: HttpRequest) -> JsonResponse:
    """Turbine models as you type, by maker and model."""
    matches = find_turbine_model(request.GET.get("q", ""))
    return JsonResponse({"results": [match._asdict() for match in matches]})


@require_GET
@requires(Permission.LOG_LOT)
def waste_code_search(request: HttpRequest) -> JsonResponse:
    """Waste codes as you type, by number or by words."""
    matches = find_code(request.GET.get("q", ""))
    return JsonResponse({"results": [match._asdict() for match in matches]})


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LOT)
def start(request: ViewerRequest) -> HttpResponseBase:
    """The first question; answering it makes the draft. Who has logged before begins at the product."""
    before = last_lot_of(request.viewer)
    slug = "source" if before is None or "source_kind" in request.POST else "product"
    typed = _typed(request, slug)
    answers = Answers(choices_for(request), {}, NO_LOT)
    if typed is not None:
        answers = answers.replaced(slug, typed)
        if slug in answers.lot_fields:
            pages = {**_pages_to_start_from(request, answers, before), **answers.pages}
            draft = start_draft(request.viewer, pages, at=request.now)
            return redirect(next_address(Answers.of(answers.choices, draft)))
    return _page(request, answers.form(slug), back_href=reverse("home"))


def _pages_to_start_from(request: ViewerRequest, answers: Answers, before: Lot | None) -> dict[str, Typed]:
    """What need not be asked again: all of the last lot of this product, or what stays between products."""
    code = answers.pages.get("product", {}).get("product-picked", "")
    if before is None or not code:
        return {}
    same = before if before.product.code == code else last_lot_of(request.viewer, product_code=code)
    if same is not None:
        return pages_like(same)
    pages = pages_like(before)
    return {slug: pages[slug] for slug in STAYS_BETWEEN_PRODUCTS}


@require_POST
@requires(Permission.LOG_LOT)
def log_another(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """A new draft like one of the organisation's own lots."""
    lot = Lot.objects.visible_to(request.viewer).select_related("product", "site").get(reference=reference)
    if lot.holder_id != request.viewer.organisation_id:
        raise Lot.DoesNotExist
    draft = start_draft(request.viewer, pages_like(lot), at=request.now)
    return redirect(next_address(Answers.of(choices_for(request), draft)))


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LOT)
def page(request: ViewerRequest, submission_id: uuid.UUID, slug: str) -> HttpResponseBase:
    """One question of a draft."""
    draft = draft_of(request.viewer, submission_id)
    if draft is None or slug not in PAGE_OF_SLUG:
        return _draft_is_gone(request, submission_id)
    answers = Answers.of(choices_for(request), draft)
    if slug not in answers.slugs:
        # The source was changed elsewhere, and this question does not belong to the lot any more.
        return redirect(next_address(answers))
    typed = _typed(request, slug)
    if typed is not None:
        answers = answers.replaced(slug, typed)
        keep_answers(request.viewer, draft, {slug: answers.pages[slug]}, at=request.now)
        if request.method == "POST" and answers.is_finished(slug):
            return redirect(next_address(answers))
    answers.show_problems(slug)
    return _page(request, answers.form(slug), answers, back_href=_back_address(answers, slug))


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LOT)
def check(request: ViewerRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Everything answered, to look over; sending it logs the lot. Sent twice, it is still one lot."""
    draft = draft_of(request.viewer, submission_id)
    if draft is None:
        return _draft_is_gone(request, submission_id)
    answers = Answers.of(choices_for(request), draft)
    new_lot = answers.new_lot()
    if new_lot is None:
        return redirect(next_address(answers))
    alike = possible_duplicates(request.viewer, new_lot, at=request.now)
    if request.method != "POST":
        # Of other holders' lots nothing is told before somebody means to log this one.
        return _check_page(request, draft, answers, [], [one for one in alike if one.is_own])
    decision = request.POST.get("decision", "")
    is_undecided = decision not in _DECISIONS and any(one.may_be_told for one in alike)
    if is_undecided or still_to_ask(request.viewer, new_lot, alike):
        record_asked(request.viewer, submission_id, alike, at=request.now)
        return _check_page(request, draft, answers, [_SAME_AGAIN], alike)
    try:
        logged = log_lot(request.viewer, new_lot, at=request.now, draft_id=draft.pk)
    except LotRefusedError as refused:
        return _check_page(request, draft, answers, refused.problems, alike)
    except ContentInputError as refused:
        problem = Problem("quantity", "content", str(refused), "Change the amount or the product.")
        return _check_page(request, draft, answers, [problem], alike)
    if alike and logged.is_new:
        decided = Decision(decision) if decision in _DECISIONS else Decision.DIFFERENT
        record_decision(request.viewer, logged.lot, alike, decided, at=request.now)
    finish_draft(request.viewer, submission_id)
    return redirect(f"{reverse('lot', args=[logged.lot.reference])}?logged=yes")


@require_POST
@requires(Permission.LOG_LOT)
def discard(request: ViewerRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Throw a draft away."""
    discard_draft(request.viewer, submission_id)
    record_same(request.viewer, submission_id, at=request.now)
    messages.success(request, "The unfinished lot is deleted.")
    return redirect("home")


def _typed(request: ViewerRequest, slug: str) -> Typed | None:
    """What was typed on this page: sent now, or kept while the person was signed out; None if nothing."""
    if request.method != "POST":
        kept = take_kept(request)
        if kept is not None:
            messages.info(request, "You had been signed out. What you typed is still here.")
        return kept
    often = resolve_product(request.POST.get("often", "")) if slug == "product" else None
    if often is not None:
        return {"product": often.label, "product-picked": often.value}
    return typed_in(request.POST)


def _draft_is_gone(request: ViewerRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """The draft became a lot (a second press of the button), or was never this person's."""
    lot = lot_logged_from(request.viewer, submission_id)
    if lot is None:
        raise LotDraft.DoesNotExist
    return redirect(f"{reverse('lot', args=[lot.reference])}?logged=yes")


def _back_address(answers: Answers, slug: str) -> str:
    """The page before, or the summary when everything had been answered already."""
    if answers.next_page() is None:
        return draft_address(answers.submission_id, CHECK)
    asked = answers.asked
    position = asked.index(slug) if slug in asked else len(asked)
    return draft_address(answers.submission_id, asked[position - 1]) if position else reverse("home")


def _page(
    request: ViewerRequest, form: LotPage, answers: Answers | None = None, *, back_href: str
) -> HttpResponse:
    usual = usual_products(request.viewer) if form.slug == "product" else ()
    if usual:
        # The buttons come first, so the search is no longer what the page is about.
        form.heading_field = None
        form.fields["product"].label = "Something else"
    proposal = form.proposal if isinstance(form, WastePage) else None
    warnings = answers.warnings if answers is not None and form.slug == "amount" else []
    return form_page(
        request,
        form,
        title=form.title,
        back_href=back_href,
        template_name="collection/logging/page.html",
        usual=usual,
        templates=templates_of(request.viewer) if answers is None else (),
        answers_for_phone=answers_for_phone(answers) if answers else None,
        product_name=answers.facts.name if answers and answers.facts and form.slug == "amount" else "",
        warnings=[problem for problem in warnings if problem.field == "product_code"],
        proposal=proposal,
        proposed=resolve_code(proposal.ewc_code) if proposal else None,
    )


def _check_page(
    request: ViewerRequest,
    draft: LotDraft,
    answers: Answers,
    problems: list[Problem],
    alike: Sequence[Alike],
) -> HttpResponse:
    context: dict[str, Any] = {
        "rows": summary_rows(answers, draft, draft_address),
        "warnings": [*answers.warnings, *warnings_in(problems)],
        "problems": [{"message": str(problem), "href": _page_of(answers, problem)} for problem in problems],
        "draft": draft,
        "answers_for_phone": answers_for_phone(answers),
        "alike": [one.lot for one in alike if one.is_own],
        "is_known_elsewhere": any(one.may_be_told and not one.is_own for one in alike),
        "back_href": reverse("home"),
    }
    return render(request, "collection/logging/check.html", context, status=422 if problems else 200)


def _page_of(answers: Answers, problem: Problem) -> str:
    slug = next(
        (slug for slug, page in PAGE_OF_SLUG.items() if problem.field in page.problem_fields), "amount"
    )
    return draft_address(answers.submission_id, slug)
