"""The people of an organisation: its administrator adds them, changes what they do and lets them go."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.members import LastAdministratorError, add_member, change_roles
from collection.queries.members import member_of, members_of
from collection.rules.roles import ROLES_OF_KIND, OrganisationKind, Permission, Role
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import Checkboxes, Email, Text

_WHAT_THEY_DO = {
    Role.COLLECTOR: "Logs lots and answers pickups",
    Role.PLANNER: "Plans rounds, weighs loads in and makes offers",
    Role.DRIVER: "Drives rounds and records what is collected",
    Role.REGULATOR: "Sees flags, retention and custody entries",
    Role.ORGANISATION_ADMIN: "Adds people here and says what each may do",
}


class RolesForm(KitForm):
    roles = forms.MultipleChoiceField(
        label="What they do",
        widget=Checkboxes(hints={role.value: words for role, words in _WHAT_THEY_DO.items()}),
        error_messages={"required": "Choose at least one thing they do"},
    )

    def __init__(self, *args: Any, kind: OrganisationKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = ROLES_OF_KIND[kind]
        self.fields["roles"].choices = [(role.value, role_name(role)) for role in Role if role in own]  # type: ignore[attr-defined]

    def chosen(self) -> set[Role]:
        return {Role(role) for role in self.cleaned_data["roles"]}


class NewMemberForm(RolesForm):
    name = forms.CharField(
        label="Full name",
        max_length=120,
        widget=Text(width=20, autocomplete="off"),
        error_messages={"required": "Enter their full name"},
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="They sign in with it, and are told there that they were added.",
        widget=Email(autocomplete="off"),
        error_messages={
            "required": "Enter their e-mail address",
            "invalid": "Enter an e-mail address such as name@example.com",
        },
    )
    field_order = ["name", "email", "roles"]


class MemberForm(RolesForm):
    """Nothing ticked lets them go, so nothing is required."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].required = False
        self.fields["roles"].help_text = "Tick nothing, and they no longer act for your organisation."


def role_name(role: Role) -> str:
    """ "Organisation admin" is how programs say it."""
    return role.value.replace("_admin", "_administrator").replace("_", " ").capitalize()


@requires(Permission.MANAGE_ORGANISATION)
@require_safe
def people(request: ViewerRequest) -> HttpResponse:
    """Everybody who may act for the viewer's organisation."""
    rows = [
        (member, ", ".join(role_name(role) for role in Role if role in member.roles))
        for member in members_of(request.viewer)
    ]
    return render(request, "collection/people/people.html", {"rows": rows})


@requires(Permission.MANAGE_ORGANISATION)
@require_http_methods(["GET", "POST"])
def add_person(request: ViewerRequest) -> HttpResponseBase:
    viewer = request.viewer
    form = NewMemberForm(request.POST or None, kind=viewer.organisation_kind)
    if form.is_valid():
        email, name = form.cleaned_data["email"], form.cleaned_data["name"]
        person, _ = add_member(viewer, email, name, form.chosen(), at=request.now)
        messages.success(request, f"{person} was added. An e-mail to {person.email} says how to sign in.")
        return redirect("people")
    return form_page(
        request, form, title="Add a person", back_href=reverse("people"), submit_label="Add the person"
    )


@requires(Permission.MANAGE_ORGANISATION)
@require_http_methods(["GET", "POST"])
def change_person(request: ViewerRequest, person_id: int) -> HttpResponseBase:
    viewer = request.viewer
    member = member_of(viewer, person_id)
    form = MemberForm(
        request.POST if request.method == "POST" else None,
        kind=viewer.organisation_kind,
        initial={"roles": [role.value for role in member.roles]},
    )
    if form.is_valid():
        try:
            change_roles(viewer, person_id, form.chosen())
        except LastAdministratorError as refused:
            form.add_error("roles", str(refused))
        else:
            messages.success(request, f"What {member.person} may do here is saved.")
            return redirect("home" if person_id == viewer.user_id else "people")
    return form_page(
        request,
        form,
        title=str(member.person),
        intro=member.person.email,
        back_href=reverse("people"),
        submit_label="Save",
    )
