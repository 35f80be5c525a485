"""A map to put a pin on, without network, tiles or scripts: an image whose clicks come back as points.

The land is the drawn map's; postcode districts with their towns are the landmarks. A frame is a square around a
point; the image is always `SIDE` pixels wide, so a click's pixels say where it was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from django.template.loader import render_to_string

from collection.queries.reference import outcodes_near
from collection.rules.points import EASTERN, NORTHERN, SOUTHERN, WESTERN
from collection.web.kit.map import UNITS_PER_DEGREE, neighbours, project, regions_of_the_kingdom

SIDE = 320
KM_PER_DEGREE = 111.32
# How wide the frame is at each step, in km.
SPANS = (1300, 320, 80, 20, 5)
MOST_LANDMARKS = 14
# About how wide a letter of a name is, in pixels, and from where names stand on the left of their dot.
LETTER = 6.2
NAMES_TURN_AT = 200


@dataclass(frozen=True, slots=True)
class Frame:
    """What the map shows: `step` indexes `SPANS`."""

    lat: float
    lon: float
    step: int

    @property
    def span_km(self) -> float:
        return SPANS[self.step]

    @property
    def width_units(self) -> float:
        """The frame's width in map units at its centre."""
        return self.span_km / (KM_PER_DEGREE * math.cos(math.radians(self.lat))) * UNITS_PER_DEGREE

    @property
    def corner(self) -> tuple[float, float]:
        x, y = project(self.lat, self.lon)
        return x - self.width_units / 2, y - self.width_units / 2

    @property
    def metres_per_pixel(self) -> float:
        return self.span_km * 1000 / SIDE

    def point_at(self, pixel_x: float, pixel_y: float) -> tuple[float, float]:
        """Latitude and longitude of a pixel from the top left."""
        left, top = self.corner
        unit = self.width_units / SIDE
        return unproject(left + pixel_x * unit, top + pixel_y * unit)

    def pixel_of(self, lat: float, lon: float) -> tuple[float, float]:
        """The pixel of a place, perhaps outside the image."""
        left, top = self.corner
        x, y = project(lat, lon)
        scale = SIDE / self.width_units
        return (x - left) * scale, (y - top) * scale

    def zoomed(self, by: int) -> Frame:
        return replace(self, step=min(max(self.step + by, 0), len(SPANS) - 1))

    def moved_to(self, lat: float, lon: float) -> Frame:
        return replace(self, lat=min(max(lat, SOUTHERN), NORTHERN), lon=min(max(lon, WESTERN), EASTERN))


WHOLE = Frame(55.3, -3.2, 0)


def unproject(x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude of map units: `project` backwards."""
    lat = 2 * math.atan(math.exp(math.radians(-y / UNITS_PER_DEGREE))) - math.pi / 2
    return math.degrees(lat), x / UNITS_PER_DEGREE


def draw_pin_map(frame: Frame, pin: tuple[float, float] | None) -> str:
    """The frame as an SVG image with its landmarks, scale and pin."""
    left, top = frame.corner
    scale = SIDE / frame.width_units
    bar_km = _round_length(frame.span_km / 4)
    return render_to_string(
        "collection/places/pin_map.svg",
        {
            "side": SIDE,
            "matrix": f"{scale:.6f} 0 0 {scale:.6f} {-left * scale:.4f} {-top * scale:.4f}",
            "land": [land.path for land in regions_of_the_kingdom()],
            "neighbours": neighbours(),
            "landmarks": _landmarks(frame),
            "pin": frame.pixel_of(*pin) if pin else None,
            "bar": bar_km / frame.span_km * SIDE,
            "bar_words": f"{bar_km:g} km",
        },
    )


def _landmarks(frame: Frame) -> list[tuple[float, float, str]]:
    """Towns in the frame as pixels and names, the nearest to its centre first, no name on another."""
    if frame.step == 0:
        return []
    degrees = max(frame.span_km / KM_PER_DEGREE / 2, 0.1)
    kept: list[tuple[float, float, str]] = []
    taken: list[tuple[float, float, float, float]] = []
    for row in outcodes_near(frame.lat, frame.lon, degrees=degrees):
        x, y = frame.pixel_of(row.lat, row.lon)
        if not (8 < x < SIDE - 8 and 14 < y < SIDE - 28):
            continue
        name = f"{row.place} {row.code}".strip()
        box = _box_of(x, y, name)
        if any(_overlap(box, other) for other in taken):
            continue
        kept.append((x, y, name))
        taken.append(box)
        if len(kept) == MOST_LANDMARKS:
            break
    return kept


def _box_of(x: float, y: float, name: str) -> tuple[float, float, float, float]:
    """Where a dot and its name lie: left, top, right, bottom. Names turn leftwards near the right edge."""
    reach = 10 + LETTER * len(name)
    left = x - reach if x > NAMES_TURN_AT else x - 4
    return left, y - 8, left + reach + 4, y + 8


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _round_length(km: float) -> float:
    size = 10 ** math.floor(math.log10(km))
    return next(step * size for step in (5, 2, 1) if step * size <= km)
