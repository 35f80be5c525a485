"""A driver's day recorded without signal: the same forms and actions as the driver's pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from collection.actions.driving import arrive, come_back, leave_plant, unload
from collection.documents.pictures import PictureRefusedError
from collection.queries.rounds import round_with_stops, stop_of_round
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.driving.back_form import BackForm
from collection.web.driving.photos import add_stop_photo
from collection.web.driving.stop_form import StopForm, record_stop, was_recorded_from
from collection.web.kit.forms import KitForm
from collection.web.offline.queue import UnreadableError, from_a_phone, happened_at, problem


@require_POST
@requires(Permission.DRIVE_ROUND)
@from_a_phone
def send_leave(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """The vehicle left the plant. Sent again it changes nothing."""
    chosen = round_with_stops(request.viewer, reference)
    leave_plant(request.viewer, chosen.pk, at=happened_at(request.now, request.POST))
    return _recorded("driving-round", reference)


@require_POST
@requires(Permission.DRIVE_ROUND)
@from_a_phone
def send_arrive(request: ViewerRequest, reference: str, sequence: int) -> HttpResponseBase:
    """The vehicle came to a stop. The first arrival counts."""
    pickup = stop_of_round(request.viewer, reference, sequence)
    arrive(request.viewer, pickup.pk, at=happened_at(request.now, request.POST))
    return _recorded("driving-stop", reference, sequence)


@require_POST
@requires(Permission.DRIVE_ROUND)
@from_a_phone
def send_unload(request: ViewerRequest, reference: str, trip: int) -> HttpResponseBase:
    """The load of a trip is at the plant. The first time counts."""
    chosen = round_with_stops(request.viewer, reference)
    unload(request.viewer, chosen.pk, trip, at=happened_at(request.now, request.POST))
    return _recorded("driving-round", reference)


@require_POST
@requires(Permission.DRIVE_ROUND)
@from_a_phone
def send_back(request: ViewerRequest, reference: str) -> HttpResponseBase:
    """The vehicle is back, with what it drove. The first time counts, and the last odometer."""
    form = BackForm(request.POST)
    if not form.is_valid():
        return _refused(form)
    chosen = round_with_stops(request.viewer, reference)
    at = happened_at(request.now, request.POST)
    come_back(request.viewer, chosen.pk, driven_metres=form.driven_metres, at=at)
    return _recorded("driving-round", reference)


@require_POST
@requires(Permission.DRIVE_ROUND)
@from_a_phone
def send_stop(request: ViewerRequest, reference: str, sequence: int) -> HttpResponseBase:
    """Record one queued stop, once. 422 says what must be mended; nothing is written then."""
    pickup = stop_of_round(request.viewer, reference, sequence)
    if was_recorded_from(pickup, request.POST):
        return _recorded("driving-stop", reference, sequence, is_new=False)
    form = StopForm(request.POST, pickup=pickup)
    if not form.is_valid():
        return _refused(form)
    at = happened_at(request.now, request.POST)
    record_stop(request.viewer, pickup, form, at=at, recorded_at=request.now)
    return _recorded("driving-stop", reference, sequence)


@require_POST
@requires(Permission.DRIVE_ROUND)
@from_a_phone
def send_stop_photo(request: ViewerRequest, reference: str, sequence: int) -> HttpResponseBase:
    """Add one photo to a stop that the phone sent before."""
    pickup = stop_of_round(request.viewer, reference, sequence)
    photo = request.FILES.get("photo")
    if photo is None:
        raise UnreadableError("The field photo must hold a picture.")
    try:
        add_stop_photo(request.viewer, pickup, photo, at=request.now)
    except PictureRefusedError as refused:
        return problem(str(refused))
    return JsonResponse({"kept": True})


def _recorded(view_name: str, *where: Any, is_new: bool = True) -> JsonResponse:
    return JsonResponse({"url": reverse(view_name, args=where), "is_new": is_new})


def _refused(form: KitForm) -> JsonResponse:
    found = [{"page": "", "target": each.target, "message": each.message} for each in form.problems()]
    return JsonResponse({"problems": found}, status=422)
