"""The vehicles' days drawn on the server: a band a day, a row a vehicle, a block a stop, the road between.

Everything is coordinates in a box of 760 units; the same stops are listed under the drawing with their forms,
so nobody needs the drawing, and dragging (`gantt.js`) only asks what those forms ask.
"""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collection.rules.planning.answer import PlanAnswer, PlannedRound, PlannedStop
from collection.rules.planning.snapshot import KeptVehicleDay
from collection.web.planner.lettering import letter_of, tone_of

LONDON = ZoneInfo("Europe/London")
WIDTH, LEFT, RIGHT = 760, 156, 10
TOP, BAND, ROW, IDLE_ROW = 24, 20, 26, 18
NARROWEST, ROOM_FOR_LABEL = 20.0, 15.0
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Block:
    """One stop: where it is drawn, what it is called, and what a pointer is told."""

    stop: PlannedStop
    label: str
    x: float
    width: float
    words: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def has_room_for_label(self) -> bool:
        return self.width >= ROOM_FOR_LABEL


@dataclass(frozen=True, slots=True)
class AtPlant:
    """Unloading between two trips."""

    x: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A vehicle on a day; one that stays at home is lower and has neither road nor blocks."""

    key: str
    label: str
    y: int
    height: int
    tone: int
    road: tuple[float, float] | None
    words: str
    blocks: tuple[Block, ...]
    at_plant: tuple[AtPlant, ...] = ()

    @property
    def block_y(self) -> int:
        return self.y + 3

    @property
    def block_height(self) -> int:
        return self.height - 6

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def road_width(self) -> float:
        return round(self.road[1] - self.road[0], 1) if self.road else 0.0


@dataclass(frozen=True, slots=True)
class Band:
    """A day: its heading and its vehicles."""

    words: str
    y: int
    rows: tuple[Row, ...]

    @property
    def text_y(self) -> int:
        return self.y + BAND - 6


@dataclass(frozen=True, slots=True)
class Hour:
    x: float
    words: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """The drawing: `left` is where the first hour begins."""

    bands: tuple[Band, ...]
    hours: tuple[Hour, ...]
    height: int
    width: int = WIDTH
    left: int = LEFT
    band_height: int = BAND
    top: int = TOP


def draw_gantt(answer: PlanAnswer, rows: Sequence[KeptVehicleDay]) -> Gantt | None:
    """The plan's rounds against the clock, with vehicles that stay at home as empty rows; None without any."""
    if not answer.rounds:
        return None
    first = min(_local(each.starts_at).hour for each in answer.rounds)
    last = max(_hour_after(each.ends_at) for each in answer.rounds)
    scale = (WIDTH - LEFT - RIGHT) / (last - first)
    driven = {(each.vehicle_id, each.on): (number, each) for number, each in enumerate(answer.rounds)}
    known = {(row.vehicle_id, row.on) for row in rows}
    missing = [
        KeptVehicleDay("", each.vehicle_id, each.vehicle_name, each.on)
        for each in answer.rounds
        if (each.vehicle_id, each.on) not in known
    ]
    ordered = sorted([*rows, *missing], key=lambda row: (row.on, row.vehicle_name))
    bands: list[Band] = []
    y = TOP
    for day, vehicles in itertools.groupby(ordered, key=lambda row: row.on):
        top, drawn = y, []
        y += BAND
        for vehicle in vehicles:
            drawn.append(_row(vehicle, driven.get((vehicle.vehicle_id, day)), y, first, scale))
            y += drawn[-1].height
        bands.append(Band(f"{day:%A %-d %B}", top, tuple(drawn)))
    return Gantt(
        bands=tuple(bands),
        hours=tuple(
            Hour(round(LEFT + (hour - first) * scale, 1), f"{hour:02d}") for hour in range(first, last + 1)
        ),
        height=y + 4,
    )


def _row(
    row: KeptVehicleDay, found: tuple[int, PlannedRound] | None, y: int, first: int, scale: float
) -> Row:
    if found is None:
        return Row(row.key, row.vehicle_name, y, IDLE_ROW, 0, None, "No round", ())
    number, planned = found

    def x(moment: dt.datetime) -> float:
        local = _local(moment)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return LEFT + ((local - midnight) / HOUR - first) * scale

    blocks = []
    begins = [stop.arrives_at or planned.starts_at for stop in planned.stops]
    for order, (stop, arrives) in enumerate(zip(planned.stops, begins, strict=True), start=1):
        room = x(begins[order]) - x(arrives) if order < len(begins) else NARROWEST
        leaves = arrives + dt.timedelta(minutes=stop.service_minutes)
        label = f"{letter_of(number)}{order}"
        words = (
            f"{label}. {stop.place_name}, {_local(arrives):%H:%M} to {_local(leaves):%H:%M}, {stop.kg:,} kg"
        )
        width = max(min(NARROWEST, room), x(leaves) - x(arrives))
        blocks.append(Block(stop, label, round(x(arrives), 1), round(width, 1), words))
    road = (round(x(planned.starts_at), 1), round(x(planned.ends_at), 1))
    words = f"{_local(planned.starts_at):%H:%M} to {_local(planned.ends_at):%H:%M}, {planned.kilometres:,} km"
    at_plant = tuple(
        AtPlant(
            round(x(call.arrives_at), 1),
            round(x(call.leaves_at) - x(call.arrives_at), 1),
            f"Unloads at the plant, {_local(call.arrives_at):%H:%M} to {_local(call.leaves_at):%H:%M}",
        )
        for call in planned.unloadings
    )
    return Row(row.key, row.vehicle_name, y, ROW, tone_of(number), road, words, tuple(blocks), at_plant)


def _local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(LONDON)


def _hour_after(moment: dt.datetime) -> int:
    local = _local(moment)
    return local.hour + (1 if local.minute or local.second else 0)
