"""Saved places of an organisation: added, changed, closed. Never a point at 0,0, never a guess unmarked."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction

from collection.actions.dispatch import LOOK_UP_PLACES, nudge
from collection.models import PointPrecision, Site
from collection.queries.reference import PostcodePoint, locate_postcode, outcodes_near
from collection.rules.answers import RefusedAnswerError
from collection.rules.geodesy import great_circle_metres
from collection.rules.points import pin_problem
from collection.rules.roles import Permission, Viewer, require


class PlaceNameTakenError(ValueError):
    """The organisation has another place of this name."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A point somebody put on the map or typed, in degrees."""

    lat: float
    lon: float


def save_place(
    viewer: Viewer, place: Site, point: PostcodePoint | None, pin: Pin | None = None, *, at: dt.datetime
) -> Site:
    """Save a new or changed place of the viewer's organisation.

    Its point comes from the pin, else from the postcode's first half, marked with its precision; with
    neither the place has no point, which its holder is asked to mend. Where a geocoder is configured the
    address is looked up for a better point afterwards. Raises PlaceNameTakenError, and RefusedAnswerError
    for a pin far from its postcode.
    """
    require(viewer, Permission.MANAGE_PLACES)
    before = None
    if place.pk is None:
        place.organisation_id = viewer.organisation_id
    else:
        before = Site.objects.visible_to(viewer).get(pk=place.pk)
    if pin is None and before is not None and _is_looked_up_still(before, place, point):
        place.lat, place.lon = before.lat, before.lon
    else:
        _set_point(place, point, pin)
        _want_lookup(place, pin, at)
    try:
        with transaction.atomic():
            place.save()
            if place.lookup_wanted_at is not None:
                nudge(LOOK_UP_PLACES)
    except IntegrityError as clash:
        raise PlaceNameTakenError(f"You have another place called “{place.name}”.") from clash
    return place


def _is_looked_up_still(before: Site, place: Site, point: PostcodePoint | None) -> bool:
    """Whether the point that was looked up is still that of the same address."""
    postcode = str(point.postcode) if point else place.postcode
    same = (before.address, before.postcode) == (place.address, postcode)
    return before.precision == PointPrecision.ADDRESS and same


def _want_lookup(place: Site, pin: Pin | None, at: dt.datetime) -> None:
    wanted = bool(settings.GEOCODER_URL) and pin is None and bool(place.address.strip() or place.postcode)
    place.lookup_wanted_at = at if wanted else None
    place.lookup_attempts = 0


def _set_point(place: Site, point: PostcodePoint | None, pin: Pin | None) -> None:
    if point is not None:
        place.postcode = str(point.postcode)
        place.nation, place.region = point.nation, point.region
    if pin is not None:
        if point is not None:
            _check_beside_postcode(pin, point)
        elif place.region_id is None:
            _region_of_pin(place, pin)
        place.lat, place.lon = pin.lat, pin.lon
        place.precision, place.precision_km = PointPrecision.EXACT, None
    elif point is not None:
        place.lat, place.lon = point.lat, point.lon
        place.precision, place.precision_km = PointPrecision.OUTCODE, point.precision_km
    else:
        place.lat = place.lon = place.precision_km = None
        place.precision = PointPrecision.NONE


def _check_beside_postcode(pin: Pin, point: PostcodePoint) -> None:
    apart = float(great_circle_metres(pin.lat, pin.lon, point.lat, point.lon)) / 1000
    problem = pin_problem(apart, point.precision_km, str(point.postcode))
    if problem is not None:
        raise RefusedAnswerError(problem)


def _region_of_pin(place: Site, pin: Pin) -> None:
    """Without a postcode the pin says which nation and region the place counts to."""
    near = outcodes_near(pin.lat, pin.lon)
    if near:
        place.nation, place.region = near[0].nation, near[0].region


def pin_place(viewer: Viewer, site_id: int, pin: Pin) -> Site:
    """Put a place at a point somebody chose on the map. Raises RefusedAnswerError where it is far from the
    place's postcode."""
    require(viewer, Permission.MANAGE_PLACES)
    site: Site = Site.objects.visible_to(viewer).get(pk=site_id)
    point = locate_postcode(site.postcode) if site.postcode else None
    _set_point(site, point, pin)
    site.lookup_wanted_at = None
    site.save()
    return site


def close_place(viewer: Viewer, site_id: int) -> None:
    """Take a place out of the lists; lots logged there keep it."""
    require(viewer, Permission.MANAGE_PLACES)
    if not Site.objects.visible_to(viewer).filter(pk=site_id).update(is_active=False):
        raise Site.DoesNotExist
