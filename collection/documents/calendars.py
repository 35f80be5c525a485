"""iCalendar feeds (RFC 5545): a vehicle's rounds, a holder's pickups."""

import datetime as dt
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from collection.models import Organisation, Pickup, Round, Site, Vehicle
from collection.queries.calendars import is_called_off
from collection.queries.unloadings import steps_of

LONDON = ZoneInfo("Europe/London")
REFRESH = dt.timedelta(hours=1)


def vehicle_calendar(vehicle: Vehicle, rounds: Iterable[Round], *, host: str, at: dt.datetime) -> bytes:
    """One event a round, from leaving the plant to coming back, the stops in its description."""
    calendar = _calendar(f"{vehicle.name}: rounds")
    for each in rounds:
        event = _event(each.reference, host, at, each.starts_at, each.ends_at, is_called_off(each))
        stops = list(each.pickups.all())
        event.add("summary", f"{each.reference}: {vehicle.name}, {len(stops)} stops")
        event.add("location", each.facility.name)
        event.add("description", "\n".join(_itinerary(each)))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _itinerary(chosen: Round) -> Iterator[str]:
    for step in steps_of(chosen):
        stop, unloading = step.stop, step.unloading
        if unloading:
            at_plant = unloading.planned_arrival_at.astimezone(LONDON)
            yield f"{at_plant:%H:%M} Unload at {chosen.facility.name}"
        arrives = stop.planned_arrival_at.astimezone(LONDON)
        called_off = ", called off" if is_called_off(stop) else ""
        yield f"{stop.sequence}. {arrives:%H:%M} {stop.place_name} ({stop.holder.name}){called_off}"


def holder_calendar(
    organisation: Organisation, pickups: Iterable[Pickup], *, host: str, at: dt.datetime
) -> bytes:
    """One event a pickup, as long as loading takes."""
    return _pickups(f"{organisation.name}: pickups", pickups, host=host, at=at)


def site_calendar(site: Site, pickups: Iterable[Pickup], *, host: str, at: dt.datetime) -> bytes:
    """One event a pickup at this place."""
    return _pickups(f"{site.name}: pickups", pickups, host=host, at=at)


def _pickups(name: str, pickups: Iterable[Pickup], *, host: str, at: dt.datetime) -> bytes:
    calendar = _calendar(name)
    for pickup in pickups:
        starts = pickup.planned_arrival_at
        ends = starts + dt.timedelta(minutes=pickup.service_minutes)
        event = _event(pickup.reference, host, at, starts, ends, is_called_off(pickup))
        event.add("summary", f"Pickup by {pickup.round.organisation.name}: {pickup.place_name}")
        event.add("location", pickup.place_name)
        event.add("geo", (pickup.lat, pickup.lon))
        lots = ", ".join(line.lot.reference for line in pickup.lines.all())
        answer = pickup.get_answer_display().lower()
        event.add("description", f"{pickup.reference}. Lots: {lots}. Time: {answer}.")
        if not is_called_off(pickup) and pickup.answer == "waiting":
            event["status"] = "TENTATIVE"
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Lodestone//Pickups//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/London")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    return calendar


def _event(
    reference: str, host: str, at: dt.datetime, starts: dt.datetime, ends: dt.datetime, called_off: bool
) -> Event:
    event = Event()
    event.add("uid", f"{reference}@{host}")
    event.add("dtstamp", at)
    event.add("dtstart", starts.astimezone(dt.UTC))
    event.add("dtend", ends.astimezone(dt.UTC))
    event.add("status", "CANCELLED" if called_off else "CONFIRMED")
    # A higher sequence tells calendars that keep their own copy that this one is newer.
    event.add("sequence", 1 if called_off else 0)
    return event
