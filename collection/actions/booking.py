"""Making pickups of planned stops: the lots of each, and the time promised to its holder."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from collection.actions.references import next_references
from collection.models import Pickup, PickupLot, Round, Site
from collection.rules.appointments import USUALLY_CLOSES, USUALLY_OPENS, Slot, slot_around
from collection.rules.planning.answer import PlannedStop


@dataclass(frozen=True, slots=True)
class Booking:
    """A stop for a round that exists already; `sequence` counts the stops of the round from 1, `trip` its trips."""

    round: Round
    sequence: int
    stop: PlannedStop
    trip: int = 1

    @property
    def arrives_at(self) -> dt.datetime:
        return self.stop.arrives_at or self.round.starts_at


def book_stops(bookings: Sequence[Booking], at: dt.datetime) -> list[Pickup]:
    """The pickups of these stops with their lots, in the same order. The caller has reserved the lots."""
    references = next_references("PUP", at, len(bookings))
    sites = Site.unscoped.in_bulk({each.stop.site_id for each in bookings if each.stop.site_id})
    pickups = Pickup.unscoped.bulk_create(
        _pickup(each, reference, sites.get(each.stop.site_id or 0))
        for each, reference in zip(bookings, references, strict=True)
    )
    PickupLot.objects.bulk_create(
        PickupLot(
            pickup=pickup,
            lot_id=lot.lot_id,
            planned_gross_grams=lot.gross_grams,
            planned_magnet_grams=lot.magnet_grams,
            planned_saved_grams=lot.saved_grams,
        )
        for pickup, each in zip(pickups, bookings, strict=True)
        for lot in each.stop.lots
    )
    return pickups


def _pickup(booking: Booking, reference: str, site: Site | None) -> Pickup:
    stop = booking.stop
    slot = promised_slot(booking.arrives_at, site)
    return Pickup(
        reference=reference,
        round=booking.round,
        sequence=booking.sequence,
        trip=booking.trip,
        holder_id=stop.holder_id,
        site_id=stop.site_id,
        place_name=stop.place_name,
        lat=stop.lat,
        lon=stop.lon,
        planned_arrival_at=booking.arrives_at,
        service_minutes=stop.service_minutes,
        why=stop.why,
        slot_starts_at=slot.starts_at,
        slot_ends_at=slot.ends_at,
    )


def promised_slot(arrives_at: dt.datetime, site: Site | None) -> Slot:
    """The span of time told to the holder of a stop."""
    opens, closes = (site.opens_at, site.closes_at) if site else (USUALLY_OPENS, USUALLY_CLOSES)
    return slot_around(arrives_at, opens, closes, needs_appointment=bool(site and site.needs_appointment))
