"""Regular rounds: the same sites on the same weekdays, planned by themselves, confirmed by a person."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection.actions.plans import PlanRefusedError
from collection.actions.regular_rounds import (
    MOST_DAYS_AHEAD,
    RegularRoundRequest,
    save_regular_round,
    stop_regular_round,
)
from collection.models import Facility, Plan, RegularRound, Vehicle
from collection.queries.regular_rounds import sites_to_visit
from collection.rules.planning.suitability import BOXES
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.dates import DayField
from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import Checkboxes, Number, Select, Text

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class RegularRoundForm(KitForm):
    name = forms.CharField(
        label="Name",
        max_length=80,
        widget=Text(width=20),
        error_messages={"required": "Give the round a name, such as “Clyde on Tuesdays”"},
    )
    facility = forms.ChoiceField(label="Plant", widget=Select)
    vehicle = forms.ChoiceField(label="Vehicle", widget=Select)
    weekdays = forms.MultipleChoiceField(
        label="Which days",
        choices=[(str(number), name) for number, name in enumerate(WEEKDAYS)],
        widget=Checkboxes(small=True),
        help_text="Bank holidays are left out.",
        error_messages={"required": "Choose at least one weekday"},
    )
    sites = forms.MultipleChoiceField(
        label="Which sites",
        widget=Checkboxes(small=True),
        help_text="Whatever can be fetched there on the day is planned.",
        error_messages={"required": "Choose at least one site to visit"},
    )
    box = forms.ChoiceField(
        label="Which magnets",
        choices=[(code, label) for code, (label, _) in BOXES.items()],
        widget=Select,
    )
    starts_on = DayField(label="First day", error_messages={"required": "Enter the first day"})
    ends_on = DayField(label="Last day", required=False)
    days_ahead = forms.IntegerField(
        label="How long before to plan it",
        min_value=1,
        max_value=MOST_DAYS_AHEAD,
        widget=Number(whole=True, width=2, suffix="working days"),
        error_messages={"required": "Enter how many working days before"},
    )

    def __init__(
        self,
        *args: Any,
        plants: list[Facility],
        fleet: list[Vehicle],
        sites: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = self.fields
        choices["facility"].choices = [(str(plant.pk), plant.name) for plant in plants]
        choices["vehicle"].choices = [(str(each.pk), f"{each.name}, {each.registration}") for each in fleet]
        choices["sites"].choices = sites

    def wanted(self) -> RegularRoundRequest:
        answers = self.cleaned_data
        return RegularRoundRequest(
            name=answers["name"],
            facility_id=int(answers["facility"]),
            vehicle_id=int(answers["vehicle"]),
            site_ids=[int(pk) for pk in answers["sites"]],
            weekdays=[int(day) for day in answers["weekdays"]],
            starts_on=answers["starts_on"],
            ends_on=answers["ends_on"],
            days_ahead=answers["days_ahead"],
            box=answers["box"],
        )


@requires(Permission.PLAN_ROUNDS)
@require_safe
def all_regular(request: ViewerRequest) -> HttpResponse:
    rounds = RegularRound.objects.visible_to(request.viewer).select_related("vehicle", "facility")
    rows = [
        (each, ", ".join(WEEKDAYS[day] for day in each.weekdays), len(each.sites.all()))
        for each in rounds.prefetch_related("sites").order_by("name", "pk")
    ]
    return render(request, "collection/rounds/regular.html", {"rows": rows})


@requires(Permission.PLAN_ROUNDS)
@require_http_methods(["GET", "POST"])
def new_regular(request: ViewerRequest) -> HttpResponseBase:
    tomorrow = timezone.localdate(request.now) + dt.timedelta(days=1)
    return _edit(
        request, None, {"starts_on": tomorrow, "days_ahead": 3, "box": "ndfeb"}, "Add a regular round"
    )


@requires(Permission.PLAN_ROUNDS)
@require_http_methods(["GET", "POST"])
def change_regular(request: ViewerRequest, pk: int) -> HttpResponseBase:
    row = RegularRound.objects.visible_to(request.viewer).get(pk=pk)
    known = {
        "name": row.name,
        "facility": str(row.facility_id),
        "vehicle": str(row.vehicle_id),
        "weekdays": [str(day) for day in row.weekdays],
        "sites": [str(site) for site in row.sites.values_list("pk", flat=True)],
        "box": row.settings.get("box", "ndfeb"),
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "days_ahead": row.days_ahead,
    }
    return _edit(request, row, known, row.name)


@requires(Permission.PLAN_ROUNDS)
@require_POST
def pause_regular(request: ViewerRequest, pk: int) -> HttpResponseBase:
    is_active = request.POST.get("active") == "yes"
    stop_regular_round(request.viewer, pk, is_active=is_active)
    messages.success(
        request, "The round runs again." if is_active else "The round is paused. Booked rounds stay."
    )
    return redirect("regular-rounds")


def _edit(
    request: ViewerRequest, row: RegularRound | None, known: dict[str, Any], title: str
) -> HttpResponseBase:
    viewer = request.viewer
    plants = list(Facility.objects.filter(organisation_id=viewer.organisation_id, accepts_lots=True))
    fleet = list(Vehicle.objects.visible_to(viewer).filter(is_active=True, depot__in=plants).order_by("name"))
    if not fleet:
        return render(request, "collection/planner/cannot_plan.html", {"plants": plants})
    chosen = row.sites.values_list("pk", flat=True) if row else ()
    sites = [
        (str(site.pk), f"{site.name}, {site.organisation.name}") for site in sites_to_visit(viewer, chosen)
    ]
    form = RegularRoundForm(request.POST or None, plants=plants, fleet=fleet, sites=sites, initial=known)
    if form.is_valid():
        try:
            save_regular_round(viewer, form.wanted(), pk=row.pk if row else None)
        except PlanRefusedError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "The regular round is saved. Its plans come by themselves.")
            return redirect("regular-rounds")
    plans = (
        Plan.objects.visible_to(viewer).filter(regular=row).order_by("-from_on", "-pk")[:10] if row else []
    )
    return form_page(
        request,
        form,
        title=title,
        back_href="/regular-rounds/",
        submit_label="Save",
        template_name="collection/rounds/regular_form.html",
        row=row,
        plans=plans,
    )
