"""The rest of a day: what stands is kept, however late; what lost its vehicle goes where it may."""

import datetime as dt
from dataclasses import replace

import pytest

from collection.rules.planning.candidates import Plant
from collection.rules.planning.expected import LiveRound, LiveStop, LiveVehicle, timetable
from collection.rules.planning.today import (
    Placement,
    Unplaced,
    after_breakdown,
    by_another_vehicle,
    fitted_in,
)
from collection.rules.planning.trips import trips_of

HOUR = 3600
PLANT = Plant(
    code="short-loop",
    name="Short loop plant",
    lat=52.45,
    lon=-1.93,
    opens_at=dt.time(6),
    closes_at=dt.time(18),
)
LIFT = "a tail-lift or a crane"

VAN = LiveVehicle(
    key="RND-1", name="Van", profile="van", lat=52.45, lon=-1.93, free=7 * HOUR, now=7 * HOUR,
    home_lat=52.45, home_lon=-1.93, has_left=False, leaves=7 * HOUR, back_by=18 * HOUR, driven_s=0,
    kg=1200, quarter_pallets=16, empty_kg=1200, empty_quarter_pallets=16,
    skills=frozenset(), pence_per_km=45, pence_per_hour=2200,
)  # fmt: skip
LORRY = replace(
    VAN,
    key="vehicle-2",
    name="Lorry",
    kg=9000,
    quarter_pallets=64,
    empty_kg=9000,
    empty_quarter_pallets=64,
    skills=frozenset({LIFT}),
)
DERBY = LiveStop(
    key="PUP-1", place_name="Derby", lat=52.92, lon=-1.47, service_s=1800, opens=8 * HOUR, closes=16 * HOUR,
    slot_starts=9 * HOUR, slot_ends=11 * HOUR, kg=400, quarter_pallets=2, is_agreed=True,
)  # fmt: skip
LEICESTER = replace(
    DERBY,
    key="PUP-2",
    place_name="Leicester",
    lat=52.63,
    lon=-1.13,
    slot_starts=11 * HOUR,
    slot_ends=13 * HOUR,
)


def test_stops_that_were_too_much_for_their_vehicle_are_still_placed() -> None:
    heavy = replace(LEICESTER, skills=frozenset({LIFT}))
    rounds = [LiveRound(VAN, (DERBY, heavy)), LiveRound(LORRY, ())]
    remedy = after_breakdown(rounds, PLANT, "RND-1", midnight=0, now=7 * HOUR)
    assert [(placed.stop.key, placed.vehicle.name) for placed in remedy.placements] == [
        ("PUP-1", "Lorry"),
        ("PUP-2", "Lorry"),
    ]
    assert remedy.unplaced == ()


def test_hazardous_waste_goes_to_no_vehicle_with_ordinary_loads() -> None:
    hazardous = replace(LEICESTER, kept_apart="hazardous waste")
    full = replace(VAN, key="RND-2", name="Other van")
    idle = replace(VAN, key="vehicle-3", name="Third van", pence_to_begin=50_000)
    ordinary = replace(DERBY, key="PUP-9", place_name="Derby works")
    rounds = [LiveRound(VAN, (hazardous,)), LiveRound(full, (ordinary,))]
    assert after_breakdown(rounds, PLANT, "RND-1", midnight=0, now=7 * HOUR).placements == ()
    rounds.append(LiveRound(idle, ()))
    (placed,) = after_breakdown(rounds, PLANT, "RND-1", midnight=0, now=7 * HOUR).placements
    assert placed.vehicle.name == "Third van"
    on_the_road = replace(full, has_left=True, carries="")
    rounds = [LiveRound(VAN, (hazardous,)), LiveRound(on_the_road, ())]
    assert after_breakdown(rounds, PLANT, "RND-1", midnight=0, now=7 * HOUR).placements == ()
    carrying = replace(on_the_road, carries="hazardous waste")
    (placed,) = after_breakdown(
        [LiveRound(VAN, (hazardous,)), LiveRound(carrying, ())], PLANT, "RND-1", midnight=0, now=7 * HOUR
    ).placements
    assert placed.vehicle.name == "Other van"


