"""Distances on the Earth, on whole arrays at once.

Every function takes degrees (WGS84) as scalars or arrays that broadcast together, and gives metres.
`great_circle_metres` treats the Earth as a ball and errs by at most 0.56 %; `ellipsoid_metres` is T.
Vincenty's inverse solution (Survey Review XXIII, 1975), right to under a millimetre. `nearest` makes the
ellipsoid's choice for the price of the ball's.
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_METRES = 6_371_008.8
_MAJOR_AXIS_METRES = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_MINOR_AXIS_METRES = _MAJOR_AXIS_METRES * (1 - _FLATTENING)

# A ball distance errs by up to 0.56 % either way, so the true nearest lies within 1.0113 of the ball's
# nearest.
_SHORT_LIST_FACTOR = 1.012
_SHORT_LIST_SLACK_METRES = 1.0
_SHORT_LIST_SIZE = 8
_CONVERGED_RADIANS = 1e-12
_MOST_ITERATIONS = 50

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Nearest:
    """For each point: the index of its nearest place and the metres to it."""

    index: NDArray[np.intp]
    metres: Floats


def great_circle_metres(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> Floats:
    """Haversine distance on a ball of the Earth's mean radius."""
    phi1, lambda1, phi2, lambda2 = (
        np.radians(np.asarray(angle, float)) for angle in (lat1, lon1, lat2, lon2)
    )
    haversine = (
        np.sin((phi2 - phi1) / 2) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin((lambda2 - lambda1) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_METRES * np.arcsin(np.sqrt(np.clip(haversine, 0.0, 1.0))))


def unit_vectors(lat: ArrayLike, lon: ArrayLike) -> Floats:
    """Points as unit vectors from the centre of the ball: shape (..., 3)."""
    phi, lam = np.broadcast_arrays(np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float)))
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def ellipsoid_metres(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> Floats:
    """Distance along the WGS84 ellipsoid.

    Raises ValueError for points almost opposite one another on the globe, where the solution does not settle.
    """
    lat1, lon1, lat2, lon2 = np.broadcast_arrays(*(np.asarray(a, float) for a in (lat1, lon1, lat2, lon2)))
    reduced1 = np.arctan((1 - _FLATTENING) * np.tan(np.radians(lat1)))
    reduced2 = np.arctan((1 - _FLATTENING) * np.tan(np.radians(lat2)))
    longitude = np.radians((lon2 - lon1 + 180.0) % 360.0 - 180.0)
    sin1, cos1, sin2, cos2 = np.sin(reduced1), np.cos(reduced1), np.sin(reduced2), np.cos(reduced2)

    lam = longitude.copy()
    for _ in range(_MOST_ITERATIONS):
        sin_lam, cos_lam = np.sin(lam), np.cos(lam)
        sin_sigma = np.hypot(cos2 * sin_lam, cos1 * sin2 - sin1 * cos2 * cos_lam)
        cos_sigma = sin1 * sin2 + cos1 * cos2 * cos_lam
        sigma = np.arctan2(sin_sigma, cos_sigma)
        # The same point twice has no direction, and on the equator cos²α is nought: both terms then vanish.
        sin_alpha = cos1 * cos2 * sin_lam / np.where(sin_sigma == 0, 1.0, sin_sigma)
        cos_sq_alpha = 1 - sin_alpha**2
        on_equator = cos_sq_alpha < 1e-15
        cos_2_mid = np.where(
            on_equator, 0.0, cos_sigma - 2 * sin1 * sin2 / np.where(on_equator, 1.0, cos_sq_alpha)
        )
        c = _FLATTENING / 16 * cos_sq_alpha * (4 + _FLATTENING * (4 - 3 * cos_sq_alpha))
        before = lam
        lam = longitude + (1 - c) * _FLATTENING * sin_alpha * (
            sigma + c * sin_sigma * (cos_2_mid + c * cos_sigma * (2 * cos_2_mid**2 - 1))
        )
        if not np.any(np.abs(lam - before) > _CONVERGED_RADIANS):
            break
    else:
        raise ValueError(
            "Two of the points are almost opposite one another on the globe; no distance was found."
        )
    return _arc_metres(sigma, sin_sigma, cos_sigma, cos_sq_alpha, cos_2_mid)


def _arc_metres(
    sigma: Floats, sin_sigma: Floats, cos_sigma: Floats, cos_sq_alpha: Floats, cos_2_mid: Floats
) -> Floats:
    """Vincenty's last step: the angle on the auxiliary sphere as metres on the ellipsoid."""
    u_sq = cos_sq_alpha * (_MAJOR_AXIS_METRES**2 - _MINOR_AXIS_METRES**2) / _MINOR_AXIS_METRES**2
    a = 1 + u_sq / 16384 * (4096 + u_sq * (-768 + u_sq * (320 - 175 * u_sq)))
    b = u_sq / 1024 * (256 + u_sq * (-128 + u_sq * (74 - 47 * u_sq)))
    correction = (
        b
        * sin_sigma
        * (
            cos_2_mid
            + b
            / 4
            * (
                cos_sigma * (2 * cos_2_mid**2 - 1)
                - b / 6 * cos_2_mid * (4 * sin_sigma**2 - 3) * (4 * cos_2_mid**2 - 3)
            )
        )
    )
    return np.asarray(_MINOR_AXIS_METRES * a * (sigma - correction))


def nearest(lat: ArrayLike, lon: ArrayLike, place_lat: ArrayLike, place_lon: ArrayLike) -> Nearest:
    """The nearest place to each point, as the ellipsoid measures it; of two equally near, the first.

    `lat` and `lon` are 1-D of the points, `place_lat` and `place_lon` 1-D of the places. Raises ValueError
    when there are points but no places.
    """
    lat, lon = np.atleast_1d(np.asarray(lat, float)), np.atleast_1d(np.asarray(lon, float))
    place_lat, place_lon = (
        np.atleast_1d(np.asarray(place_lat, float)),
        np.atleast_1d(np.asarray(place_lon, float)),
    )
    if lat.size == 0:
        return Nearest(np.empty(0, np.intp), np.empty(0))
    if place_lat.size == 0:
        raise ValueError("There is no place to be near to.")
    point_index, place_index = _short_list(unit_vectors(lat, lon), unit_vectors(place_lat, place_lon))
    metres = ellipsoid_metres(
        lat[point_index], lon[point_index], place_lat[place_index], place_lon[place_index]
    )
    order = np.lexsort((place_index, metres, point_index))
    first = order[np.searchsorted(point_index[order], np.arange(lat.size))]
    return Nearest(place_index[first], metres[first])


def _short_list(points: Floats, places: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs (point, place) near enough on the ball that the ellipsoid might choose them."""
    tree = scipy.spatial.KDTree(places)
    k = min(_SHORT_LIST_SIZE, len(places))
    chord, place = tree.query(points, k=np.arange(1, k + 1))
    reach_metres = 2 * EARTH_RADIUS_METRES * np.arcsin(np.clip(chord[:, 0] / 2, 0.0, 1.0))
    reach_metres = reach_metres * _SHORT_LIST_FACTOR + _SHORT_LIST_SLACK_METRES
    limit = 2 * np.sin(np.minimum(reach_metres / (2 * EARTH_RADIUS_METRES), np.pi / 2))

    row, column = np.nonzero(chord <= limit[:, None])
    point_index, place_index = row, place[row, column]
    crowded = np.nonzero(chord[:, -1] <= limit)[0] if k < len(places) else np.empty(0, np.intp)
    if crowded.size:
        # More places than the short list holds are about equally near: take all within reach for those
        # points.
        within = tree.query_ball_point(points[crowded], limit[crowded])
        keep = ~np.isin(point_index, crowded)
        counts = [len(found) for found in within]
        point_index = np.concatenate([point_index[keep], np.repeat(crowded, counts)])
        place_index = np.concatenate(
            [place_index[keep], np.concatenate([np.asarray(w, np.intp) for w in within])]
        )
    return point_index, place_index


def neighbour_metres(lat: ArrayLike, lon: ArrayLike) -> Floats:
    """For each of at least two points, the great-circle metres to the nearest other point."""
    points = unit_vectors(lat, lon)
    chord, _ = scipy.spatial.KDTree(points).query(points, k=[2])
    return np.asarray(2 * EARTH_RADIUS_METRES * np.arcsin(np.clip(chord[:, 0] / 2, 0.0, 1.0)))
