"""Distances agree with geopy's geodesic, and the nearest place is the one the geodesic would choose."""

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from collection.rules import geodesy

uk_lat = st.floats(49.0, 61.0)
uk_lon = st.floats(-8.5, 2.5)


@given(uk_lat, uk_lon, uk_lat, uk_lon)
def test_the_ellipsoid_distance_is_geopys_to_a_millimetre(
    lat1: float, lon1: float, lat2: float, lon2: float
) -> None:
    ours = float(geodesy.ellipsoid_metres(lat1, lon1, lat2, lon2))
    assert ours == pytest.approx(geodesic((lat1, lon1), (lat2, lon2)).meters, abs=1e-3)


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(-30, 30), st.floats(-60, 60))
def test_the_ellipsoid_distance_holds_across_the_date_line_and_the_equator(
    lat: float, lon: float, north: float, east: float
) -> None:
    lat2, lon2 = max(-85.0, min(85.0, lat + north)), lon + east
    wrapped = (lon2 + 180) % 360 - 180
    ours = float(geodesy.ellipsoid_metres(lat, lon, lat2, lon2))
    assert ours == pytest.approx(geodesic((lat, lon), (lat2, wrapped)).meters, abs=1e-3)


@given(uk_lat, uk_lon, uk_lat, uk_lon)
def test_the_great_circle_is_within_its_stated_error(
    lat1: float, lon1: float, lat2: float, lon2: float
) -> None:
    truth = geodesic((lat1, lon1), (lat2, lon2)).meters
    assert abs(float(geodesy.great_circle_metres(lat1, lon1, lat2, lon2)) - truth) <= 0.0057 * truth + 1e-3


def test_distances_broadcast_points_against_places() -> None:
    metres = geodesy.great_circle_metres(
        np.array([[52.46], [54.61]]), np.array([[-1.84], [-5.9]]), [51.5, 55.9, 53.4], [0, -3.2, -3]
    )
    assert metres.shape == (2, 3)


def test_the_same_point_twice_is_no_distance() -> None:
    assert geodesy.ellipsoid_metres([0.0, 52.0], [0.0, -1.0], [0.0, 52.0], [0.0, -1.0]).tolist() == [0.0, 0.0]


def test_points_opposite_on_the_globe_are_refused_rather_than_guessed() -> None:
    with pytest.raises(ValueError, match="opposite"):
        geodesy.ellipsoid_metres(0.0, 0.0, 0.5, 179.7)


def test_nearest_makes_the_same_choice_as_geodesic_on_every_point() -> None:
    random = np.random.default_rng(20260601)
    lat, lon = random.uniform(49.9, 60.8, 300), random.uniform(-8.0, 1.8, 300)
    place_lat, place_lon = random.uniform(50.0, 60.0, 60), random.uniform(-6.0, 1.5, 60)
    found = geodesy.nearest(lat, lon, place_lat, place_lon)
    for i in range(len(lat)):
        by_geodesic = [
            geodesic((lat[i], lon[i]), place).meters for place in zip(place_lat, place_lon, strict=True)
        ]
        assert found.index[i] == int(np.argmin(by_geodesic))
        assert found.metres[i] == pytest.approx(min(by_geodesic), abs=1e-3)


def test_nearest_corrects_the_ball_where_it_would_choose_wrongly() -> None:
    # Due north and due east of the point: the ball prefers the eastern place, the ellipsoid the northern one.
    place_lat, place_lon = [52.905, 52.0], [-1.0, 0.4689]
    ball = geodesy.great_circle_metres(52.0, -1.0, place_lat, place_lon)
    truth = [geodesic((52.0, -1.0), place).meters for place in zip(place_lat, place_lon, strict=True)]
    assert int(np.argmin(ball)) != int(np.argmin(truth))
    assert geodesy.nearest(52.0, -1.0, place_lat, place_lon).index[0] == int(np.argmin(truth))


def test_nearest_copes_with_a_crowd_of_places_equally_near() -> None:
    bearing = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    place_lat, place_lon = (
        53.0 + 0.3 * np.cos(bearing),
        -2.0 + 0.3 * np.sin(bearing) / np.cos(np.radians(53.0)),
    )
    truth = [geodesic((53.0, -2.0), place).meters for place in zip(place_lat, place_lon, strict=True)]
    found = geodesy.nearest([53.0, 57.0], [-2.0, -4.0], place_lat, place_lon)
    assert found.index[0] == int(np.argmin(truth))
    assert found.metres[0] == pytest.approx(min(truth), abs=1e-3)


def test_nearest_without_places_says_so() -> None:
    with pytest.raises(ValueError, match="no place"):
        geodesy.nearest([52.0], [-1.0], [], [])
    assert geodesy.nearest([], [], [], []).index.size == 0


def test_each_point_knows_how_far_its_neighbour_is() -> None:
    lat, lon = np.array([52.0, 52.1, 55.0]), np.array([-1.0, -1.0, -3.0])
    metres = geodesy.great_circle_metres(lat[:, None], lon[:, None], lat, lon)
    np.fill_diagonal(metres, np.inf)
    assert geodesy.neighbour_metres(lat, lon) == pytest.approx(metres.min(axis=1), rel=1e-6)
