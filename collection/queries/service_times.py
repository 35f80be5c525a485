"""Stops that were timed, and the model of service times in use."""

import datetime as dt

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from collection.models import Pickup, PickupLot, PickupState, ServiceTimes
from collection.rules.planning.service_times import USUAL, ServiceModel, TimedStop

# What was true of a yard two years ago says little about today.
PAST = dt.timedelta(days=730)
MOST_STOPS = 5000


def service_model_of(organisation_id: int) -> ServiceModel:
    """The model an organisation plans with: its own, or the usual one before it has any."""
    row = ServiceTimes.unscoped.filter(
        organisation_id=organisation_id, state=ServiceTimes.State.ACTIVE
    ).first()
    return model_of(row) if row else USUAL


def model_of(row: ServiceTimes) -> ServiceModel:
    sites = {int(site): float(minutes) for site, minutes in row.site_minutes.items()}
    return ServiceModel(row.stop_minutes, row.minutes_per_tonne, sites)


def timed_stops(organisation_id: int, now: dt.datetime) -> list[TimedStop]:
    """An organisation's stops where something was loaded, arrival and end recorded apart; newest first."""
    stops = (
        Pickup.unscoped.filter(
            round__organisation_id=organisation_id,
            state__in=[PickupState.COLLECTED, PickupState.PARTLY_COLLECTED],
            finished_at__range=(now - PAST, now),
            arrived_at__lt=F("finished_at"),
            lines__state=PickupLot.State.COLLECTED,
        )
        .annotate(grams=Sum(Coalesce("lines__collected_gross_grams", "lines__planned_gross_grams")))
        .order_by("-finished_at", "pk")
        .values_list("finished_at", "arrived_at", "site_id", "grams")[:MOST_STOPS]
    )
    return [
        TimedStop(finished, site_id, (grams or 0) / 1000, (finished - arrived).total_seconds() / 60)
        for finished, arrived, site_id, grams in stops
        if finished is not None and arrived is not None
    ]
