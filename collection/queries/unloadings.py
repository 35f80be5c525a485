"""Where a booked round calls at the plant between its trips.

Which calls are made follows from the stops: where nothing is left to fetch after one, or nothing was loaded
before it, it falls away. Every function takes a round fetched with its pickups and unloadings.
"""

from dataclasses import dataclass

from collection.models import Pickup, PickupState, Round, Unloading

LOADED = (PickupState.COLLECTED, PickupState.PARTLY_COLLECTED)


@dataclass(frozen=True, slots=True)
class Step:
    """A stop of a round, and the call at the plant before it, where there is one."""

    stop: Pickup
    unloading: Unloading | None


def unloadings_of(chosen: Round) -> list[Unloading]:
    """The calls that were made or are still to be made, in order."""
    return [each for each in chosen.unloadings.all() if is_over(chosen, each) or _is_due(chosen, each)]


def unloadings_ahead(chosen: Round) -> list[Unloading]:
    """The calls still to be made, in order."""
    return [each for each in unloadings_of(chosen) if not is_over(chosen, each)]


def is_over(chosen: Round, unloading: Unloading) -> bool:
    """Whether the driver said so, or was at a stop of a later trip since."""
    return unloading.finished_at is not None or any(
        stop.trip > unloading.after_trip and (stop.arrived_at or stop.finished_at)
        for stop in _standing(chosen)
    )


def _is_due(chosen: Round, unloading: Unloading) -> bool:
    stops = _standing(chosen)
    brings = (PickupState.SCHEDULED, *LOADED)
    return any(stop.trip == unloading.after_trip and stop.state in brings for stop in stops) and any(
        stop.trip > unloading.after_trip and stop.state == PickupState.SCHEDULED for stop in stops
    )


def _standing(chosen: Round) -> list[Pickup]:
    return [stop for stop in chosen.pickups.all() if stop.state != PickupState.CANCELLED]


def steps_of(chosen: Round) -> list[Step]:
    """Every stop of the round in order, called-off ones too, with the calls at the plant between them."""
    waiting = unloadings_of(chosen)
    steps = []
    for stop in chosen.pickups.all():
        before = None
        while waiting and stop.state != PickupState.CANCELLED and stop.trip > waiting[0].after_trip:
            before = waiting.pop(0)
        steps.append(Step(stop, before))
    return steps


def next_unloading(chosen: Round) -> Unloading | None:
    """The call at the plant that comes before the next stop, if one does."""
    open_trips = [stop.trip for stop in _standing(chosen) if stop.state == PickupState.SCHEDULED]
    ahead = unloadings_ahead(chosen)
    return ahead[0] if ahead and open_trips and min(open_trips) > ahead[0].after_trip else None


def trip_now(chosen: Round) -> int:
    """The trip the vehicle is on, or sets out on next."""
    if ahead := unloadings_ahead(chosen):
        return ahead[0].after_trip
    emptied = [each.after_trip + 1 for each in chosen.unloadings.all() if each.finished_at]
    stops = _standing(chosen)
    open_trips = [stop.trip for stop in stops if stop.state == PickupState.SCHEDULED]
    begun = min(open_trips) if open_trips else max((stop.trip for stop in stops), default=1)
    return max(begun, *emptied, 1)


def way_of(chosen: Round, stops: list[Pickup]) -> list[tuple[float, float]]:
    """Latitude and longitude of these stops in this order, from the plant, by way of it between two trips."""
    home = (chosen.facility.lat, chosen.facility.lon)
    way = [home]
    for before, stop in zip([None, *stops], stops, strict=False):
        if before is not None and stop.trip > before.trip:
            way.append(home)
        way.append((stop.lat, stop.lon))
    return way
