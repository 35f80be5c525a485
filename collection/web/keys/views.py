"""A person's keys for software. A new key is shown on the answer to the form and never again."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from collection.actions.keys import issue_key, revoke_key
from collection.queries.keys import keys_of
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import Text


class KeyForm(KitForm):
    purpose = forms.CharField(
        label="What will use the key?",
        help_text="To recognise it by, for example “Weighbridge”.",
        max_length=80,
        widget=Text(width=20, autocomplete="off"),
        error_messages={"required": "Enter what will use the key"},
    )


@requires(Permission.SEE_LOTS)
@require_http_methods(["GET", "POST"])
@never_cache
def keys(request: ViewerRequest) -> HttpResponse:
    """The person's keys for the organisation they act for, and a form for a new one."""
    viewer, new_key = request.viewer, ""
    form = KeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        purpose = form.cleaned_data["purpose"]
        _, new_key = issue_key(viewer.user_id, viewer.organisation_id, purpose, at=request.now)
        form = KeyForm()
    return form_page(
        request,
        form,
        title="Keys for software",
        template_name="collection/keys/keys.html",
        new_key=new_key,
        keys=keys_of(viewer),
    )


@requires(Permission.SEE_LOTS)
@require_POST
def revoke(request: ViewerRequest, key_id: int) -> HttpResponseBase:
    """Take a key back; what uses it stops at once."""
    revoke_key(request.viewer, key_id, at=request.now)
    messages.success(request, "The key is revoked. Whatever used it is signed out.")
    return redirect("keys")
