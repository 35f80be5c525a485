"""Stops recorded on a driver's phone without signal: the same form and action as the stop's page."""

from __future__ import annotations

from django.http import HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from collection.documents.pictures import PictureRefusedError
from collection.queries.rounds import stop_of_round
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.driving.photos import add_stop_photo
from collection.web.driving.stop_form import StopForm, record_stop, was_recorded_from
from collection.web.offline.queue import UnreadableError, from_a_phone, happened_at, problem


@require_POST
@requires(Permission.DRIVE_ROUND)
@from_a_phone
def send_stop(request: ViewerRequest, reference: str, sequence: int) -> HttpResponseBase:
    """Record one queued stop, once. 422 says what must be mended; nothing is written then."""
    pickup = stop_of_round(request.viewer, reference, sequence)
    answer = {"reference": pickup.reference, "url": reverse("driving-stop", args=[reference, sequence])}
    if was_recorded_from(pickup, request.POST):
        return JsonResponse({**answer, "is_new": False, "warnings": []})
    form = StopForm(request.POST, pickup=pickup)
    if not form.is_valid():
        found = [{"page": "", "target": each.target, "message": each.message} for each in form.problems()]
        return JsonResponse({"problems": found}, status=422)
    at = happened_at(request.now, request.POST)
    record_stop(request.viewer, pickup, form, at=at, recorded_at=request.now)
    return JsonResponse({**answer, "is_new": True, "warnings": []})


@require_POST
@requires(Permission.DRIVE_ROUND)
@from_a_phone
def send_photo(request: ViewerRequest, reference: str, sequence: int) -> HttpResponseBase:
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
