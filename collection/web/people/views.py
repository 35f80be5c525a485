"""Which organisation a person acts for, and the page of people who have none yet."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collection.models import User
from collection.queries.people import organisations_of
from collection.web.access import choose_organisation, signed_in
from collection.web.form_page import form_page
from collection.web.people.forms import OrganisationForm


@signed_in
@require_http_methods(["GET", "POST"])
def switch_organisation(request: HttpRequest) -> HttpResponseBase:
    """Choose the organisation to act for; the choice lasts as long as the session."""
    organisations = organisations_of(cast(User, request.user))
    if not organisations:
        return redirect("no-membership")
    viewer = getattr(request, "viewer", None)
    form = OrganisationForm(
        request.POST or None,
        organisations=organisations,
        initial={"organisation": str(viewer.organisation_id) if viewer else ""},
    )
    if form.is_valid() and choose_organisation(request, int(form.cleaned_data["organisation"])):
        return redirect("home")
    return form_page(request, form, title="Choose an organisation", back_href="/")


@signed_in
def no_membership(request: HttpRequest) -> HttpResponse:
    """Signed in, and nobody has given this person a role yet: what to do now."""
    return render(request, "collection/people/no_membership.html")
