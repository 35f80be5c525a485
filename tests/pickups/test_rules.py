"""From lots to the solver's problem and back: what may share a vehicle, how much fits, when it happens."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.rules.planning.answer import PlanAnswer
from collection.rules.planning.brief import build_brief
from collection.rules.planning.candidates import Candidate, FleetVehicle, Plant, Wishes
from collection.rules.planning.interpretation import answer_of
from collection.rules.planning.suitability import BOXES, routes_taken_by
from collection.rules.planning.worth import SMCO_PENCE_PER_KG, pence_per_magnet_kg
from collection.rules.routing import solve
from collection.rules.spoken_mass import mass

MONDAY = dt.date(2026, 11, 23)
PLANT = Plant(code="plant", name="Plant", lat=52.45, lon=-1.93, opens_at=dt.time(7), closes_at=dt.time(18))
WEEK = Wishes(from_on=MONDAY, days=7)
VAN = FleetVehicle(
    vehicle_id=1,
    name="Van",
    registration="LO25 VAN",
    profile="van",
    capacity_kg=1200,
    pallets=4,
    cost_per_day_pence=6000,
    cost_per_km_pence=45,
    cost_per_hour_pence=2200,
    shift_starts_at=dt.time(6),
    shift_ends_at=dt.time(18),
    skills=frozenset(),
)
LOT = Candidate(
    lot_id=1,
    reference="LOT-26-000001",
    product_name="Servo motor",
    quantity_text="40 items",
    magnet_family="NdFeB",
    holder_id=1,
    holder_name="Holder",
    site_id=1,
    place_name="Yard",
    lat=52.6,
    lon=-1.6,
    distance_metres=28_000,
    available_from_on=MONDAY,
    opens_at=dt.time(8),
    closes_at=dt.time(17),
    largest_vehicle="",
    has_lifting_gear=False,
    is_defence=False,
    gross_grams=400_000,
    piece_grams=10_000,
    is_weighed=True,
    magnet_grams=20_000,
    chance_of_leaving=0.5,
    is_scored=True,
    saved_grams=10_000,
    prize_pence=50_000,
)


def test_weekends_are_left_out_unless_wanted() -> None:
    assert [day.weekday() for day in WEEK.working_days()] == [0, 1, 2, 3, 4]
    assert len(replace(WEEK, with_weekends=True).working_days()) == 7


def test_a_vehicle_with_a_round_already_is_left_out_on_that_day() -> None:
    brief = build_brief([LOT], [replace(VAN, taken_on=frozenset({MONDAY}))], PLANT, WEEK)
    assert MONDAY not in {each.on for each in brief.vehicle_days.values()}
    assert len(brief.vehicle_days) == 4


def test_a_part_is_cut_for_a_vehicle_that_is_free() -> None:
    lorry = replace(
        VAN, vehicle_id=2, registration="LO25 HGV", capacity_kg=9000, pallets=12, taken_on=frozenset({MONDAY})
    )
    heavy = replace(LOT, gross_grams=30_000_000, piece_grams=0)
    brief = build_brief([heavy], [VAN, lorry], PLANT, replace(WEEK, days=1))
    assert brief.problem.stops[0].load["kg"] == 1200


def test_lots_of_one_place_are_one_stop_unless_they_come_free_later_or_must_be_kept_apart() -> None:
    lots = [
        LOT,
        replace(LOT, lot_id=2),
        replace(LOT, lot_id=3, available_from_on=MONDAY + dt.timedelta(days=2)),
        replace(LOT, lot_id=4, is_defence=True),
        replace(LOT, lot_id=5, holder_id=2),
        replace(LOT, lot_id=6, ewc_code="160213", is_hazardous=True),
    ]
    brief = build_brief(lots, [VAN], PLANT, WEEK)
    together = sorted(sorted(lot.lot_id for lot in group.lots) for group in brief.groups.values())
    assert together == [[1, 2], [3], [4], [5], [6]]
    names = {stop.id for stop in brief.problem.stops}
    assert names == {"Yard", "Yard (2)", "Yard (3)", "Yard (4)", "Yard (5)"}


def test_no_round_mixes_defence_hazardous_and_ordinary_loads() -> None:
    cleared = replace(VAN, capacity_kg=9000, pallets=40, skills=frozenset({"security_clearance"}))
    lots = [
        replace(LOT, lot_id=1),
        replace(LOT, lot_id=2, site_id=2, place_name="Base", is_defence=True),
        replace(LOT, lot_id=3, site_id=3, place_name="Works", ewc_code="160213", is_hazardous=True),
        replace(LOT, lot_id=4, site_id=4, place_name="Other yard"),
    ]
    brief = build_brief(lots, [cleared], PLANT, WEEK)
    plan = solve(brief.problem, seconds=20, iterations=300)
    assert sorted(sorted(route.stops) for route in plan.routes) == [
        ["Base"],
        ["Other yard", "Yard"],
        ["Works"],
    ]


@pytest.mark.parametrize(
    ("codes", "room_kg", "words"),
    [
        ({"160214"}, None, "plant may not take waste code 16 02 16, which Yard holds."),
        (set(), 399, "plant may take only 399 kg more; Yard holds 400 kg."),
    ],
)
def test_what_the_plant_may_not_take_is_left_out_and_says_so(
    codes: set[str], room_kg: int | None, words: str
) -> None:
    plant = replace(PLANT, permitted_codes=frozenset(codes), room_kg=room_kg)
    brief = build_brief([replace(LOT, ewc_code="160216")], [VAN], plant, WEEK)
    answer = answer_of(brief, solve(brief.problem, seconds=5, iterations=50))
    assert [stop.why for stop in answer.omitted] == [words]


def test_a_lot_nobody_coded_is_not_kept_from_a_permitted_plant() -> None:
    plant = replace(PLANT, permitted_codes=frozenset({"160214"}))
    brief = build_brief([LOT, replace(LOT, lot_id=2, ewc_code="160216")], [VAN], plant, WEEK)
    plan = solve(brief.problem, seconds=5, iterations=50)
    assert [route.stops for route in plan.routes] == [("Yard",)]
    assert [omission.code for omission in plan.omitted] == ["not_permitted"]


def test_together_rounds_bring_no_more_than_the_plant_has_room_for() -> None:
    lots = [replace(LOT, lot_id=n, site_id=n, place_name=f"Yard {n}") for n in range(1, 6)]
    brief = build_brief(lots, [VAN], replace(PLANT, room_kg=1000), WEEK)
    plan = solve(brief.problem, seconds=20, iterations=300)
    assert sum(len(route.stops) for route in plan.routes) == 2
    assert all("plant may take only 200 kg more" in omission.reason for omission in plan.omitted)


def test_a_day_at_the_wheel_has_its_break() -> None:
    far = replace(LOT, lat=54.6, lon=-1.6, place_name="Far yard", prize_pence=5_000_000)
    early = replace(VAN, shift_starts_at=dt.time(5), shift_ends_at=dt.time(20))
    plant = replace(PLANT, opens_at=dt.time(5), closes_at=dt.time(20))
    brief = build_brief([far], [early], plant, replace(WEEK, days=1))
    (planned,) = answer_of(brief, solve(brief.problem, seconds=5, iterations=50)).rounds
    assert planned.driving_minutes > 270
    assert planned.break_minutes == 45
    stayed = round((planned.ends_at - planned.starts_at).total_seconds() / 60)
    assert stayed >= planned.driving_minutes + planned.break_minutes + planned.stops[0].service_minutes - 2


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({}, set()),
        ({"is_defence": True}, {"security clearance"}),
        ({"largest_vehicle": "van"}, {"a van's size"}),
        ({"piece_grams": 90_000}, {"a tail-lift or a crane"}),
        ({"piece_grams": 90_000, "has_lifting_gear": True}, set()),
        ({"hazardous_properties": ("HP_3",), "is_hazardous": True}, {"ADR training"}),
        ({"hazardous_properties": ("HP_14",), "is_hazardous": True}, set()),
    ],
)
def test_a_stop_asks_for_what_its_lots_and_its_place_need(
    changes: dict[str, object], needed: set[str]
) -> None:
    brief = build_brief([replace(LOT, **changes)], [VAN], PLANT, WEEK)
    assert brief.problem.stops[0].skills == needed


def test_a_family_is_in_one_box_and_no_other() -> None:
    families = [family for _, members in BOXES.values() for family in members]
    assert len(families) == len(set(families))


def test_a_short_loop_takes_no_corroded_magnets_and_a_long_loop_takes_all_ndfeb() -> None:
    assert "long_loop_hydromet" not in routes_taken_by("short_loop_hpms", with_preprocessing=True)
    assert routes_taken_by("short_loop_hpms", with_preprocessing=False) < routes_taken_by(
        "long_loop_hydromet", with_preprocessing=False
    )
    assert routes_taken_by("", with_preprocessing=False) == frozenset()


def test_magnets_are_worth_their_elements_and_samarium_is_not_guessed() -> None:
    ppm = {"nd": 250_000, "pr": 50_000, "dy": 10_000, "tb": 0, "sm": 0}
    assert pence_per_magnet_kg(ppm, {"NdPr": 10_000, "Dy": 50_000}) == pytest.approx(3_500)
    assert pence_per_magnet_kg(ppm | {"sm": 300_000}, {}) == SMCO_PENCE_PER_KG


@given(
    gross=st.integers(1_000, 80_000_000),
    pieces=st.integers(1, 5_000),
    is_loose=st.booleans(),
    most=st.integers(500_000, 12_000_000),
)
def test_a_part_is_whole_pieces_within_the_vehicle_and_never_more_than_the_lot(
    gross: int, pieces: int, is_loose: bool, most: int
) -> None:
    piece = 0 if is_loose else max(1, gross // pieces)
    lot = replace(LOT, gross_grams=gross, piece_grams=piece)
    part = lot.part_within(most)
    assert part.gross_grams <= gross
    assert part.magnet_grams <= lot.magnet_grams
    assert part.saved_grams <= lot.saved_grams
    if piece <= most:
        assert part.gross_grams <= most
    if part is not lot and piece:
        assert part.gross_grams % piece == 0


def test_the_answer_is_timed_for_an_early_return_and_survives_its_json() -> None:
    lots = [LOT, replace(LOT, lot_id=2, holder_id=2, place_name="Depot", lat=52.8, lon=-1.4)]
    brief = build_brief(lots, [VAN], PLANT, replace(WEEK, days=1))
    answer = answer_of(brief, solve(brief.problem, seconds=0.5, seed=1))
    (planned,) = answer.rounds
    first = planned.stops[0]
    assert first.arrives_at is not None
    assert first.arrives_at.astimezone(dt.UTC).time() == dt.time(8), "when the yard opens"
    assert planned.starts_at.time() >= dt.time(7), "when the plant opens"
    assert PlanAnswer.from_json(answer.as_json()) == answer
    assert sum(lot.saved_grams for stop in planned.stops for lot in stop.lots) == answer.totals.saved_grams


def test_loading_is_over_when_the_yard_closes() -> None:
    brief = build_brief([LOT], [VAN], PLANT, WEEK)
    (stop,) = brief.problem.stops
    opens, last = stop.windows[0]
    assert (opens, last + stop.service_s) == (8 * 3600, 17 * 3600)


def test_the_reason_of_a_stop_gives_its_masses_as_the_table_beside_it_does() -> None:
    brief = build_brief([replace(LOT, magnet_grams=25_740)], [VAN], PLANT, WEEK)
    answer = answer_of(brief, solve(brief.problem, seconds=5, iterations=50))
    (stop,) = (stop for planned in answer.rounds for stop in planned.stops)
    assert f"{mass(stop.saved_grams)} of its 25.7 kg of magnets" in stop.why
