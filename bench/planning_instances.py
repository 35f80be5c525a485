"""Made-up planning instances of three shapes: UK collection rounds, Solomon-like and CVRPLIB X-like.

The UK kind has the statistics of the published samples: stops around real towns, log-normal masses and
prizes, service time from mass, four kinds of opening hours, and a fleet that grows with the stops.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from collection.rules.routing.matrices import road_matrices

# Town, latitude, longitude, weight (roughly people, in tens of thousands).
TOWNS = (
    ("London", 51.51, -0.12, 80), ("Birmingham", 52.48, -1.90, 25), ("Manchester", 53.48, -2.24, 25),
    ("Leeds", 53.80, -1.55, 15), ("Sheffield", 53.38, -1.47, 12), ("Bradford", 53.79, -1.75, 8),
    ("Liverpool", 53.41, -2.98, 12), ("Bristol", 51.45, -2.59, 11), ("Cardiff", 51.48, -3.18, 8),
    ("Swansea", 51.62, -3.94, 5), ("Newport", 51.58, -3.00, 4), ("Leicester", 52.64, -1.13, 8),
    ("Coventry", 52.41, -1.51, 8), ("Nottingham", 52.95, -1.15, 8), ("Derby", 52.92, -1.48, 5),
    ("Stoke-on-Trent", 53.00, -2.18, 5), ("Wolverhampton", 52.59, -2.13, 5), ("Hull", 53.74, -0.33, 6),
    ("York", 53.96, -1.08, 4), ("Newcastle", 54.98, -1.61, 9), ("Sunderland", 54.91, -1.38, 5),
    ("Middlesbrough", 54.57, -1.23, 5), ("Edinburgh", 55.95, -3.19, 9), ("Glasgow", 55.86, -4.25, 12),
    ("Aberdeen", 57.15, -2.09, 4), ("Dundee", 56.46, -2.97, 3), ("Inverness", 57.48, -4.22, 1),
    ("Ayr", 55.46, -4.63, 2), ("Belfast", 54.60, -5.93, 8), ("Newry", 54.18, -6.34, 2),
    ("Derry", 55.00, -7.31, 2), ("Plymouth", 50.38, -4.14, 5), ("Exeter", 50.72, -3.53, 3),
    ("Bournemouth", 50.72, -1.88, 4), ("Southampton", 50.90, -1.40, 6), ("Portsmouth", 50.80, -1.09, 5),
    ("Brighton", 50.83, -0.14, 5), ("Reading", 51.45, -0.97, 5), ("Oxford", 51.75, -1.26, 4),
    ("Swindon", 51.56, -1.78, 4), ("Milton Keynes", 52.04, -0.76, 5), ("Northampton", 52.24, -0.90, 5),
    ("Peterborough", 52.57, -0.24, 4), ("Cambridge", 52.21, 0.12, 4), ("Norwich", 52.63, 1.30, 4),
    ("Ipswich", 52.06, 1.16, 3), ("Colchester", 51.89, 0.90, 3), ("Luton", 51.88, -0.42, 5),
    ("Maidstone", 51.27, 0.52, 4), ("Hastings", 50.85, 0.57, 2), ("Gloucester", 51.86, -2.24, 3),
    ("Lincoln", 53.23, -0.54, 3), ("Preston", 53.76, -2.70, 5), ("Carlisle", 54.89, -2.93, 2),
    ("Wrexham", 53.05, -2.99, 2), ("Telford", 52.68, -2.45, 3),
)  # fmt: skip
DEPOTS = (("TYS", "Tyseley", 52.46, -1.83, 0.50), ("BEL", "Belfast", 54.62, -5.88, 0.25),
          ("ELP", "Ellesmere Port", 53.28, -2.90, 0.25))  # fmt: skip
# Kind, share of the fleet, kg, quarter pallets, profile, fixed cost, per metre, per second, tail-lift.
KINDS = (("van35", 0.45, 1200, 12, "van", 5_500_000, 28, 500, False),
         ("t75", 0.35, 2800, 40, "hgv", 9_000_000, 40, 520, True),
         ("t18", 0.20, 9000, 64, "hgv", 13_500_000, 62, 560, True))  # fmt: skip


def uk_instance(stops: int, seed: int) -> dict[str, Any]:
    """A `lodestone-plan/1` document with `stops` stops, of the samples' kind."""
    rng = np.random.default_rng(seed)
    weights = np.array([town[3] for town in TOWNS], dtype=float)
    town = rng.choice(len(TOWNS), size=stops, p=weights / weights.sum())
    lat = np.round(np.array([TOWNS[t][1] for t in town]) + rng.normal(0, 0.12, stops), 5)
    lon = np.round(np.array([TOWNS[t][2] for t in town]) + rng.normal(0, 0.18, stops), 5)
    kg = np.clip(rng.lognormal(5.5, 1.15, stops), 20, 3500).astype(int)
    prizes = np.rint(kg * rng.lognormal(10.25, 1.15, stops) / 1000).astype(int) * 1000
    rows = [_stop(rng, i, float(lat[i]), float(lon[i]), int(kg[i]), int(prizes[i])) for i in range(stops)]
    lats = [*(d[2] for d in DEPOTS), *lat]
    lons = [*(d[3] for d in DEPOTS), *lon]
    matrices = {}
    for profile in ("van", "hgv"):
        roads = road_matrices(lats, lons, profile)
        matrices[profile] = {
            name: getattr(roads, name).tolist() for name in ("distance_m", "duration_s", "not_driving_s")
        }
    by_van = np.array(matrices["van"]["duration_s"])[: len(DEPOTS), len(DEPOTS) :].min(axis=0)
    for row, there in zip(rows, by_van, strict=True):
        row["required"] = bool(row["required"] and 2 * there + row["service_s"] < 30_000)
    return {
        "format": "lodestone-plan/1",
        "name": f"uk-{stops}-{seed}",
        "depots": [
            {"id": i, "name": name, "lat": la, "lon": lo, "open": [[18000, 75600]]}
            for i, name, la, lo, _ in DEPOTS
        ],
        "vehicles": _fleet(stops),
        "stops": rows,
        "matrices": matrices,
    }


