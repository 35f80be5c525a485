"""Small planning problems for the tests, made from a seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from collection.rules.routing import Depot, Problem, Stop, Vehicle, road_matrices

HOUR = 3600


def small_problem(
    seed: int,
    stops: int = 5,
    *,
    required_share: float = 0.2,
    two_windows: bool = False,
    drive_hours: float = 9,
    depot_hours: tuple[tuple[int, int], ...] = ((5 * HOUR, 21 * HOUR),),
) -> Problem:
    """Two depots, a van and a lorry, and `stops` stops around the Midlands; a few need a tail-lift."""
    rng = np.random.default_rng(seed)
    lats, lons = rng.uniform(52.0, 53.6, stops), rng.uniform(-2.8, -1.0, stops)
    depots = (Depot("A", 52.46, -1.83, depot_hours), Depot("B", 53.28, -2.90, depot_hours))
    lat, lon = [52.46, 53.28, *lats], [-1.83, -2.90, *lons]
    van = Vehicle(
        id="van", depot="A", count=1, capacity={"kg": 900, "pallets": 9}, profile="van", fixed_cost=5_500_000,
        cost_per_m=28, cost_per_s=500, skills=frozenset(), shift=(6 * HOUR, 20 * HOUR),
        max_duty_s=int(9.2 * HOUR), max_drive_s=int(drive_hours * HOUR),
    )  # fmt: skip
    lorry = replace(
        van, id="lorry", depot="B", capacity={"kg": 2500, "pallets": 25}, profile="hgv",
        fixed_cost=9_000_000, cost_per_m=40, cost_per_s=520, skills=frozenset({"TL"}),
    )  # fmt: skip
    return Problem(
        name=f"small-{seed}",
        depots=depots,
        vehicles=(van, lorry),
        stops=tuple(
            _stop(rng, i, float(lats[i]), float(lons[i]), required_share, two_windows) for i in range(stops)
        ),
        matrices={profile: road_matrices(lat, lon, profile) for profile in ("van", "hgv")},
    )


def _stop(
    rng: np.random.Generator, number: int, lat: float, lon: float, required_share: float, two_windows: bool
) -> Stop:
    kg = int(rng.integers(20, 800))
    windows = ((8 * HOUR, 18 * HOUR),)
    if two_windows:
        windows = ((8 * HOUR, 10 * HOUR), (int(rng.integers(13, 15)) * HOUR, 17 * HOUR))
    elif rng.random() < 0.5:
        opens = int(rng.integers(8, 15)) * HOUR
        windows = ((opens, opens + 2 * HOUR),)
    return Stop(
        id=f"S{number}",
        lat=lat,
        lon=lon,
        load={"kg": kg, "pallets": -(-kg // 100)},
        service_s=int(rng.integers(10, 60)) * 60,
        windows=windows,
        required=bool(rng.random() < required_share),
        prize=int(rng.integers(1, 40)) * 1_000_000,
        skills=frozenset({"TL"}) if rng.random() < 0.25 else frozenset(),
    )
