"""The driver's phone: today's rounds, the stops in order, and what was loaded."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collection.actions.collections import record_collection
from collection.models import Pickup, PickupState
from collection.queries.rounds import round_with_stops, rounds_driven, stop_of_round
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.driving.stop_form import StopForm

MAPS = "https://www.google.com/maps/dir/?api=1&destination={lat:.5f},{lon:.5f}"


@requires(Permission.DRIVE_ROUND)
@require_safe
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
def my_round(request: ViewerRequest, reference: str) -> HttpResponse:
    shown = round_with_stops(request.viewer, reference)
    stops = list(shown.pickups.all())
    following = next((each for each in stops if each.state == PickupState.SCHEDULED), None)
    context = {
        "round": shown,
        "stops": stops,
        "following": following,
        "done": sum(each.state != PickupState.SCHEDULED for each in stops),
        "directions": _directions(following) if following else {},
    }
    return render(request, "collection/driving/round.html", context)


@requires(Permission.DRIVE_ROUND)
@require_http_methods(["GET", "POST"])
def stop(request: ViewerRequest, reference: str, sequence: int) -> HttpResponseBase:
    pickup = stop_of_round(request.viewer, reference, sequence)
    context = {"pickup": pickup, "round": pickup.round, "directions": _directions(pickup)}
    if pickup.state != PickupState.SCHEDULED and not _is_sent_again(request, pickup):
        return render(request, "collection/driving/stop_done.html", context)
    form = StopForm(request.POST or None, pickup=pickup, initial={"submission_id": uuid.uuid4()})
    if form.is_valid():
        record_collection(
            request.viewer,
            pickup.pk,
            form.collected_lines(),
            submission_id=form.cleaned_data["submission_id"],
            at=request.now,
            signed_by=form.cleaned_data["signed_by"],
            note=form.cleaned_data["note"],
        )
        return redirect("driving-round", reference)
    status = 422 if form.is_bound else 200
    return render(request, "collection/driving/stop.html", context | {"form": form}, status=status)


def _is_sent_again(request: ViewerRequest, pickup: Pickup) -> bool:
    return request.method == "POST" and request.POST.get("submission_id") == str(pickup.submission_id)


def _directions(pickup: Pickup) -> dict[str, str]:
    """Links that open the phone's own navigation, or a map in the browser."""
    return {
        "geo": f"geo:{pickup.lat:.5f},{pickup.lon:.5f}?q={pickup.lat:.5f},{pickup.lon:.5f}",
        "maps": MAPS.format(lat=pickup.lat, lon=pickup.lon),
    }
