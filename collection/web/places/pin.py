"""Putting a place on the map: click, look closer, click again, save. A script only makes it smoother."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from collection.actions.places import Pin, pin_place
from collection.models import Site
from collection.rules.answers import RefusedAnswerError
from collection.rules.points import point_problem
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.kept import keeps_typed, typed_on
from collection.web.places.pin_map import SIDE, SPANS, WHOLE, Frame, draw_pin_map

CLOSER, FURTHER = "closer", "further"
# Parts of a frame by which the arrows move it: north, east.
MOVES = {"north": (0.5, 0.0), "south": (-0.5, 0.0), "west": (0.0, -0.5), "east": (0.0, 0.5)}
STEP_OF_POSTCODE = 2


@keeps_typed
@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def pin(request: ViewerRequest, site_id: int) -> HttpResponseBase:
    """The map of one of the organisation's places, with the pin where it was put last."""
    site: Site = Site.objects.visible_to(request.viewer).get(pk=site_id)
    asked = typed_on(request) or request.GET
    frame, put = _frame(asked, site), _pin(asked, site)
    problem = ""
    if request.method == "POST":
        frame, put = _after_click(request.POST, frame, put)
        problem = str(point_problem(*put) or "") if put else ""
        if "save" in request.POST and put and not problem:
            try:
                pin_place(request.viewer, site.pk, Pin(*put))
            except RefusedAnswerError as refused:
                problem = str(refused.problem)
            else:
                messages.success(request, f"{site.name} is on the map, exact to about a click.")
                return redirect("places")
        elif "save" in request.POST and not put:
            problem = "Click the map where the gate is, then save"
    context = {
        "site": site,
        "frame": frame,
        "pin": put,
        "side": SIDE,
        "spans": SPANS,
        "is_closest": frame.step == len(SPANS) - 1,
        "problem": problem,
        "image": f"{reverse('place-map')}?{urlencode(_query(frame, put))}",
    }
    return render(request, "collection/places/pin.html", context, status=422 if problem else 200)


@require_GET
@cache_control(private=True, max_age=3600)
@requires(Permission.MANAGE_PLACES)
def pin_map(request: ViewerRequest) -> HttpResponse:
    """The map as an image: `c_lat`, `c_lon` and `step` say what it shows, `lat` and `lon` where the pin is."""
    svg = draw_pin_map(_frame(request.GET, None), _pin(request.GET, None))
    return HttpResponse(svg, content_type="image/svg+xml")


def _after_click(
    sent: QueryDict, frame: Frame, put: tuple[float, float] | None
) -> tuple[Frame, tuple[float, float] | None]:
    """The frame and the pin after what was pressed: the map itself, an arrow, closer or further."""
    x, y = _number(sent.get("at.x")), _number(sent.get("at.y"))
    if x is not None and y is not None:
        put = frame.point_at(x, y)
        return frame.moved_to(*put).zoomed(1), put
    look = sent.get("look", "")
    if look in (CLOSER, FURTHER):
        return frame.zoomed(1 if look == CLOSER else -1), put
    if look in MOVES:
        north, east = MOVES[look]
        return frame.moved_to(*frame.point_at(SIDE * (0.5 + east), SIDE * (0.5 - north))), put
    return frame, put


def _frame(asked: Mapping[str, Any], site: Site | None) -> Frame:
    lat, lon, step = _number(asked.get("c_lat")), _number(asked.get("c_lon")), _number(asked.get("step"))
    if lat is not None and lon is not None and step is not None and step in range(len(SPANS)):
        return Frame(0, 0, int(step)).moved_to(lat, lon)
    if site is not None and site.lat is not None and site.lon is not None:
        return Frame(site.lat, site.lon, STEP_OF_POSTCODE)
    return WHOLE


def _pin(asked: Mapping[str, Any], site: Site | None) -> tuple[float, float] | None:
    lat, lon = _number(asked.get("lat")), _number(asked.get("lon"))
    if lat is not None and lon is not None and -90 < lat < 90 and -180 <= lon <= 180:
        return lat, lon
    if site is not None and site.lat is not None and site.lon is not None:
        return site.lat, site.lon
    return None


def _query(frame: Frame, put: tuple[float, float] | None) -> dict[str, str]:
    query = {"c_lat": f"{frame.lat:.5f}", "c_lon": f"{frame.lon:.5f}", "step": str(frame.step)}
    if put:
        query |= {"lat": f"{put[0]:.5f}", "lon": f"{put[1]:.5f}"}
    return query


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if abs(number) < 1e6 else None
