"""The nearest of 200 places for 10,000 points, beside geopy's geodesic in a loop."""

import numpy as np
from geopy.distance import geodesic

from bench.rows import Row, seconds
from collection.rules.geodesy import nearest

POINTS, PLACES, LOOPED = 10_000, 200, 40


def run() -> list[Row]:
    random = np.random.default_rng(5)
    lats, lons = random.uniform(50, 59, POINTS), random.uniform(-7.5, 1.7, POINTS)
    place_lats, place_lons = random.uniform(50, 59, PLACES), random.uniform(-7.5, 1.7, PLACES)
    places = list(zip(place_lats.tolist(), place_lons.tolist(), strict=True))
    ours = nearest(lats, lons, place_lats, place_lons)
    points = list(zip(lats[:LOOPED].tolist(), lons[:LOOPED].tolist(), strict=True))

    def looped() -> list[int]:
        return [min(range(PLACES), key=lambda i: geodesic(point, places[i]).m) for point in points]

    same = sum(int(a == b) for a, b in zip(looped(), ours.index[:LOOPED].tolist(), strict=True))
    return [
        Row(
            name=f"nearest of {PLACES} places for {POINTS:,} points",
            ours_seconds=seconds(lambda: nearest(lats, lons, place_lats, place_lons), times=3),
            peer=f"geopy geodesic in a loop, scaled from {LOOPED} points",
            peer_seconds=seconds(looped) / LOOPED * POINTS,
            reach_peer=5000,
            facts={"same choice as geodesic": f"{same} of {LOOPED}"},
        )
    ]
