"""Templates: saved from a lot or a draft, picked with one tap, renamed, deleted."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collection.actions.drafts import Pages
from collection.actions.templates import (
    TemplateNameTakenError,
    delete_template,
    rename_template,
    save_template,
    use_template,
)
from collection.models import Lot, LotDraft
from collection.queries.drafts import draft_of
from collection.queries.templates import template_of, templates_of
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kept import keeps_typed, typed_on
from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import Text
from collection.web.logging.repeats import pages_like
from collection.web.logging.template_pages import kept_pages

WHAT_STAYS = (
    "It keeps what stays the same: source, product, state, place, waste code and intention. Weights, counts, "
    "serial numbers, days, notes and photos are asked for each time. Everybody in your organisation can use it."
)


class NameForm(KitForm):
    name = forms.CharField(
        label="Name of the template",
        max_length=60,
        widget=Text(width=20, autocomplete="off"),
        error_messages={"required": "Enter a name for the template"},
    )


@require_GET
@requires(Permission.LOG_LOT)
def templates(request: ViewerRequest) -> HttpResponse:
    """The organisation's templates: use one, or change it."""
    return render(request, "collection/logging/templates.html", {"templates": templates_of(request.viewer)})


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LOT)
def from_lot(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Save one of the organisation's own lots as a template."""
    lots = Lot.objects.visible_to(request.viewer).filter(holder_id=request.viewer.organisation_id)
    lot = lots.select_related("product", "site").get(reference=reference)
    return _save_page(
        request,
        kept_pages(pages_like(lot)),
        suggested=lot.product.name,
        back_href=reverse("lot", args=[reference]),
    )


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LOT)
def from_draft(request: ViewerRequest, submission_id: uuid.UUID) -> HttpResponseBase:
    """Save an unfinished lot as a template; it stays unfinished."""
    draft = draft_of(request.viewer, submission_id)
    if draft is None:
        raise LotDraft.DoesNotExist
    pages = draft.answers.get("pages", {})
    return _save_page(
        request,
        kept_pages(pages),
        suggested=pages.get("product", {}).get("product", ""),
        back_href=reverse("log-check", args=[submission_id]),
    )


@require_POST
@requires(Permission.LOG_LOT)
def use(request: ViewerRequest, template_id: int) -> HttpResponseBase:
    """One tap: a draft from the template, at its first open question."""
    draft = use_template(request.viewer, template_of(request.viewer, template_id), at=request.now)
    return redirect("log-check", draft.submission_id)


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LOT)
def change(request: ViewerRequest, template_id: int) -> HttpResponseBase:
    """Another name for a template."""
    template = template_of(request.viewer, template_id)
    form = NameForm(typed_on(request), initial={"name": template.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_template(request.viewer, template, form.cleaned_data["name"])
        except TemplateNameTakenError as taken:
            form.add_error("name", f"{taken} Choose another name")
        else:
            messages.success(request, f"The template is now called {template.name}.")
            return redirect("templates")
    return form_page(
        request,
        form,
        title="Rename the template",
        back_href=reverse("templates"),
        submit_label="Save",
        template_name="collection/logging/template.html",
        template_id=template.pk,
    )


@require_POST
@requires(Permission.LOG_LOT)
def delete(request: ViewerRequest, template_id: int) -> HttpResponseBase:
    """Throw a template away; lots logged from it stay."""
    template = template_of(request.viewer, template_id)
    delete_template(request.viewer, template)
    messages.success(request, f"The template {template.name} is deleted.")
    return redirect("templates")


def _save_page(request: ViewerRequest, pages: Pages, *, suggested: str, back_href: str) -> HttpResponseBase:
    form = NameForm(typed_on(request), initial={"name": suggested[:60]})
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_template(request.viewer, form.cleaned_data["name"], pages, at=request.now)
        except TemplateNameTakenError as taken:
            form.add_error("name", f"{taken} Choose another name")
        except StateConflictError as full:
            form.add_error("name", str(full))
        else:
            messages.success(request, f"{saved.name} is saved as a template. Pick it when you log a lot.")
            return redirect(back_href)
    return form_page(
        request,
        form,
        title="Save as a template",
        intro=WHAT_STAYS,
        back_href=back_href,
        submit_label="Save template",
    )
