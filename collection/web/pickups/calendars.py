"""Calendar feeds, open to whoever has the secret address; a renewed address closes the old one."""

import datetime as dt
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from collection.queries.calendars import (
    organisation_by_token,
    pickups_of_holder,
    pickups_of_site,
    rounds_of_vehicle,
    site_by_seal,
    vehicle_by_token,
)
from collection.web.access import public

KEEP_SECONDS = 600


@public
@require_safe
@cache_control(private=True, max_age=KEEP_SECONDS)
def vehicle_feed(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    from collection.documents.calendars import vehicle_calendar

    vehicle = vehicle_by_token(token)
    if vehicle is None:
        raise Http404
    now, today = _now()
    rounds = rounds_of_vehicle(vehicle, today)
    return _calendar(vehicle_calendar(vehicle, rounds, host=request.get_host(), at=now), "rounds")


@public
@require_safe
@cache_control(private=True, max_age=KEEP_SECONDS)
def organisation_feed(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    from collection.documents.calendars import holder_calendar

    organisation = organisation_by_token(token)
    if organisation is None:
        raise Http404
    now, today = _now()
    pickups = pickups_of_holder(organisation, today)
    return _calendar(holder_calendar(organisation, pickups, host=request.get_host(), at=now), "pickups")


@public
@require_safe
@cache_control(private=True, max_age=KEEP_SECONDS)
def site_feed(request: HttpRequest, site_id: int, seal: str) -> HttpResponse:
    from collection.documents.calendars import site_calendar

    site = site_by_seal(site_id, seal)
    if site is None:
        raise Http404
    now, today = _now()
    pickups = pickups_of_site(site, today)
    return _calendar(site_calendar(site, pickups, host=request.get_host(), at=now), "pickups")


def _now() -> tuple[dt.datetime, dt.date]:
    now = timezone.now()
    return now, timezone.localdate(now)


def _calendar(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    # The address is the key: it must not leak to other sites nor into search engines.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
