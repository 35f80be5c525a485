"""What a calendar feed shows. Whoever holds the secret address sees it: the token is the viewer."""

import datetime as dt
import uuid

from django.db.models import Prefetch, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from collection.models import Organisation, Pickup, PickupState, Round, RoundState, Site, Vehicle

# A calendar needs the near past and everything to come, not the whole history.
PAST = dt.timedelta(days=60)


def vehicle_by_token(token: uuid.UUID) -> Vehicle | None:
    return Vehicle.unscoped.filter(calendar_token=token, is_active=True).select_related("depot").first()


def organisation_by_token(token: uuid.UUID) -> Organisation | None:
    return Organisation.objects.filter(calendar_token=token).first()


def site_seal(organisation: Organisation, site_id: int) -> str:
    """The secret part of a site's address: made from its organisation's, which it does not give away.

    When the organisation's address is renewed, those of its sites are too.
    """
    return salted_hmac("site calendar", f"{organisation.calendar_token} {site_id}").hexdigest()[:32]


def site_by_seal(site_id: int, seal: str) -> Site | None:
    site = Site.unscoped.filter(pk=site_id, is_active=True).select_related("organisation").first()
    if site is None or not constant_time_compare(site_seal(site.organisation, site_id), seal):
        return None
    return site


def rounds_of_vehicle(vehicle: Vehicle, today: dt.date) -> "QuerySet[Round, Round]":
    """The vehicle's rounds with their stops; called-off ones too, so that calendars learn of it."""
    return (
        Round.unscoped.filter(vehicle=vehicle, on__gte=today - PAST)
        .select_related("facility", "driver")
        .prefetch_related(
            Prefetch("pickups", Pickup.unscoped.select_related("holder").order_by("sequence")), "unloadings"
        )
        .order_by("on", "pk")
    )


def pickups_of_holder(organisation: Organisation, today: dt.date) -> "QuerySet[Pickup, Pickup]":
    """Pickups at the holder's places, called-off ones too."""
    since = dt.datetime.combine(today - PAST, dt.time(), tzinfo=dt.UTC)
    return (
        Pickup.unscoped.filter(holder=organisation, planned_arrival_at__gte=since)
        .select_related("round__facility", "round__organisation")
        .prefetch_related("lines__lot")
        .order_by("planned_arrival_at", "pk")
    )


def pickups_of_site(site: Site, today: dt.date) -> "QuerySet[Pickup, Pickup]":
    """Pickups at one of the holder's places."""
    return pickups_of_holder(site.organisation, today).filter(site=site)


def is_called_off(each: Round | Pickup) -> bool:
    if isinstance(each, Round):
        return each.state == RoundState.CANCELLED
    return each.state == PickupState.CANCELLED
