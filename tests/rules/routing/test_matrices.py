"""The local road model is quick, plausible against known journeys, and crosses the sea by ferry."""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from collection.rules.routing import road_matrices

# Known road journeys: (from, to, km by road); places as (lat, lon).
JOURNEYS = [
    ((52.48, -1.90), (51.51, -0.12), 190),  # Birmingham – London
    ((53.48, -2.24), (53.80, -1.55), 70),  # Manchester – Leeds
    ((55.86, -4.25), (55.95, -3.19), 75),  # Glasgow – Edinburgh
    ((51.48, -3.18), (50.38, -4.14), 250),  # Cardiff – Plymouth (round the Severn)
    ((54.60, -5.93), (55.00, -7.31), 113),  # Belfast – Derry
]


@pytest.mark.parametrize(("start", "end", "road_km"), JOURNEYS)
def test_road_distances_are_within_a_third_of_known_journeys(
    start: tuple[float, float], end: tuple[float, float], road_km: float
) -> None:
    distance = road_matrices([start[0], end[0]], [start[1], end[1]], "van").distance_m
    assert distance[0, 1] / 1000 == pytest.approx(road_km, rel=0.35)


def test_circuity_is_higher_on_short_legs_and_lorries_are_slower() -> None:
    lats = [52.0, 52.01, 53.0]
    van, hgv = (road_matrices(lats, [-1.5] * 3, profile) for profile in ("van", "hgv"))
    circle = 111_195  # metres a degree of latitude
    short, long = van.distance_m[0, 1] / (0.01 * circle), van.distance_m[0, 2] / circle
    assert 1.2 < long < short < 1.6
    assert (hgv.duration_s[0, 1:] > van.duration_s[0, 1:]).all()


def test_the_irish_sea_is_crossed_by_ferry_which_is_not_driving() -> None:
    lats, lons = (
        [52.46, 54.62, 55.86, 55.43],
        [-1.83, -5.88, -4.25, -5.60],
    )  # Tyseley Belfast Glasgow Campbeltown
    roads = road_matrices(lats, lons, "hgv")
    crosses = roads.not_driving_s > 0
    expected = np.zeros((4, 4), dtype=bool)
    expected[1, [0, 2, 3]] = expected[[0, 2, 3], 1] = True
    assert (crosses == expected).all()
    assert (roads.not_driving_s <= roads.duration_s).all()
    assert roads.not_driving_s[2, 1] == 3 * 3600 + 900  # by Cairnryan


def test_a_thousand_places_take_under_a_second_and_diagonals_are_zero() -> None:
    rng = np.random.default_rng(1)
    began = process_time()
    roads = road_matrices(rng.uniform(50, 58, 1000), rng.uniform(-7, 1.5, 1000), "van")
    assert process_time() - began < 1
    for matrix in (roads.distance_m, roads.duration_s, roads.not_driving_s):
        assert matrix.dtype == np.int64
        assert (np.diag(matrix) == 0).all()


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="van, hgv"):
        road_matrices([52.0], [-1.0], "bicycle")
