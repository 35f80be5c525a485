"""The vehicles register."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection.actions.calendars import renew_vehicle_calendar
from collection.models import Facility, Vehicle
from collection.rules.planning.unloading import MOST_TRIPS
from collection.rules.roles import Permission
from collection.rules.waste_codes import carrier_registration_problem
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.dates import DayField
from collection.web.kit.forms import KitModelForm
from collection.web.kit.number_field import NumberField
from collection.web.kit.widgets import Checkbox, Checkboxes, Number, Radios, Select, Text

SKILLS = {
    "tail_lift": "Tail-lift",
    "crane": "Crane",
    "security_clearance": "Crew cleared for defence loads",
    "adr": "Dangerous goods (ADR)",
}


class VehicleForm(KitModelForm):
    skills = forms.MultipleChoiceField(
        label="What vehicle and crew can do",
        choices=list(SKILLS.items()),
        required=False,
        widget=Checkboxes(small=True),
    )
    cost_per_day = NumberField(
        label="Cost of a day", min_value=0, max_value=10_000, decimal_places=2, widget=Number(prefix="£")
    )
    cost_per_km = NumberField(
        label="Cost of a kilometre", min_value=0, max_value=100, decimal_places=2, widget=Number(prefix="£")
    )
    cost_per_hour = NumberField(
        label="Cost of an hour", min_value=0, max_value=1_000, decimal_places=2, widget=Number(prefix="£")
    )

    class Meta:
        model = Vehicle
        fields = (
            "name",
            "registration",
            "depot",
            "profile",
            "capacity_kg",
            "pallets",
            "most_trips",
            "shift_starts_at",
            "shift_ends_at",
            "tested_until_on",
            "carrier_name",
            "carrier_registration",
            "carrier_registration_expires_on",
            "is_active",
        )
        field_classes = {"tested_until_on": DayField, "carrier_registration_expires_on": DayField}
        labels = {
            "name": "Name",
            "registration": "Registration number",
            "depot": "Plant where it stands",
            "profile": "Kind",
            "capacity_kg": "Payload",
            "pallets": "Pallets it takes",
            "most_trips": "Trips a day, at most",
            "shift_starts_at": "May leave from",
            "shift_ends_at": "Must be back by",
            "tested_until_on": "Last day of its MOT or annual test",
            "carrier_name": "Carrier, if it is not yours",
            "carrier_registration": "Carrier’s registration number",
            "carrier_registration_expires_on": "Until when that registration holds",
            "is_active": "In use",
        }
        help_texts = {
            "most_trips": "Between two trips it is unloaded at the plant, which takes half an hour.",
            "tested_until_on": "Rounds after it cannot be confirmed.",
            "carrier_name": "A haulier whose own registration covers this vehicle.",
            "carrier_registration": "As on the certificate, for example CBDU123456.",
        }
        widgets = {
            "name": Text(width=20),
            "registration": Text(width=10, attrs={"spellcheck": "false", "autocapitalize": "characters"}),
            "depot": Select,
            "profile": Radios(inline=True),
            "capacity_kg": Number(whole=True, suffix="kg"),
            "pallets": Number(whole=True, width=3),
            "most_trips": Number(whole=True, width=2),
            "shift_starts_at": Text(width=5, attrs={"placeholder": "06:00"}),
            "shift_ends_at": Text(width=5, attrs={"placeholder": "18:00"}),
            "carrier_name": Text(width=20),
            "carrier_registration": Text(width=20, attrs={"spellcheck": "false"}),
            "is_active": Checkbox,
        }

    def __init__(self, *args: Any, plants: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["depot"].queryset = plants
        boxes["depot"].empty_label = "Choose a plant"
        boxes["profile"].choices = Vehicle._meta.get_field("profile").choices
        self.order_fields(
            ["name", "registration", "depot", "profile", "capacity_kg", "pallets", "most_trips", "skills"]
        )
        vehicle: Vehicle = self.instance
        self.initial["skills"] = vehicle.skills
        for name in ("day", "km", "hour"):
            self.initial[f"cost_per_{name}"] = f"{getattr(vehicle, f'cost_per_{name}_pence') / 100:.2f}"
        for time in ("shift_starts_at", "shift_ends_at"):
            value = self.initial.get(time) or getattr(vehicle, time)
            self.initial[time] = value if isinstance(value, str) else f"{value:%H:%M}"
            boxes[time].error_messages["invalid"] = "Enter a time such as 06:30"

    def clean_registration(self) -> str:
        registration = str(self.cleaned_data["registration"]).upper().strip()
        same = Vehicle.unscoped.filter(
            organisation_id=self.instance.organisation_id, registration=registration
        ).exclude(pk=self.instance.pk)
        if same.exists():
            raise ValidationError("You have a vehicle with this registration number already")
        return registration

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        self._clean_carrier(answers)
        starts, ends = answers.get("shift_starts_at"), answers.get("shift_ends_at")
        if starts and ends and ends <= starts:
            self.add_error("shift_ends_at", "The vehicle must be back after it leaves")
        for name in ("capacity_kg", "pallets"):
            if answers.get(name) == 0:
                self.add_error(name, "Enter a number above 0")
        trips = answers.get("most_trips")
        if trips is not None and not 1 <= trips <= MOST_TRIPS:
            self.add_error("most_trips", f"Enter a number from 1 to {MOST_TRIPS}")
        return answers

    def _clean_carrier(self, answers: dict[str, Any]) -> None:
        name, number = answers.get("carrier_name"), answers.get("carrier_registration")
        if name and not number:
            self.add_error("carrier_registration", "Enter the carrier’s registration number")
        elif number and not name:
            self.add_error("carrier_name", "Enter whose registration number this is")
        elif number and (problem := carrier_registration_problem(number)):
            self.add_error("carrier_registration", f"{problem.message} {problem.way_out}")

    def save(self, commit: bool = True) -> Vehicle:
        vehicle: Vehicle = self.instance
        vehicle.skills = self.cleaned_data["skills"]
        for name in ("day", "km", "hour"):
            setattr(vehicle, f"cost_per_{name}_pence", round(self.cleaned_data[f"cost_per_{name}"] * 100))
        saved: Vehicle = super().save(commit)
        return saved


@requires(Permission.MANAGE_VEHICLES)
@require_safe
def all_vehicles(request: ViewerRequest) -> HttpResponse:
    vehicles = Vehicle.objects.visible_to(request.viewer).select_related("depot")
    return render(request, "collection/planner/vehicles.html", {"vehicles": vehicles.order_by("name", "pk")})


@requires(Permission.MANAGE_VEHICLES)
@require_http_methods(["GET", "POST"])
def new_vehicle(request: ViewerRequest) -> HttpResponseBase:
    vehicle = Vehicle(organisation_id=request.viewer.organisation_id)
    return _edit(request, vehicle, "Add a vehicle")


@requires(Permission.MANAGE_VEHICLES)
@require_http_methods(["GET", "POST"])
def change_vehicle(request: ViewerRequest, pk: int) -> HttpResponseBase:
    vehicle = Vehicle.objects.visible_to(request.viewer).get(pk=pk)
    feed = request.build_absolute_uri(reverse("vehicle-calendar", args=[vehicle.calendar_token]))
    return _edit(request, vehicle, vehicle.name, feed=feed)


@requires(Permission.MANAGE_VEHICLES)
@require_POST
def renew_calendar(request: ViewerRequest, pk: int) -> HttpResponseBase:
    """Give the feed a new secret address; the old one stops working at once."""
    renew_vehicle_calendar(request.viewer, pk)
    messages.success(request, "The calendar has a new address. The old one no longer works.")
    return redirect("vehicle", pk)


def _edit(request: ViewerRequest, vehicle: Vehicle, title: str, feed: str = "") -> HttpResponseBase:
    plants = Facility.objects.filter(organisation_id=vehicle.organisation_id, accepts_lots=True)
    if not plants:
        return render(request, "collection/planner/cannot_plan.html", {"plants": plants})
    form = VehicleForm(request.POST or None, instance=vehicle, plants=plants)
    if form.is_valid():
        form.save()
        messages.success(request, "The vehicle is saved.")
        return redirect("vehicles")
    return form_page(
        request,
        form,
        title=title,
        back_href="/vehicles/",
        submit_label="Save",
        template_name="collection/planner/vehicle.html",
        feed=feed,
        vehicle=vehicle,
    )
