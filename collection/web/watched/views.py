"""Pages of watched sources: list, one, noting and changing, and the way into the log journey."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collection.actions.watched import begin_arrival, change_watched, close_watched, watch_source
from collection.models import WatchedSource, WatchState
from collection.queries.drafts import places_of
from collection.queries.expected import farm_of
from collection.queries.watched import SHOWN, arrivals_of, foreseen, watched_of, watched_page
from collection.rules.answers import RefusedAnswerError
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission
from collection.rules.spoken_mass import mass
from collection.rules.watching import Window
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kept import keeps_typed, typed_on
from collection.web.kit.components import RangeFigure, SummaryRow, Tone
from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import Text
from collection.web.watched.forms import WatchForm, initial_of, initial_of_farm, search_farms

TONES: dict[str, Tone] = {WatchState.WATCHED: "brand", WatchState.ARISEN: "good"}


class CloseForm(KitForm):
    heading_field = "why"
    why = forms.CharField(
        label="Why will it not arise?",
        max_length=300,
        help_text="For example: its life was extended to 2035; it was sold abroad whole; noted twice.",
        widget=Text(),
        error_messages={"required": "Say why it will not arise"},
    )


@require_GET
@requires(Permission.SEE_REPORTS)
def watched(request: ViewerRequest) -> HttpResponse:
    """Sources in one state (`?show=`), the soonest first, and how well earlier ones were foreseen."""
    show = request.GET.get("show", WatchState.WATCHED.value)
    page = watched_page(request.viewer, show=show, after=request.GET.get("after", ""))
    context = {
        "rows": [(one, window_of(one), TONES.get(one.state, "neutral")) for one in page.rows],
        "after": page.after,
        "show": show,
        "filters": [(state.value, state.label) for state in SHOWN],
        "comparisons": foreseen(request.viewer),
        "may_watch": request.viewer.may(Permission.LOG_LOT),
        "shows_holder": not request.viewer.may(Permission.LOG_LOT),
    }
    return render(request, "collection/watched/list.html", context)


@require_GET
@requires(Permission.SEE_REPORTS)
def watched_source(request: ViewerRequest, reference: str) -> HttpResponse:
    """One source: what is expected of it, and what has come."""
    found = watched_of(request.viewer, reference)
    arrived = arrivals_of(found)
    arose = sum(one.grams for one in arrived)
    is_own = found.organisation_id == request.viewer.organisation_id and request.viewer.may(
        Permission.LOG_LOT
    )
    context = {
        "watched": found,
        "window": window_of(found),
        "tone": TONES.get(found.state, "neutral"),
        "facts": _facts(found, is_own),
        "figure": _figure(found),
        "arrived": arrived,
        "arose": arose,
        "ratio": arose / found.magnet_central_grams if found.magnet_central_grams else None,
        "is_within": found.magnet_low_grams <= arose <= found.magnet_high_grams,
        "may_change": is_own and found.state == WatchState.WATCHED,
        "may_log": is_own and found.state != WatchState.CLOSED,
    }
    return render(request, "collection/watched/source.html", context)


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LOT)
def new_watched(request: ViewerRequest) -> HttpResponseBase:
    """Note a source; `?farm=` begins with a wind farm of the register."""
    farm = farm_of(request.GET.get("farm", ""))
    form = _form(request, initial_of_farm(farm) if farm else {})

    def save() -> str:
        return watch_source(request.viewer, form.new_watched(), at=request.now).watched.reference

    return _form_page(request, form, save, title="Watch a source", back_href=reverse("watched"))


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LOT)
def change(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """Say it anew: another day, another amount."""
    found = _own(request, reference)
    form = _form(request, initial_of(found))

    def save() -> str:
        change_watched(request.viewer, found, form.new_watched(), at=request.now)
        return reference

    href = reverse("watched-source", args=[reference])
    return _form_page(request, form, save, title=f"Change {found.name}", back_href=href)


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LOT)
def close(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """It will not arise, and why."""
    found = _own(request, reference)
    href = reverse("watched-source", args=[reference])
    form = CloseForm(typed_on(request))
    if request.method == "POST" and form.is_valid():
        close_watched(request.viewer, found, form.cleaned_data["why"], at=request.now)
        messages.success(request, f"{found.name} is not watched any more.")
        return redirect(href)
    return form_page(
        request, form, title="Why will it not arise?", back_href=href, submit_label="Stop watching"
    )


@require_POST
@requires(Permission.LOG_LOT)
def arisen(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """It has arisen: a draft of a lot with what is known, in the log journey. How much is asked anew."""
    found = _own(request, reference)
    draft = begin_arrival(request.viewer, found, pages_of(found), at=request.now)
    return redirect("log-check", draft.submission_id)


@require_GET
@requires(Permission.LOG_LOT)
def farm_search(request: HttpRequest) -> JsonResponse:
    """Wind farms of the register as you type."""
    found = search_farms(request.GET.get("q", ""))
    return JsonResponse({"results": [match._asdict() for match in found]})


def window_of(watched: WatchedSource) -> Window:
    return Window(watched.expected_from_on, watched.expected_to_on)


def pages_of(watched: WatchedSource) -> dict[str, dict[str, str]]:
    """What the log journey need not ask: never the amount, which is to be compared with what was expected."""
    pages = {
        "source": {"source_kind": watched.source_kind},
        "product": {"product": watched.product.name, "product-picked": watched.product.code},
        "when": {"when": "now"},
    }
    if watched.site_id:
        pages["place"] = {"place": str(watched.site_id)}
    return pages


def _own(request: ViewerRequest, reference: str) -> WatchedSource:
    found = watched_of(request.viewer, reference)
    if found.organisation_id != request.viewer.organisation_id:
        raise WatchedSource.DoesNotExist
    return found


def _form(request: ViewerRequest, initial: dict[str, object]) -> WatchForm:
    return WatchForm(
        typed_on(request),
        initial=initial,
        places=places_of(request.viewer),
        today=timezone.localdate(request.now),
    )


def _form_page(
    request: ViewerRequest, form: WatchForm, save: Callable[[], str], *, title: str, back_href: str
) -> HttpResponseBase:
    if request.method == "POST" and form.is_valid():
        try:
            reference = save()
        except RefusedAnswerError as refused:
            field = refused.problem.field
            form.add_error(field if field in form.fields else None, str(refused.problem))
        except StateConflictError as conflict:
            form.add_error(None, str(conflict))
        else:
            return redirect("watched-source", reference)
    return form_page(request, form, title=title, back_href=back_href, submit_label="Save")


def _figure(found: WatchedSource) -> RangeFigure:
    low, central, high = found.magnet_low_grams, found.magnet_central_grams, found.magnet_high_grams
    return RangeFigure(
        low, central, high, max(high, 1), (mass(low), mass(central), mass(high)), label="Magnets expected"
    )


def _facts(found: WatchedSource, is_own: bool) -> list[SummaryRow]:
    where = found.site.name if found.site else found.region.name if found.region else "Not said"
    rows = [
        SummaryRow("Expected", str(window_of(found))),
        SummaryRow("What", found.product.name),
        SummaryRow("How much", found.quantity_text),
        SummaryRow("Comes from", found.get_source_kind_display()),
        SummaryRow("Where", where),
    ]
    if not is_own:
        rows.insert(0, SummaryRow("Holder", found.organisation.name))
    if found.source:
        rows.append(SummaryRow("In the register as", [found.source.name, found.source.register]))
    if found.note:
        rows.append(SummaryRow("Note", found.note))
    if found.closed_why:
        rows.append(SummaryRow("Why it will not arise", found.closed_why))
    if is_own and found.remind_on:
        rows.append(SummaryRow("Next reminder", f"{found.remind_on:%-d %B %Y}"))
    by = f" by {found.logged_by.name}" if found.logged_by and is_own else ""
    rows.append(SummaryRow("Noted", f"{timezone.localtime(found.logged_at):%-d %B %Y}{by}"))
    return rows
