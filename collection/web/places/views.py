"""Saved places of the viewer's organisation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collection.actions.places import PlaceNameTakenError, close_place, save_place
from collection.models import Site
from collection.queries.drafts import places_of
from collection.rules.answers import RefusedAnswerError
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kept import keeps_typed, typed_on
from collection.web.places.forms import PlaceForm


@require_GET
@requires(Permission.MANAGE_PLACES)
def places(request: ViewerRequest) -> HttpResponse:
    """The organisation's places; those without a point first, as they need somebody."""
    found = sorted(places_of(request.viewer), key=lambda site: site.lat is not None)
    return render(request, "collection/places/list.html", {"places": found})


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def new_place(request: ViewerRequest) -> HttpResponseBase:
    return _place_page(request, Site(), "Add a place")


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def place(request: ViewerRequest, site_id: int) -> HttpResponseBase:
    """Change a place of the viewer's own."""
    site = Site.objects.visible_to(request.viewer).get(pk=site_id)
    return _place_page(request, site, f"Change {site.name}")


@require_POST
@requires(Permission.MANAGE_PLACES)
def remove_place(request: ViewerRequest, site_id: int) -> HttpResponseBase:
    """Take a place out of the lists."""
    close_place(request.viewer, site_id)
    messages.success(request, "The place is removed from your list. Lots logged there keep it.")
    return redirect("places")


def _place_page(request: ViewerRequest, site: Site, title: str) -> HttpResponseBase:
    form = PlaceForm(typed_on(request), instance=site)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_place(request.viewer, form.instance, form.point, form.pin, at=request.now)
        except PlaceNameTakenError as taken:
            form.add_error("name", f"{taken} Choose another name")
        except RefusedAnswerError as refused:
            form.add_error(refused.problem.field, str(refused.problem))
        else:
            if saved.lat is None:
                messages.success(request, f"{saved.name} is saved. Now put it on the map.")
                return redirect("place-pin", saved.pk)
            messages.success(request, f"{saved.name} is saved.")
            return redirect("places")
    return form_page(
        request,
        form,
        title=title,
        back_href="/places/",
        submit_label="Save place",
        template_name="collection/places/place.html",
        site=site,
    )