def _stop(
    rng: np.random.Generator, number: int, lat: float, lon: float, kg: int, prize: int
) -> dict[str, Any]:
    kind = rng.random()
    if kind < 0.45:
        opens, closes = 480, 1080
    elif kind < 0.62:
        opens, closes = 480, 750
    elif kind < 0.75:
        opens, closes = 750, 1080
    else:
        width = int(rng.choice([120, 180]))
        opens = 480 + 15 * int(rng.integers(0, (600 - width) // 15 + 1))
        closes = opens + width
    skill = rng.random()
    skills = ["TL"] if skill < 0.09 else ["SC"] if skill < 0.12 else []
    return {
        "id": f"P{number:04d}",
        "lat": lat,
        "lon": lon,
        "load": {"kg": kg, "quarter_pallets": -(-kg // 100)},
        "service_s": 600 + 240 * -(-kg // 250),
        "windows": [[opens * 60, closes * 60]],
        "required": bool(rng.random() < 0.06) and kg < 1200,
        "prize": prize,
        "skills": skills,
    }


def _fleet(stops: int) -> list[dict[str, Any]]:
    total = stops / 11
    vehicles = []
    for depot, _, _, _, share in DEPOTS:
        for kind, part, kg, pallets, profile, fixed, per_m, per_s, tail_lift in KINDS:
            count = max(1, round(total * share * part))
            crews = [(count, [])] if not tail_lift else [(count - 1, ["TL"]), (1, ["TL", "SC"])]
            vehicles += [
                {
                    "id": f"{depot}-{kind}" + ("-SC" if "SC" in skills else ""),
                    "depot": depot,
                    "count": number,
                    "capacity": {"kg": kg, "quarter_pallets": pallets},
                    "profile": profile,
                    "fixed_cost": fixed,
                    "cost_per_m": per_m,
                    "cost_per_s": per_s,
                    "skills": skills,
                    "shift": [21600, 72000],
                    "max_duty_s": 33000,
                    "max_drive_s": 32400,
                }
                for number, skills in crews
                if number
            ]
    return vehicles


def vrplib_text(stops: int, seed: int) -> str:
    """A CVRP in the manner of CVRPLIB's X set: clustered and scattered points, unequal demands."""
    rng = np.random.default_rng(seed)
    seeds = rng.integers(0, 1001, (6, 2))
    near = seeds[rng.integers(0, 6, stops // 2)] + rng.normal(0, 60, (stops // 2, 2))
    points = np.vstack([rng.integers(0, 1001, (1, 2)), near, rng.integers(0, 1001, (stops - stops // 2, 2))])
    points = np.clip(np.rint(points), 0, 1000).astype(int)
    demands = [0, *rng.integers(1, 101, stops)]
    capacity = int(sum(demands) / stops * rng.uniform(5, 18)) + 100
    lines = [
        f"NAME : X-like-{stops}-{seed}", "TYPE : CVRP", f"DIMENSION : {stops + 1}",
        "EDGE_WEIGHT_TYPE : EUC_2D",
        f"CAPACITY : {capacity}", "NODE_COORD_SECTION",
        *(f"{i + 1} {x} {y}" for i, (x, y) in enumerate(points)), "DEMAND_SECTION",
        *(f"{i + 1} {d}" for i, d in enumerate(demands)), "DEPOT_SECTION", "1", "-1", "EOF",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def solomon_text(stops: int, seed: int) -> str:
    """A VRPTW in the manner of Solomon's RC1: half clustered, half scattered, short windows."""
    rng = np.random.default_rng(seed)
    seeds = rng.uniform(10, 90, (5, 2))
    half = stops // 2
    near = seeds[rng.integers(0, 5, half)] + rng.normal(0, 4, (half, 2))
    points = np.rint(np.vstack([[40, 50], near, rng.uniform(0, 100, (stops - half, 2))])).astype(int)
    horizon = 240
    lines = [f"RC-like-{seed}", "", "VEHICLE", "NUMBER     CAPACITY", "  25         200", "", "CUSTOMER",
             "CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME", "",
             f"0 {points[0, 0]} {points[0, 1]} 0 0 {horizon} 0"]  # fmt: skip
    for i in range(1, stops + 1):
        away = int(np.ceil(np.hypot(*(points[i] - points[0]))))
        latest = horizon - away - 10
        middle = int(rng.integers(away, max(away + 1, latest)))
        width = int(rng.choice([10, 30, 60, 200]))
        opens, closes = max(0, middle - width // 2), max(away, min(latest, middle + width // 2))
        lines.append(f"{i} {points[i, 0]} {points[i, 1]} {int(rng.integers(1, 41))} {opens} {closes} 10")
    return "\n".join(lines) + "\n"


def uk_text(stops: int, seed: int) -> str:
    """`uk_instance` as JSON text."""
    return json.dumps(uk_instance(stops, seed))