def test_the_rest_of_a_day_has_the_breaks_that_are_still_due() -> None:
    fresh, tired = (replace(VAN, driven_s=driven) for driven in (0, 4 * HOUR))
    before, after = (timetable(LiveRound(vehicle, (DERBY, LEICESTER))) for vehicle in (fresh, tired))
    assert before.driving_s < 4.5 * HOUR
    assert after.returns - before.returns == 45 * 60


def test_a_stop_no_vehicle_can_lift_is_named() -> None:
    heavy = replace(LEICESTER, skills=frozenset({LIFT}))
    idle = replace(VAN, key="vehicle-3", name="Other van")
    remedy = after_breakdown(
        [LiveRound(VAN, (DERBY, heavy)), LiveRound(idle, ())], PLANT, "RND-1", midnight=0, now=7 * HOUR
    )
    assert [placed.stop.key for placed in remedy.placements] == ["PUP-1"]
    assert [each.stop.key for each in remedy.unplaced] == ["PUP-2"]


def test_a_new_stop_leaves_the_order_of_the_others_alone() -> None:
    new = replace(
        DERBY,
        key="PUP-3",
        place_name="Burton",
        lat=52.80,
        lon=-1.64,
        slot_starts=8 * HOUR,
        slot_ends=16 * HOUR,
    )
    found = fitted_in([LiveRound(VAN, (DERBY, LEICESTER))], PLANT, new, midnight=0, now=7 * HOUR)
    assert isinstance(found, Placement)
    stops = [DERBY, LEICESTER]
    stops.insert(found.position, new)
    calls = timetable(LiveRound(VAN, tuple(stops))).calls
    assert not any(call.is_late for call in calls), "what was agreed is kept"
    assert calls[found.position].arrives == found.arrives


def test_a_late_vehicle_keeps_its_stops_while_another_is_placed() -> None:
    """At five in the afternoon the van has not left: its own stops stay its own."""
    late = replace(VAN, free=17 * HOUR, now=17 * HOUR, leaves=17 * HOUR)
    found = by_another_vehicle(
        [LiveRound(late, (DERBY, LEICESTER)), LiveRound(LORRY, ())], PLANT, "PUP-2", midnight=0, now=7 * HOUR
    )
    assert isinstance(found, Placement)
    assert found.vehicle.name == "Lorry"
    assert found.position == 0


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (replace(PLANT, permitted_codes=frozenset({"160216"})), "may not take waste code 19 12 03"),
        (replace(PLANT, room_kg=700), "may take only 300 kg more"),
    ],
)
def test_what_the_plant_has_no_permit_or_room_for_joins_no_round(plant: Plant, words: str) -> None:
    booked = LiveRound(VAN, (replace(DERBY, codes=frozenset({"20 01 36"})),))
    new = replace(LEICESTER, codes=frozenset({"19 12 03"}))
    found = fitted_in([booked], plant, new, midnight=0, now=7 * HOUR)
    assert isinstance(found, Unplaced)
    assert words in found.sentence


def test_a_stop_whose_code_the_permit_does_not_cover_stays_but_changes_no_vehicle() -> None:
    refused = replace(LEICESTER, codes=frozenset({"19 12 03"}))
    plant = replace(PLANT, permitted_codes=frozenset({"160216"}))
    rounds = [LiveRound(VAN, (DERBY, refused)), LiveRound(LORRY, ())]
    found = by_another_vehicle(rounds, plant, "PUP-2", midnight=0, now=7 * HOUR)
    assert isinstance(found, Unplaced)
    assert "may not take waste code 19 12 03" in found.sentence
    kept = by_another_vehicle(rounds, plant, "PUP-1", midnight=0, now=7 * HOUR)
    assert isinstance(kept, Placement)
    (unplaced,) = after_breakdown(rounds, plant, "RND-1", midnight=0, now=7 * HOUR).unplaced
    assert (unplaced.stop.key, unplaced.sentence) == ("PUP-2", found.sentence)


# Two trips, each with room for 200 kg more; Leicester is fetched after the vehicle was emptied.
FIRST = replace(DERBY, kg=1000)
SECOND = replace(LEICESTER, kg=1000, trip=2, slot_starts=12 * HOUR, slot_ends=14 * HOUR)
BURTON = replace(
    DERBY, key="PUP-3", place_name="Burton", lat=52.80, lon=-1.64, slot_starts=8 * HOUR, slot_ends=16 * HOUR
)


