"""The local road model: distances and times between places, without asking a router.

Road distance is the great circle times a circuity that falls from 1.55 on the shortest legs to 1.22 on
long ones; speed rises with the length of the leg and depends on the vehicle. The Irish Sea is crossed by
ferry: Cairnryan–Belfast or Birkenhead–Belfast, whichever is sooner, with sailing and waiting counted as
duty but not as driving. The model's own error (some 10 %) is far above that of the sphere (0.6 %).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from collection.rules.geodesy import great_circle_metres
from collection.rules.routing.problem import Matrices

FloatArray = npt.NDArray[np.float64]

LOCAL_MODEL = "local road model: great circle × circuity, speed bands, ferries"


@dataclass(frozen=True, slots=True)
class Ferry:
    """A crossing: two ports (lat, lon), metres sailed, seconds from joining the queue to driving off."""

    name: str
    british_port: tuple[float, float]
    irish_port: tuple[float, float]
    crossing_s: int


FERRIES = (
    Ferry("Cairnryan–Belfast", (54.967, -5.018), (54.618, -5.897), 3 * 3600 + 900),
    Ferry("Birkenhead–Belfast", (53.409, -3.010), (54.618, -5.897), 9 * 3600 + 1800),
)

# Leg length on the road (km) against mean speed (km/h), door to door; lorries are held to 56 mph and lower
# limits on single carriageways. Between the points the speed is interpolated.
SPEED_BANDS: Mapping[str, tuple[tuple[float, float], ...]] = {
    "van": ((0, 24), (3, 33), (15, 43), (40, 58), (100, 73), (250, 81), (600, 86)),
    "hgv": ((0, 21), (3, 28), (15, 37), (40, 50), (100, 63), (250, 70), (600, 74)),
}
CIRCUITY_LONG, CIRCUITY_EXTRA, CIRCUITY_FADE_KM = 1.22, 0.33, 14.0


def circuity(circle_m: FloatArray) -> FloatArray:
    """Road metres per great-circle metre, by leg length: 1.55 falling to 1.22."""
    return CIRCUITY_LONG + CIRCUITY_EXTRA * np.exp(-circle_m / (1000 * CIRCUITY_FADE_KM))


def road_matrices(lats: npt.ArrayLike, lons: npt.ArrayLike, profile: str) -> Matrices:
    """Distances (metres), durations and not-driving times (seconds) between all pairs of n places.

    `lats`, `lons` are n degrees each; `profile` is a key of SPEED_BANDS. Returns three n × n int64 arrays.
    Places on different sides of the Irish Sea are joined by the ferry that is soonest.
    """
    if profile not in SPEED_BANDS:
        raise ValueError(f"profile must be one of {', '.join(SPEED_BANDS)}, not '{profile}'.")
    lat, lon = np.asarray(lats, dtype=float), np.asarray(lons, dtype=float)
    distance, duration = _legs(lat, lon, lat, lon, profile)
    waiting = np.zeros_like(duration)
    irish = is_on_ireland(lat, lon)
    british_side, irish_side = np.flatnonzero(~irish), np.flatnonzero(irish)
    if british_side.size and irish_side.size:
        crossing = _crossings(lat, lon, british_side, irish_side, profile)
        there, back = np.ix_(british_side, irish_side), np.ix_(irish_side, british_side)
        for matrix, values in zip((distance, duration, waiting), crossing, strict=True):
            matrix[there] = values
            matrix[back] = values.T
    for matrix in (distance, duration):
        np.fill_diagonal(matrix, 0)
    return Matrices(*(np.rint(matrix).astype(np.int64) for matrix in (distance, duration, waiting)))


def is_on_ireland(lat: FloatArray, lon: FloatArray) -> npt.NDArray[np.bool_]:
    """True for places on the island of Ireland (west of a line through the North Channel and Irish Sea)."""
    return (lon < -5.35) & (lat > 51.3) & (lat < 55.5) & (lon < -5.35 - np.clip(lat - 54.95, 0, 1) * 1.2)


def _legs(
    lat_from: FloatArray, lon_from: FloatArray, lat_to: FloatArray, lon_to: FloatArray, profile: str
) -> tuple[FloatArray, FloatArray]:
    circle = great_circle_metres(lat_from[:, None], lon_from[:, None], lat_to[None, :], lon_to[None, :])
    distance = circle * circuity(circle)
    bands = np.array(SPEED_BANDS[profile])
    speed = np.interp(distance / 1000, bands[:, 0], bands[:, 1])
    return distance, distance / (speed / 3.6)


def _crossings(
    lat: FloatArray, lon: FloatArray, british: npt.NDArray[np.intp], irish: npt.NDArray[np.intp], profile: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Road metres, seconds and ferry seconds from each British place to each Irish one, by the best ferry."""
    best: tuple[FloatArray, FloatArray, FloatArray] | None = None
    for ferry in FERRIES:
        to_port = _legs(lat[british], lon[british], *_point(ferry.british_port), profile)
        from_port = _legs(*_point(ferry.irish_port), lat[irish], lon[irish], profile)
        distance, duration = (a + b for a, b in zip(to_port, from_port, strict=True))
        duration = duration + ferry.crossing_s
        ferry_time = np.full_like(duration, ferry.crossing_s)
        if best is None:
            best = distance, duration, ferry_time
        else:
            sooner = duration < best[1]
            best = (
                np.where(sooner, distance, best[0]),
                np.where(sooner, duration, best[1]),
                np.where(sooner, ferry_time, best[2]),
            )
    assert best is not None  # noqa: S101 - FERRIES is never empty
    return best


def _point(place: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    return np.array([place[0]]), np.array([place[1]])
