"""A confirmed round of the short loop's van with the cast's driver: a stop at each yard that holds a lot."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from collection.models import Facility, Lot, Pickup, PickupLot, Plan, Round, Vehicle
from tests.cast import Cast, Person
from tests.journey.lots import log


def round_for(cast: Cast, *holders: Person) -> Round:
    """800 hard drives to fetch from each of these holders, today, in this order."""
    now = timezone.now()
    lots = [log(holder, at=now, quantity=Decimal(800)) for holder in holders]
    plant = Facility.objects.get(code="short-loop")
    van = Vehicle.unscoped.create(
        organisation=plant.organisation,
        name="Van",
        registration="LO25 VAN",
        depot=plant,
        profile="van",
        capacity_kg=1200,
        pallets=4,
    )
    today = timezone.localdate(now)
    plan = Plan.unscoped.create(
        reference="PLN-26-900001",
        organisation=plant.organisation,
        facility=plant,
        from_on=today,
        days=1,
        requested_at=now,
    )
    made = Round.unscoped.create(
        reference="RND-26-900001",
        plan=plan,
        organisation=plant.organisation,
        facility=plant,
        vehicle=van,
        driver=cast.driver.user,
        on=today,
        starts_at=now,
        ends_at=now + dt.timedelta(hours=8),
        distance_metres=90_000,
        driving_minutes=120,
        cost_pence=12_000,
    )
    _stops(made, lots, now)
    return made


def _stops(made: Round, lots: Sequence[Lot], now: dt.datetime) -> None:
    for sequence, lot in enumerate(lots, start=1):
        Lot.unscoped.filter(pk=lot.pk).update(state="reserved", reserved_by=made.organisation_id)
        arrival = now + dt.timedelta(hours=sequence)
        pickup = Pickup.unscoped.create(
            reference=f"PUP-26-90000{sequence}",
            round=made,
            sequence=sequence,
            holder_id=lot.holder_id,
            site=lot.site,
            place_name=lot.site.name if lot.site else "",
            lat=lot.lat,
            lon=lot.lon,
            planned_arrival_at=arrival,
            slot_starts_at=arrival - dt.timedelta(minutes=30),
            slot_ends_at=arrival + dt.timedelta(minutes=30),
            service_minutes=20,
        )
        PickupLot.objects.create(pickup=pickup, lot=lot, planned_gross_grams=600_000)
