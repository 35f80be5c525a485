"""A drawn map of the United Kingdom and Ireland that needs no network, no tiles and no script.

Land comes from `collection/data/uk_regions.geojson` and `uk_outline.geojson`, projected with Mercator's
formula (shapes stay true, north is up) and simplified to what a screen can show. A unit is a hundredth of a
degree of longitude; y grows southwards.
"""

from __future__ import annotations

import functools
import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal["lot", "site", "facility", "port", "start"]
Point = tuple[float, float]

DATA = Path(__file__).resolve().parents[2] / "data"
UNITS_PER_DEGREE = 100.0
TOLERANCE = 1.2
SMALLEST_AREA = 14.0
WHOLE = {"west": -8.7, "east": 2.1, "south": 49.8, "north": 60.95}
LEAST_SPAN = 120.0
NAMES_TURN = 0.7


@dataclass(frozen=True)
class MapPoint:
    """A place on the map. `label` is its text alternative; `number` is written in it (a stop's
    order, after its round's letter) and `name` beside it; `layer` gives it the colour of a route."""

    lat: float
    lon: float
    label: str
    kind: Kind = "site"
    number: str = ""
    name: str = ""
    href: str = ""
    detail: str = ""
    layer: int | None = None


@dataclass(frozen=True)
class MapRoute:
    """A line through places in order, as (latitude, longitude). `layer` 0 to 5 picks its colour."""

    places: Sequence[tuple[float, float]]
    label: str
    layer: int = 0


@dataclass(frozen=True)
class Shade:
    """A region's depth of colour, 0 (least) to 4 (most), and the words for it."""

    step: int
    words: str


@dataclass(frozen=True)
class Land:
    """One region of the kingdom as an SVG path."""

    name: str
    nation: str
    path: str


@dataclass(frozen=True)
class DrawnPoint:
    """A point in map units; its name stands on the left when the frame's right edge would cut it."""

    point: MapPoint
    x: float
    y: float
    is_name_left: bool = False


@dataclass(frozen=True)
class DrawnRoute:
    route: MapRoute
    path: str


@dataclass(frozen=True)
class DrawnRegion:
    land: Land
    shade: Shade | None


@dataclass(frozen=True)
class DrawnMap:
    """Everything the template writes down. `marker` is the radius of a point in map units."""

    title: str
    view_box: str
    marker: float
    neighbours: str
    regions: Sequence[DrawnRegion]
    routes: Sequence[DrawnRoute]
    points: Sequence[DrawnPoint]
    shaded: Sequence[DrawnRegion]

    @property
    def marker_twice(self) -> float:
        return round(self.marker * 2, 2)

    @property
    def number_size(self) -> float:
        return round(self.marker * 1.3, 2)

    @property
    def name_offset(self) -> float:
        return round(self.marker * 1.5, 2)


def project(lat: float, lon: float) -> Point:
    """Map units of a place: x eastwards, y southwards."""
    north = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return lon * UNITS_PER_DEGREE, -math.degrees(north) * UNITS_PER_DEGREE


def draw(
    *,
    title: str,
    points: Iterable[MapPoint] = (),
    routes: Iterable[MapRoute] = (),
    shades: Mapping[str, Shade] | None = None,
    zoom_to_points: bool = False,
) -> DrawnMap:
    """A map with its layers. `shades` is keyed by region name; `zoom_to_points` frames the points alone."""
    placed = [(p, *_rounded(project(p.lat, p.lon))) for p in points]
    drawn_routes = [DrawnRoute(r, _route(r.places)) for r in routes]
    box = _frame([(x, y) for _, x, y in placed]) if zoom_to_points and placed else _whole()
    regions = [DrawnRegion(land, (shades or {}).get(land.name)) for land in regions_of_the_kingdom()]
    return DrawnMap(
        title=title,
        view_box=" ".join(f"{number:g}" for number in box),
        marker=round(min(box[2], box[3]) / 40, 2),
        neighbours=neighbours(),
        regions=regions,
        routes=drawn_routes,
        points=[DrawnPoint(p, x, y, x > box[0] + box[2] * NAMES_TURN) for p, x, y in placed],
        shaded=[region for region in regions if region.shade],
    )


@functools.cache
def regions_of_the_kingdom() -> tuple[Land, ...]:
    """The twelve regions, simplified, read once."""
    features = json.loads((DATA / "uk_regions.geojson").read_text())["features"]
    return tuple(
        Land(f["properties"]["name"], f["properties"]["nation"], _land_path(f["geometry"])) for f in features
    )


@functools.cache
def neighbours() -> str:
    """Ireland, the Isle of Man, the Channel Islands and the coast across the sea, as one path."""
    features = json.loads((DATA / "uk_outline.geojson").read_text())["features"]
    shown = [f for f in features if f["properties"]["iso_a2"] in ("IE", "IM", "JE", "GG", "FR")]
    return "".join(_land_path(feature["geometry"]) for feature in shown)


def _land_path(geometry: dict[str, Any]) -> str:
    many = geometry["type"] == "MultiPolygon"
    polygons = geometry["coordinates"] if many else [geometry["coordinates"]]
    rings = ([project(lat, lon) for lon, lat, *_ in ring] for polygon in polygons for ring in polygon)
    return "".join(_line(_simplified(ring)) + "z" for ring in rings if _area(ring) >= SMALLEST_AREA)


def _line(places: Sequence[Point]) -> str:
    """An SVG path of whole units; steps are relative, which keeps the page small."""
    whole = [(round(x), round(y)) for x, y in places]
    if not whole:
        return ""
    steps = [f"{x - px} {y - py}" for (px, py), (x, y) in itertools.pairwise(whole) if (x, y) != (px, py)]
    return f"M{whole[0][0]} {whole[0][1]}" + (f"l{' '.join(steps)}" if steps else "").replace(" -", "-")


def _route(places: Sequence[tuple[float, float]]) -> str:
    corners = (_rounded(project(lat, lon)) for lat, lon in places)
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in corners)


def _area(ring: Sequence[Point]) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))) / 2


def _simplified(ring: Sequence[Point]) -> list[Point]:
    """Douglas and Peucker's simplification: no dropped corner was further than TOLERANCE from the line."""
    keep = [False] * len(ring)
    keep[0] = keep[-1] = True
    spans = [(0, len(ring) - 1)]
    while spans:
        first, last = spans.pop()
        far, distance = first, TOLERANCE
        for index in range(first + 1, last):
            away = _distance(ring[index], ring[first], ring[last])
            if away > distance:
                far, distance = index, away
        if far != first:
            keep[far] = True
            spans += [(first, far), (far, last)]
    return [point for point, kept in zip(ring, keep, strict=True) if kept]


def _distance(point: Point, start: Point, end: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = math.hypot(x2 - x1, y2 - y1)
    if length == 0:
        return math.hypot(x - x1, y - y1)
    return abs((y2 - y1) * x - (x2 - x1) * y + x2 * y1 - y2 * x1) / length


def _whole() -> tuple[float, float, float, float]:
    left, top = project(WHOLE["north"], WHOLE["west"])
    right, bottom = project(WHOLE["south"], WHOLE["east"])
    return round(left), round(top), round(right - left), round(bottom - top)


def _frame(places: Sequence[Point]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in places], [y for _, y in places]
    span = max(max(xs) - min(xs), max(ys) - min(ys), LEAST_SPAN) * 1.25
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return round(middle_x - span / 2), round(middle_y - span / 2), round(span), round(span)


def _rounded(place: Point) -> Point:
    return round(place[0], 1), round(place[1], 1)
