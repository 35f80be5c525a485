"""Carrier and permits: the numbers and days that are checked before a plan is confirmed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.permits import save_carrier, save_permit
from collection.models import Facility, Organisation
from collection.queries.duties import receiving
from collection.rules.roles import Permission
from collection.rules.spoken_mass import mass
from collection.rules.waste_codes import (
    carrier_registration_problem,
    site_authorisation_problem,
    spaced_code,
)
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.components import Link, SummaryRow
from collection.web.kit.dates import DayField
from collection.web.kit.forms import KitForm
from collection.web.kit.number_field import NumberField
from collection.web.kit.widgets import LongText, Number, Text

NOT_RECORDED = "Not recorded"


class CarrierForm(KitForm):
    registration = forms.CharField(
        label="Carrier registration number",
        max_length=40,
        help_text="As on the certificate, for example CBDU123456.",
        widget=Text(width=20, attrs={"spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": "Enter the carrier registration number"},
    )
    expires_on = DayField(label="Until when it holds", required=False)

    def clean_registration(self) -> str:
        number = str(self.cleaned_data["registration"]).upper().strip()
        if problem := carrier_registration_problem(number):
            raise ValidationError(f"{problem.message} {problem.way_out}")
        return number


class PermitForm(KitForm):
    authorisation = forms.CharField(
        label="Permit or licence number",
        max_length=40,
        widget=Text(width=20, attrs={"spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": "Enter the permit or licence number"},
    )
    expires_on = DayField(label="Until when it holds", required=False)
    tonnes = NumberField(
        label="Waste it may take in a year",
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        widget=Number(suffix="tonnes"),
    )
    codes = forms.CharField(
        label="Waste codes it covers",
        required=False,
        max_length=4000,
        help_text="Six digits each, separated by commas or lines. Leave it empty if you do not want codes compared.",
        widget=LongText(rows=3),
    )

    def __init__(self, *args: Any, nation: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nation = nation

    def clean_authorisation(self) -> str:
        number = str(self.cleaned_data["authorisation"]).strip()
        if problem := site_authorisation_problem(number, self.nation):
            raise ValidationError(f"{problem.message} {problem.way_out}")
        return number

    def clean_codes(self) -> list[str]:
        lines = str(self.cleaned_data["codes"]).replace(";", ",").replace("\n", ",").split(",")
        codes = ["".join(filter(str.isdigit, line)) for line in lines if line.strip()]
        wrong = [
            line.strip() for line, code in zip(filter(str.strip, lines), codes, strict=True) if len(code) != 6
        ]
        if wrong:
            raise ValidationError(f"“{wrong[0][:20]}” is not a waste code. Give six digits such as 16 02 16.")
        return sorted(set(codes))


@requires(Permission.MANAGE_VEHICLES)
@require_safe
def overview(request: ViewerRequest) -> HttpResponseBase:
    own = Organisation.objects.get(pk=request.viewer.organisation_id)
    year = timezone.localdate(request.now).year
    plants = [
        (plant, _plant_rows(plant, year))
        for plant in Facility.objects.filter(organisation=own, accepts_lots=True).order_by("name")
    ]
    change = Link("Change", "/carrier-and-permits/carrier/", "carrier registration")
    rows = [
        SummaryRow("Carrier", own.name),
        SummaryRow("Registration", own.carrier_registration or NOT_RECORDED, [change]),
        SummaryRow("Holds until", _day(own.carrier_registration_expires_on)),
    ]
    return render(request, "collection/rounds/permits.html", {"rows": rows, "plants": plants})


@requires(Permission.MANAGE_VEHICLES)
@require_http_methods(["GET", "POST"])
def carrier(request: ViewerRequest) -> HttpResponseBase:
    own = Organisation.objects.get(pk=request.viewer.organisation_id)
    known = {"registration": own.carrier_registration, "expires_on": own.carrier_registration_expires_on}
    form = CarrierForm(request.POST or None, initial=known)
    if form.is_valid():
        save_carrier(request.viewer, **form.cleaned_data)
        messages.success(request, "The carrier registration is saved.")
        return redirect("carrier-and-permits")
    back = "/carrier-and-permits/"
    return form_page(request, form, title="Carrier registration", back_href=back, submit_label="Save")


@requires(Permission.MANAGE_VEHICLES)
@require_http_methods(["GET", "POST"])
def permit(request: ViewerRequest, code: str) -> HttpResponseBase:
    plant = Facility.objects.get(code=code, organisation_id=request.viewer.organisation_id)
    known = {
        "authorisation": plant.authorisation_number,
        "expires_on": plant.authorisation_expires_on,
        "tonnes": plant.permitted_t_per_year,
        "codes": ", ".join(map(spaced_code, plant.permitted_ewc_codes)),
    }
    form = PermitForm(request.POST or None, initial=known, nation=plant.nation)
    if form.is_valid():
        save_permit(request.viewer, plant.pk, **form.cleaned_data)
        messages.success(request, "The permit is saved.")
        return redirect("carrier-and-permits")
    back = "/carrier-and-permits/"
    return form_page(request, form, title=f"Permit of {plant.name}", back_href=back, submit_label="Save")


def _plant_rows(plant: Facility, year: int) -> list[SummaryRow]:
    facts = receiving(plant, year)
    change = Link("Change", f"/carrier-and-permits/{plant.code}/", f"permit of {plant.name}")
    most = f" of {mass(facts.permitted_grams)}" if facts.permitted_grams is not None else ""
    covered = f"{len(plant.permitted_ewc_codes)} waste codes" if plant.permitted_ewc_codes else NOT_RECORDED
    return [
        SummaryRow("Permit", plant.authorisation_number or NOT_RECORDED, [change]),
        SummaryRow("Holds until", _day(plant.authorisation_expires_on)),
        SummaryRow("Covers", covered),
        SummaryRow(f"Received or booked in {year}", f"{mass(facts.taken_grams)}{most}"),
    ]


def _day(day: Any) -> str:
    return f"{day:%-d %B %Y}" if day else NOT_RECORDED
