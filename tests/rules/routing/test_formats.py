"""Files are read as their conventions say, and bad ones are refused with the field and the row."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

import pytest

from bench.planning_instances import solomon_text, uk_instance, vrplib_text
from collection.rules.routing import Breaks, ProblemError, evaluate, solve
from collection.rules.routing.formats import plan_to_json, read_plan, read_problem

SMALL_VRPLIB = """NAME : three
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 1 1
3 3 4
DEMAND_SECTION
1 0
2 4
3 7
DEPOT_SECTION
1
-1
EOF
"""
SMALL_SOLOMON = """T1

VEHICLE
NUMBER     CAPACITY
  5         10

CUSTOMER
CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME

    0   0   0   0   0   100   0
    1   1   1   4   5   50   10
    2   3   4   7   0   50   10
"""


def test_vrplib_distances_are_rounded_to_the_nearest_integer() -> None:
    problem = read_problem(SMALL_VRPLIB)
    assert problem.matrices["road"].distance_m.tolist() == [[0, 1, 5], [1, 0, 4], [5, 4, 0]]
    plan = solve(problem, seconds=5, iterations=20)
    assert plan.objective == 12  # 0-1-0 and 0-2-0: together they are too heavy
    assert len(plan.routes) == 2


def test_solomon_distances_are_truncated_to_tenths() -> None:
    problem = read_problem(SMALL_SOLOMON)
    assert problem.matrices["road"].distance_m.tolist() == [[0, 14, 50], [14, 0, 36], [50, 36, 0]]
    assert problem.stops[0].windows == ((50, 500),)
    assert problem.stops[0].service_s == 100
    assert any("truncated" in note for note in problem.notes)


@pytest.mark.parametrize("text", [vrplib_text(30, 2), solomon_text(30, 2)], ids=["vrplib", "solomon"])
def test_the_literatures_files_need_every_stop_and_cost_only_distance(text: str) -> None:
    problem = read_problem(text)
    assert len(problem.stops) == 30
    assert all(stop.required for stop in problem.stops)
    (vehicle,) = problem.vehicles
    assert (vehicle.fixed_cost, vehicle.cost_per_m, vehicle.cost_per_s) == (0, 1, 0)
    assert vehicle.count == 30


def test_a_plan_survives_writing_and_reading() -> None:
    problem = read_problem(json.dumps(uk_instance(12, 1)))
    plan = solve(problem, seconds=5, iterations=50)
    assert json.loads(plan_to_json(plan)).keys() >= {
        "objective",
        "routes",
        "omitted",
        "engine",
        "seed",
        "seconds",
    }
    again = read_plan(plan_to_json(plan))
    assert (again.objective, again.routes, again.omitted) == (plan.objective, plan.routes, plan.omitted)


def damaged(path: list[Any], value: object) -> str:
    document = deepcopy(uk_instance(6, 1))
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["format"], "other/2", "format: expected 'lodestone-plan/1'"),
        (["stops", 2, "prize"], None, "stops: row 3: 'prize' is missing"),
        (["stops", 2, "prize"], 1.5, "stops: row 3: prize must be a whole number, not 1.5"),
        (["stops", 1, "id"], "P0000", "stops: the id 'P0000' appears twice"),
        (["stops", 0, "windows"], [[5, 3]], "stops: P0000: windows: [5, 3] closes before it opens"),
        (["stops", 0, "windows"], [], "give at least one [from, to] pair"),
        (["stops", 0, "load"], {"kg": -1}, "load.kg must be 0 or more"),
        (["vehicles", 0, "depot"], "XXX", "depot 'XXX' is not one of the depots"),
        (["vehicles", 0, "profile"], "bike", "no matrix for profile 'bike'"),
        (["matrices", "van", "distance_m"], [[0]], "matrices.van.distance_m: has shape (1, 1)"),
        (["matrices", "hgv", "duration_s"], None, "matrices.hgv.duration_s: is missing"),
    ],
)
def test_bad_problems_are_refused_naming_field_and_row(path: list[Any], value: object, words: str) -> None:
    with pytest.raises(ProblemError, match=re.escape(words)):
        read_problem(damaged(path, value))


@pytest.mark.parametrize("text", ["", "{", "hello", "[1, 2]", SMALL_VRPLIB.replace("EUC_2D", "GEO")])
def test_files_of_no_known_kind_are_refused(text: str) -> None:
    with pytest.raises(ProblemError):
        read_problem(text, "file.txt")


def test_what_else_limits_rounds_is_read_and_trips_are_written() -> None:
    document = uk_instance(12, 2)
    for depot in document["depots"]:
        depot |= {"permitted": ["16 02 16"], "room": {"kg": 5000}}
    for vehicle in document["vehicles"]:
        vehicle |= {
            "breaks": {"after_s": 16200, "lasting_s": 2700},
            "max_trips": 2,
            "unloading_s": 1200,
            "capacity": {"kg": 900, "quarter_pallets": 12},
        }
    document["stops"][0] |= {"codes": ["16 02 13"], "kept_apart": "hazardous waste"}
    problem = read_problem(json.dumps(document))
    assert problem.depots[0].room == {"kg": 5000}
    assert problem.vehicles[0].breaks == Breaks(16200, 2700)
    assert (problem.vehicles[0].max_trips, problem.vehicles[0].unloading_s) == (2, 1200)
    assert problem.stops[0].kept_apart == "hazardous waste"
    plan = solve(problem, seconds=20, iterations=200)
    assert evaluate(problem, plan).violations == ()
    assert "not_permitted" in {omission.code for omission in plan.omitted}
    assert read_plan(plan_to_json(plan)).routes == plan.routes


def test_the_published_format_asks_for_none_of_it() -> None:
    problem = read_problem(json.dumps(uk_instance(5, 2)))
    assert all(vehicle.breaks is None and vehicle.max_trips == 1 for vehicle in problem.vehicles)
    assert all(depot.permitted is None and not depot.room for depot in problem.depots)
    assert not any(stop.codes or stop.kept_apart for stop in problem.stops)
