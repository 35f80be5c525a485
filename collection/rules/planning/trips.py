"""A round of several trips taken apart, so that each trip is a round of its own to whoever changes the day."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from collection.rules.planning.driving import MOST_DUTY_S
from collection.rules.planning.expected import Call, LiveRound, timetable


def trips_of(live: LiveRound) -> tuple[LiveRound, ...]:
    """The trips still to be made, the one that has begun first.

    A later one is made by the vehicle as it will stand at the plant, emptied, bound by the hours and the driving
    of what goes before. An earlier one must be back so soon that no later stop comes after its slot and the
    vehicle is home in time: what is put into it keeps the rest of the round as it is.
    """
    vehicle, table = live.vehicle, timetable(live)
    if not table.unloadings:
        return (live,)
    stops = {trip: tuple(each) for trip, each in groupby(live.stops, key=lambda stop: stop.trip)}
    ends = [each.driven_s for each in table.unloadings] + [table.driving_s]
    trips = [
        replace(
            vehicle,
            lat=vehicle.home_lat,
            lon=vehicle.home_lon,
            free=call.leaves,
            has_left=True,
            awaits_trip=True,
            trip=trip,
            driven_s=vehicle.driven_s + call.driven_s,
            kg=vehicle.empty_kg,
            quarter_pallets=vehicle.empty_quarter_pallets,
            pence_to_begin=0,
            carries=stops[trip][0].kept_apart,
        )
        for call, trip in zip(table.unloadings, [each for each in stops if each != vehicle.trip], strict=True)
    ]
    made = []
    for place, each in enumerate([vehicle, *trips]):
        back_by = vehicle.back_by
        if place < len(table.unloadings):
            later = [call for call in table.calls if call.stop.trip > each.trip]
            latest = min(vehicle.back_by, vehicle.leaves + MOST_DUTY_S)
            back_by = table.unloadings[place].arrives + _slack(later, latest - table.returns)
        driving_left = each.most_driving_s - (table.driving_s - ends[place])
        limited = replace(each, back_by=back_by, most_driving_s=max(0, driving_left))
        made.append(LiveRound(limited, stops.get(each.trip, ())))
    return tuple(made)


def _slack(later: Sequence[Call], until_home: int) -> int:
    """Seconds by which the first of these calls may come later: what is waited at a gate is not lost behind it."""
    slack = until_home
    for call in reversed(later):
        until_opening = call.starts - call.arrives
        until_late = call.stop.slot_ends - call.arrives
        slack = min(until_late, until_opening + min(call.stop.closes - call.starts, slack))
    return max(0, slack)
