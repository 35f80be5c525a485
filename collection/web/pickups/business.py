"""What a holder does for a living, once, for every transfer note."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from collection.actions.business import save_sic_code
from collection.models import Organisation
from collection.rules.roles import Permission
from collection.rules.waste_codes import SIC_CODE
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import Number


class BusinessForm(KitForm):
    sic_code = forms.CharField(
        label="SIC 2007 code of your business",
        required=False,
        widget=Number(whole=True, width=5),
        help_text="Five digits, as in your company's filings. Scrap sorting is 38320, dismantling 38310, "
        "wholesale of scrap 46770. Left empty, it is written in by hand.",
    )

    def clean_sic_code(self) -> str:
        code: str = re.sub(r"[\s./]", "", self.cleaned_data["sic_code"])
        if code and not re.fullmatch(SIC_CODE, code):
            raise forms.ValidationError("The SIC code must be five digits, such as 38320")
        return code


@requires(Permission.ANSWER_PICKUP)
@require_http_methods(["GET", "POST"])
def business(request: ViewerRequest) -> HttpResponseBase:
    own = Organisation.objects.get(pk=request.viewer.organisation_id)
    initial: dict[str, Any] = {"sic_code": own.sic_code}
    form = BusinessForm(request.POST or None, initial=initial)
    if form.is_valid():
        save_sic_code(request.viewer, form.cleaned_data["sic_code"])
        messages.success(request, "Saved. Transfer notes carry it from now on.")
        return redirect("pickups")
    title = f"{own.name} on transfer notes"
    return form_page(request, form, title=title, back_href="/pickups/", submit_label="Save")
