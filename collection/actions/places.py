"""Saved places of an organisation: added, changed, closed. Never a point at 0,0, never a guess unmarked."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from collection.models import PointPrecision, Site
from collection.queries.reference import PostcodePoint
from collection.rules.roles import Permission, Viewer, require


class PlaceNameTakenError(ValueError):
    """The organisation has another place of this name."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A point somebody put on the map or typed, in degrees."""

    lat: float
    lon: float


def save_place(viewer: Viewer, place: Site, point: PostcodePoint | None, pin: Pin | None = None) -> Site:
    """Save a new or changed place of the viewer's organisation.

    Its point comes from the pin, else from the postcode's first half, marked with its precision; with
    neither the place has no point, which its holder is asked to mend. Raises PlaceNameTakenError.
    """
    require(viewer, Permission.MANAGE_PLACES)
    if place.pk is None:
        place.organisation_id = viewer.organisation_id
    elif not Site.objects.visible_to(viewer).filter(pk=place.pk).exists():
        raise Site.DoesNotExist
    _set_point(place, point, pin)
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError as clash:
        raise PlaceNameTakenError(f"You have another place called “{place.name}”.") from clash
    return place


def _set_point(place: Site, point: PostcodePoint | None, pin: Pin | None) -> None:
    if point is not None:
        place.postcode = str(point.postcode)
        place.nation, place.region = point.nation, point.region
    if pin is not None:
        place.lat, place.lon = pin.lat, pin.lon
        place.precision, place.precision_km = PointPrecision.EXACT, None
    elif point is not None:
        place.lat, place.lon = point.lat, point.lon
        place.precision, place.precision_km = PointPrecision.OUTCODE, point.precision_km
    else:
        place.lat = place.lon = place.precision_km = None
        place.precision = PointPrecision.NONE


def close_place(viewer: Viewer, site_id: int) -> None:
    """Take a place out of the lists; lots logged there keep it."""
    require(viewer, Permission.MANAGE_PLACES)
    if not Site.objects.visible_to(viewer).filter(pk=site_id).update(is_active=False):
        raise Site.DoesNotExist