def test_between_two_trips_the_vehicle_is_emptied_at_the_plant() -> None:
    table = timetable(LiveRound(VAN, (FIRST, SECOND)))
    (at_plant,) = table.unloadings
    derby, leicester = table.calls
    assert derby.leaves < at_plant.arrives < at_plant.leaves < leicester.arrives
    assert (at_plant.after_trip, at_plant.leaves - at_plant.arrives) == (1, 30 * 60)


def test_the_second_trip_is_made_by_the_emptied_vehicle_with_the_hours_of_the_first() -> None:
    """Full, two hours driven, and on its way from Derby to the plant."""
    full = replace(
        VAN, lat=DERBY.lat, lon=DERBY.lon, has_left=True, kg=0, quarter_pallets=0, driven_s=2 * HOUR
    )
    (at_plant,) = timetable(LiveRound(full, (SECOND,))).unloadings
    first, second = trips_of(LiveRound(full, (SECOND,)))
    assert (first.stops, first.vehicle.kg) == ((), 0)
    assert (second.stops, second.bound, second.vehicle.trip) == ((SECOND,), 0, 2)
    assert (second.vehicle.kg, second.vehicle.quarter_pallets) == (1200, 16)
    assert second.vehicle.free == at_plant.leaves
    assert second.vehicle.driven_s > 2.5 * HOUR
    assert first.vehicle.most_driving_s < second.vehicle.most_driving_s == 9 * HOUR


@pytest.mark.parametrize(("kg", "fits"), [(200, True), (300, False)])
def test_a_new_stop_joins_a_trip_only_with_room_on_that_trip(kg: int, fits: bool) -> None:
    rounds = [LiveRound(VAN, (FIRST, SECOND))]
    found = fitted_in(rounds, PLANT, replace(BURTON, kg=kg), midnight=0, now=7 * HOUR)
    assert isinstance(found, Placement) == fits


def test_what_joins_the_first_trip_makes_no_stop_of_the_second_late() -> None:
    """Only the second trip has room for it where the first must be back in time for a narrow slot."""
    on_the_road = replace(VAN, has_left=True)
    due = timetable(LiveRound(on_the_road, (FIRST, SECOND))).calls[1].arrives
    narrow = replace(SECOND, kg=400, slot_ends=due + 60)
    found = fitted_in(
        [LiveRound(on_the_road, (FIRST, narrow))], PLANT, replace(BURTON, kg=100), midnight=0, now=7 * HOUR
    )
    assert isinstance(found, Placement)
    assert (found.stop.trip, found.position, found.late) == (2, 2, ())


def test_a_wait_at_the_gate_of_a_later_trip_is_time_for_the_first() -> None:
    """Back by five at the latest, and after the second trip a minute before; but there an hour is spent waiting."""
    on_the_road = replace(VAN, has_left=True)
    due = timetable(LiveRound(on_the_road, (FIRST, SECOND))).calls[1].arrives
    waits = replace(SECOND, opens=due + HOUR, closes=due + 2 * HOUR, slot_ends=due + 2 * HOUR)
    table = timetable(LiveRound(on_the_road, (FIRST, waits)))
    in_a_hurry = replace(on_the_road, back_by=table.returns + 60)
    first, _ = trips_of(LiveRound(in_a_hurry, (FIRST, waits)))
    assert first.vehicle.back_by == table.unloadings[0].arrives + HOUR + 60


def test_both_trips_of_a_broken_down_vehicle_find_another() -> None:
    hazardous = replace(SECOND, kept_apart="hazardous waste")
    idle = replace(LORRY, key="vehicle-3", name="Second lorry")
    rounds = [LiveRound(VAN, (FIRST, hazardous)), LiveRound(LORRY, ()), LiveRound(idle, ())]
    remedy = after_breakdown(rounds, PLANT, "RND-1", midnight=0, now=7 * HOUR)
    assert {placed.stop.key for placed in remedy.placements} == {"PUP-1", "PUP-2"}
    assert len({placed.vehicle.key for placed in remedy.placements}) == 2, (
        "kept apart on the new vehicles too"
    )
    assert {placed.stop.trip for placed in remedy.placements} == {1}
