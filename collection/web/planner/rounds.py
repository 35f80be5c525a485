"""Rounds that are booked: the list, the page, the printed manifest, the driver, calling off."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection.actions.calling_off import cancel_pickup, cancel_round
from collection.actions.rounds import assign_driver
from collection.documents.gpx import round_gpx
from collection.models import PickupState, Round, RoundState
from collection.queries.outcomes import round_outcome
from collection.queries.rounds import drivers_of, round_with_stops, rounds_from
from collection.queries.unloadings import steps_of, way_of
from collection.queries.waste import hazardous_codes_among
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.components import SummaryRow
from collection.web.kit.forms import KitForm
from collection.web.kit.map import MapPoint, MapRoute, draw
from collection.web.kit.numbers import pounds
from collection.web.kit.widgets import Radios, Select, Text

COMING_DAYS = 60
NOBODY = ""
REASONS = (
    "A vehicle has broken down",
    "The plant cannot take the load that day",
    "The holder asked for it",
    "Another round fetches these lots",
)


class DriverForm(KitForm):
    driver = forms.ChoiceField(label="Driver", required=False, widget=Select)

    def __init__(self, *args: Any, drivers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["driver"]
        field.choices = [(NOBODY, "Nobody yet"), *drivers]


class CallOffForm(KitForm):
    why = forms.ChoiceField(
        label="Why is it called off?",
        choices=[*((words, words) for words in REASONS), ("other", "Another reason")],
        widget=Radios(reveals={"other": "other"}),
        error_messages={"required": "Choose why it is called off"},
        help_text="The holder reads this.",
    )
    other = forms.CharField(label="Reason", required=False, max_length=200, widget=Text())

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("why") == "other" and not answers.get("other"):
            self.add_error("other", "Enter the reason")
        return answers

    def words(self) -> str:
        why: str = self.cleaned_data["other" if self.cleaned_data["why"] == "other" else "why"]
        return why.rstrip(".") + "."


@requires(Permission.PLAN_ROUNDS)
@require_safe
def coming_rounds(request: ViewerRequest) -> HttpResponse:
    today = timezone.localdate(request.now)
    context = {"rounds": rounds_from(request.viewer, today, COMING_DAYS), "today": today}
    return render(request, "collection/planner/rounds.html", context)


@requires(Permission.PLAN_ROUNDS)
@require_safe
def round_page(request: ViewerRequest, reference: str) -> HttpResponse:
    shown = round_with_stops(request.viewer, reference)
    return render(request, "collection/planner/round.html", _round_context(request, shown))


@requires(Permission.PLAN_ROUNDS, Permission.DRIVE_ROUND)
@require_safe
def manifest(request: ViewerRequest, reference: str) -> HttpResponse:
    """The round on paper: every stop, what to load, and a line to sign."""
    shown = round_with_stops(request.viewer, reference)
    codes = (line.lot.ewc_code for stop in shown.pickups.all() for line in stop.lines.all())
    context = {
        "round": shown,
        "steps": steps_of(shown),
        "hazardous": hazardous_codes_among(codes),
        "printed_at": request.now,
    }
    return render(request, "collection/planner/manifest.html", context)


@requires(Permission.PLAN_ROUNDS, Permission.DRIVE_ROUND)
@require_safe
def manifest_pdf(request: ViewerRequest, reference: str) -> HttpResponse:
    """The same as a PDF, with the particulars of a waste transfer note at every stop."""
    from collection.documents.manifest import round_manifest

    shown = round_with_stops(request.viewer, reference)
    response = HttpResponse(round_manifest(shown, at=request.now), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{reference}.pdf"'
    return response


@requires(Permission.PLAN_ROUNDS, Permission.DRIVE_ROUND)
@require_safe
def gpx(request: ViewerRequest, reference: str) -> HttpResponse:
    """The round for a satellite navigator."""
    shown = round_with_stops(request.viewer, reference)
    response = HttpResponse(round_gpx(shown), content_type="application/gpx+xml")
    response["Content-Disposition"] = f'attachment; filename="{reference}.gpx"'
    return response


@requires(Permission.PLAN_ROUNDS)
@require_safe
def outcome(request: ViewerRequest, reference: str) -> HttpResponse:
    """What was planned against what happened."""
    found = round_outcome(round_with_stops(request.viewer, reference))
    context = {"outcome": found, "round": found.round}
    return render(request, "collection/planner/outcome.html", context)


@requires(Permission.CONFIRM_PLAN)
@require_POST
def driver(request: ViewerRequest, reference: str) -> HttpResponseBase:
    shown = round_with_stops(request.viewer, reference)
    form = _driver_form(request, shown)
    if not form.is_valid():
        context = _round_context(request, shown) | {"driver_form": form}
        return render(request, "collection/planner/round.html", context, status=422)
    chosen = form.cleaned_data["driver"]
    assign_driver(request.viewer, shown.pk, int(chosen) if chosen else None, at=request.now)
    messages.success(request, "The driver is saved.")
    return redirect("round", reference)


@requires(Permission.CONFIRM_PLAN)
@require_http_methods(["GET", "POST"])
def cancel(request: ViewerRequest, reference: str) -> HttpResponseBase:
    shown = round_with_stops(request.viewer, reference)
    form = CallOffForm(request.POST or None)
    if form.is_valid():
        cancel_round(request.viewer, shown.pk, why=form.words(), at=request.now)
        messages.success(request, f"{reference} is called off. Its lots are free again.")
        return redirect("round", reference)
    return _call_off_page(request, form, f"Call off {reference}", reference)


@requires(Permission.CONFIRM_PLAN)
@require_http_methods(["GET", "POST"])
def cancel_stop(request: ViewerRequest, reference: str, sequence: int) -> HttpResponseBase:
    shown = round_with_stops(request.viewer, reference)
    stop = shown.pickups.get(sequence=sequence)
    form = CallOffForm(request.POST or None)
    if form.is_valid():
        cancel_pickup(request.viewer, stop.pk, why=form.words(), at=request.now)
        messages.success(request, f"The stop at {stop.place_name} is called off.")
        return redirect("round", reference)
    return _call_off_page(request, form, f"Call off the stop at {stop.place_name}", reference)


def _call_off_page(request: ViewerRequest, form: CallOffForm, title: str, reference: str) -> HttpResponse:
    return form_page(
        request, form, title=title, back_href=f"/rounds/{reference}/", submit_label="Call it off"
    )


def _round_context(request: ViewerRequest, shown: Round) -> dict[str, Any]:
    return {
        "round": shown,
        "steps": steps_of(shown),
        "rows": _rows(shown),
        "map": _map(shown),
        "driver_form": _driver_form(request, shown),
        "may_change": shown.state in (RoundState.CONFIRMED, RoundState.UNDER_WAY),
        "may_cancel": shown.state == RoundState.CONFIRMED,
        "scheduled": PickupState.SCHEDULED,
    }


def _driver_form(request: ViewerRequest, shown: Round) -> DriverForm:
    drivers = [(str(user.pk), user.name) for user in drivers_of(shown.organisation_id)]
    return DriverForm(
        request.POST or None, drivers=drivers, initial={"driver": str(shown.driver_id or NOBODY)}
    )


def _rows(shown: Round) -> list[SummaryRow]:
    start, end = timezone.localtime(shown.starts_at), timezone.localtime(shown.ends_at)
    hours, minutes = divmod(shown.driving_minutes, 60)
    return [
        SummaryRow("Day", f"{shown.on:%A %-d %B %Y}"),
        SummaryRow("Vehicle", f"{shown.vehicle.name}, {shown.vehicle.registration}"),
        SummaryRow("Driver", shown.driver.name if shown.driver else "Nobody yet"),
        SummaryRow("Away from the plant", f"{start:%H:%M} to {end:%H:%M}"),
        SummaryRow("Road", f"{shown.distance_metres / 1000:,.0f} km, {hours} h {minutes:02} min driving"),
        SummaryRow("Cost", pounds(shown.cost_pence)),
    ]


def _map(shown: Round) -> object:
    home = (shown.facility.lat, shown.facility.lon)
    stops = list(shown.pickups.all())
    return draw(
        title="The round",
        points=[
            MapPoint(*home, shown.facility.name, kind="facility"),
            *(MapPoint(stop.lat, stop.lon, stop.place_name, number=str(stop.sequence)) for stop in stops),
        ],
        routes=[MapRoute([*way_of(shown, stops), home], shown.reference)],
        zoom_to_points=True,
    )
