"""Papers of a lot: added by whoever has it in hand, read by whoever may see it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collection.actions.papers import MOST_PAPERS, NewPaper, add_paper, may_keep_papers, remove_paper
from collection.documents.files import PDF, PaperRefusedError, read_paper
from collection.documents.pictures import MOST_BYTES
from collection.models import Lot, LotPaper, PaperKind
from collection.queries.lots import lot_of
from collection.queries.papers import paper_for, papers_of
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.files import FilesField
from collection.web.kit.forms import KitForm
from collection.web.kit.one_by_one import is_one_of_several, one_file_answer
from collection.web.kit.widgets import Radios, Text

ACCEPTED = "application/pdf,image/jpeg,image/png,image/webp"
# A downloaded paper may not run anything, whatever hides in it.
INERT = "default-src 'none'; sandbox"


class PaperForm(KitForm):
    """Papers of one kind."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=PaperKind.choices,
        widget=Radios(),
        error_messages={"required": "Choose what kind of paper it is"},
    )
    papers = FilesField(
        label="Files",
        help_text="PDF, or a photo of the paper. Several at once, if they are of one kind.",
        most_files=MOST_PAPERS,
        most_bytes=MOST_BYTES,
        accept=ACCEPTED,
        one_by_one="on sending",
        error_messages={"required": "Choose a file, or photograph the paper"},
    )
    number = forms.CharField(
        label="Number on it", max_length=60, required=False, widget=Text(width=20, autocomplete="off")
    )
    note = forms.CharField(
        label="Note", max_length=300, required=False, widget=Text(), help_text="Anything others should know."
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OWN_LOT, Permission.RECEIVE)
def lot_papers(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """The papers of a lot the viewer's organisation has in hand, and a form to add some."""
    lot = lot_of(request.viewer, reference)
    if not may_keep_papers(request.viewer, lot):
        raise Lot.DoesNotExist
    href = reverse("lot", args=[reference])
    # Files, even none, would make the form of a page not yet sent a wrong answer.
    form = PaperForm(request.POST, request.FILES) if request.method == "POST" else PaperForm()
    if request.method == "POST":
        if form.is_valid():
            _add_all(request, form, lot)
        if is_one_of_several(request):
            return one_file_answer(form, "papers", next_href=f"{href}#papers")
        if not form.errors:
            return redirect(f"{href}#papers")
    return form_page(
        request,
        form,
        title=f"Papers of {reference}",
        back_href=href,
        submit_label="Add papers",
        template_name="collection/lots/papers_page.html",
        papers=papers_of(lot),
    )


@require_GET
@cache_control(private=True, max_age=3600)
@requires(Permission.SEE_LOTS)
def paper(request: ViewerRequest, paper_id: int, size: str) -> HttpResponseBase:
    """The paper itself, for whoever may see its lot: a PDF as a download, a picture to look at."""
    found = paper_for(request.viewer, paper_id)
    if size == "small" and not found.thumbnail:
        raise LotPaper.DoesNotExist
    file = found.thumbnail if size == "small" else found.file
    response = FileResponse(
        file.open("rb"),
        as_attachment=found.media_type == PDF,
        filename=found.name,
        content_type=found.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = INERT
    return response


@require_POST
@requires(Permission.CHANGE_OWN_LOT, Permission.RECEIVE)
def delete_paper(request: ViewerRequest, paper_id: int) -> HttpResponseBase:
    """Take a paper off; the lot's history says that it was there."""
    found = paper_for(request.viewer, paper_id)
    remove_paper(request.viewer, found, at=request.now)
    messages.success(request, f"{found} is removed. The lot's history says that it was there.")
    return redirect("lot-papers", found.lot.reference)


def _add_all(request: ViewerRequest, form: PaperForm, lot: Lot) -> None:
    """Keep every paper that can be read; what is wrong with the others becomes errors of the form."""
    said = form.cleaned_data
    for upload in said["papers"]:
        try:
            read = read_paper(upload, upload.name or "paper")
            wanted = NewPaper(
                kind=said["kind"],
                number=said["number"],
                note=said["note"],
                name=read.name,
                media_type=read.media_type,
                content=read.content,
                sha256=read.sha256,
                thumbnail=read.thumbnail,
            )
            add_paper(request.viewer, lot, wanted, at=request.now)
        except (PaperRefusedError, StateConflictError) as refused:
            form.add_error("papers", forms.ValidationError(str(refused)))
