"""The facts the law's checks are made from: carriers, vehicles, what a plant may still take this year."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Sum

from collection.models import Facility, Lot, PickupLot, Receipt, Round, RoundState, Vehicle
from collection.rules.planning.answer import PlannedRound
from collection.rules.planning.candidates import Candidate
from collection.rules.planning.duties import (
    Carrier,
    CarryingVehicle,
    Finding,
    Load,
    ReceivingPlant,
    check_duties,
)

GRAMS_PER_TONNE = 1_000_000


def duty_findings(facility: Facility, rounds: Sequence[PlannedRound]) -> list[Finding]:
    """What stands in the way of booking these rounds, or should be known; five queries."""
    if not rounds:
        return []
    last_day = {each.vehicle_id: each.on for each in sorted(rounds, key=lambda each: each.on)}
    vehicles = Vehicle.unscoped.filter(pk__in=last_day).select_related("organisation").order_by("name", "pk")
    planned = {lot.lot_id: lot for each in rounds for stop in each.stops for lot in stop.lots}
    codes = dict(Lot.unscoped.filter(pk__in=planned).values_list("pk", "ewc_code"))
    loads = [
        Load(
            reference=lot.reference,
            ewc_code=codes.get(lot.lot_id, ""),
            gross_grams=lot.gross_grams,
            magnet_grams=lot.magnet_grams,
        )
        for lot in planned.values()
    ]
    year = max(last_day.values()).year
    return check_duties(
        [(carrying(vehicle), last_day[vehicle.pk]) for vehicle in vehicles],
        receiving(facility, year, without=planned),
        loads,
    )


def findings_of_added(chosen: Round, lots: Sequence[Candidate]) -> list[Finding]:
    """The same for lots that a booked round is to fetch besides."""
    codes = dict(Lot.unscoped.filter(pk__in=[lot.lot_id for lot in lots]).values_list("pk", "ewc_code"))
    loads = [
        Load(
            reference=lot.reference,
            ewc_code=codes.get(lot.lot_id, ""),
            gross_grams=lot.gross_grams,
            magnet_grams=lot.magnet_grams,
        )
        for lot in lots
    ]
    plant = receiving(chosen.facility, chosen.on.year, without=codes)
    return check_duties([(carrying(chosen.vehicle), chosen.on)], plant, loads)


def carrying(vehicle: Vehicle) -> CarryingVehicle:
    """A vehicle with whoever carries: a haulier where one is named, else its own organisation."""
    own = vehicle.organisation
    carrier = (
        Carrier(
            name=vehicle.carrier_name,
            registration=vehicle.carrier_registration,
            expires_on=vehicle.carrier_registration_expires_on,
        )
        if vehicle.carrier_name
        else Carrier(
            name=own.name,
            registration=own.carrier_registration,
            expires_on=own.carrier_registration_expires_on,
        )
    )
    return CarryingVehicle(name=vehicle.name, carrier=carrier, tested_until_on=vehicle.tested_until_on)


def receiving(facility: Facility, year: int, *, without: Collection[int] = ()) -> ReceivingPlant:
    """The plant with what it has received and booked in a calendar year, these lots left out."""
    gross, magnets = _taken(facility, year, without)
    permitted, feed = facility.permitted_t_per_year, facility.capacity_t_per_year
    return ReceivingPlant(
        name=facility.name,
        nation=facility.nation,
        authorisation=facility.authorisation_number,
        authorisation_expires_on=facility.authorisation_expires_on,
        ewc_codes=frozenset(facility.permitted_ewc_codes),
        permitted_grams=round(permitted * GRAMS_PER_TONNE) if permitted is not None else None,
        taken_grams=gross,
        feed_grams=round(feed * GRAMS_PER_TONNE) if feed else None,
        taken_magnet_grams=magnets,
    )


def _taken(facility: Facility, year: int, without: Iterable[int]) -> tuple[int, int]:
    """Gross and magnet grams received in the year, and those on booked or running rounds of the year."""
    received = Receipt.unscoped.filter(facility=facility, received_at__year=year).aggregate(
        gross=Sum("net_grams"), magnets=Sum("lot__magnet_grams")
    )
    live = Round.unscoped.filter(facility=facility, on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)))
    booked = (
        PickupLot.objects.filter(
            pickup__round__in=live.exclude(state=RoundState.CANCELLED),
            state__in=[PickupLot.State.PLANNED, PickupLot.State.COLLECTED],
            lot__receipt__isnull=True,
        )
        .exclude(lot__in=list(without))
        .aggregate(gross=Sum("planned_gross_grams"), magnets=Sum("lot__magnet_grams"))
    )
    return (
        (received["gross"] or 0) + (booked["gross"] or 0),
        (received["magnets"] or 0) + (booked["magnets"] or 0),
    )
