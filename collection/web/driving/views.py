"""The driver's phone: today's rounds, the stops in order, and what was loaded."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection.actions.driving import arrive, come_back, leave_plant, unload
from collection.documents.pictures import PictureRefusedError
from collection.models import Pickup, PickupLot, PickupState, RoundState
from collection.queries.labels import labels_at_stop
from collection.queries.rounds import round_with_stops, rounds_driven, stop_of_round
from collection.queries.stop_papers import papers_of
from collection.queries.unloadings import next_unloading, steps_of
from collection.rules.roles import Permission
from collection.rules.signature import path_of
from collection.web.access import ViewerRequest, requires
from collection.web.driving.back_form import BackForm
from collection.web.driving.photos import add_stop_photo
from collection.web.driving.stop_form import StopForm, record_stop, was_recorded_from
from collection.web.form_page import form_page
from collection.web.offline.seats import kept_offline

MAPS = "https://www.google.com/maps/dir/?api=1&destination={lat:.5f},{lon:.5f}"


@requires(Permission.DRIVE_ROUND)
@require_safe
@kept_offline
def my_rounds(request: ViewerRequest) -> HttpResponse:
    today = timezone.localdate(request.now)
    rounds = list(rounds_driven(request.viewer, today))
    context = {
        "today": [each for each in rounds if each.on == today],
        "later": [each for each in rounds if each.on > today],
    }
    return render(request, "collection/driving/my_rounds.html", context)


@requires(Permission.DRIVE_ROUND)
@require_safe
@kept_offline
def my_round(request: ViewerRequest, reference: str) -> HttpResponse:
    shown = round_with_stops(request.viewer, reference)
    stops = list(shown.pickups.all())
    following = next((each for each in stops if each.state == PickupState.SCHEDULED), None)
    context = {
        "round": shown,
        "stops": stops,
        "steps": steps_of(shown),
        "unloads_next": next_unloading(shown),
        "following": following,
        "done": sum(each.state != PickupState.SCHEDULED for each in stops),
        "directions": _directions(following) if following else {},
        "may_leave": shown.left_at is None and shown.state == RoundState.CONFIRMED and bool(stops),
        "may_return": not following and shown.returned_at is None and shown.left_at is not None,
    }
    return render(request, "collection/driving/round.html", context)


@requires(Permission.DRIVE_ROUND)
@require_http_methods(["GET", "POST"])
@kept_offline
def stop(request: ViewerRequest, reference: str, sequence: int) -> HttpResponseBase:
    pickup = stop_of_round(request.viewer, reference, sequence)
    context = {
        "pickup": pickup,
        "round": pickup.round,
        "directions": _directions(pickup),
        "papers": papers_of(pickup),
        "signature": path_of(pickup.signature),
        "labels": labels_at_stop(pickup),
    }
    if was_recorded_from(pickup, request.POST):
        return redirect("driving-round", reference)
    if pickup.state != PickupState.SCHEDULED:
        return render(request, "collection/driving/stop_done.html", context)
    form = StopForm(
        request.POST or None, request.FILES or None, pickup=pickup, initial={"submission_id": uuid.uuid4()}
    )
    if form.is_valid():
        recorded = record_stop(request.viewer, pickup, form, at=request.now, recorded_at=request.now)
        for photo in form.cleaned_data["photos"]:
            try:
                add_stop_photo(request.viewer, recorded, photo, at=request.now)
            except PictureRefusedError as refused:
                messages.error(request, f"The stop is recorded, but not a photo: {refused}")
        return redirect("driving-round", reference)
    status = 422 if form.is_bound else 200
    return render(request, "collection/driving/stop.html", context | {"form": form}, status=status)


@requires(Permission.DRIVE_ROUND)
@require_POST
def leave(request: ViewerRequest, reference: str) -> HttpResponseBase:
    leave_plant(request.viewer, round_with_stops(request.viewer, reference).pk, at=request.now)
    return redirect("driving-round", reference)


@requires(Permission.DRIVE_ROUND)
@require_POST
def at_the_gate(request: ViewerRequest, reference: str, sequence: int) -> HttpResponseBase:
    arrive(request.viewer, stop_of_round(request.viewer, reference, sequence).pk, at=request.now)
    return redirect("driving-stop", reference, sequence)


@requires(Permission.DRIVE_ROUND)
@require_http_methods(["GET", "POST"])
@kept_offline
def unload_at_plant(request: ViewerRequest, reference: str, trip: int) -> HttpResponseBase:
    """Between two trips: the load is at the plant and the vehicle goes again."""
    shown = round_with_stops(request.viewer, reference)
    unloading = shown.unloadings.get(after_trip=trip)
    if request.method == "POST":
        unload(request.viewer, shown.pk, trip, at=request.now)
        return redirect("driving-round", reference)
    on_board = [
        line
        for pickup in shown.pickups.all()
        for line in pickup.lines.all()
        if pickup.trip == trip and line.state in (PickupLot.State.PLANNED, PickupLot.State.COLLECTED)
    ]
    context = {"round": shown, "unloading": unloading, "on_board": on_board}
    return render(request, "collection/driving/unloading.html", context)


@requires(Permission.DRIVE_ROUND)
@require_http_methods(["GET", "POST"])
@kept_offline
def back_at_plant(request: ViewerRequest, reference: str) -> HttpResponseBase:
    shown = round_with_stops(request.viewer, reference)
    form = BackForm(request.POST or None)
    if form.is_valid():
        come_back(request.viewer, shown.pk, driven_metres=form.driven_metres, at=request.now)
        messages.success(request, "Thank you. The round is over.")
        return redirect("driving")
    return form_page(
        request,
        form,
        title=f"Back at {shown.facility.name}",
        back_href=f"/driving/{reference}/",
        submit_label="The round is over",
    )


def _directions(pickup: Pickup) -> dict[str, str]:
    """Links that open the phone's own navigation, or a map in the browser."""
    return {
        "geo": f"geo:{pickup.lat:.5f},{pickup.lon:.5f}?q={pickup.lat:.5f},{pickup.lon:.5f}",
        "maps": MAPS.format(lat=pickup.lat, lon=pickup.lon),
    }
