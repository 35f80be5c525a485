"""The vehicles' days drawn on the server: a row a vehicle and day, a block a stop, the road between.

Everything is coordinates in a box of 1000 units; the same stops are listed under the drawing with their forms,
so nobody needs the drawing, and dragging (`gantt.js`) only asks what those forms ask.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collection.rules.planning.answer import PlanAnswer, PlannedRound, PlannedStop
from collection.rules.planning.snapshot import KeptVehicleDay

LONDON = ZoneInfo("Europe/London")
WIDTH, LEFT, RIGHT = 1000, 190, 10
ROW, TOP, BLOCK = 44, 28, 30
NARROWEST = 13.0
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Block:
    """One stop: where it is drawn, what it is called, and what a pointer is told."""

    stop: PlannedStop
    number: int
    x: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    label: str
    day: str
    y: int
    road: tuple[float, float] | None
    words: str
    blocks: tuple[Block, ...]

    @property
    def block_y(self) -> int:
        return self.y + (ROW - BLOCK) // 2

    @property
    def text_y(self) -> int:
        return self.y + ROW // 2

    @property
    def road_width(self) -> float:
        return self.road[1] - self.road[0] if self.road else 0.0


@dataclass(frozen=True, slots=True)
class Hour:
    x: float
    words: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """The drawing: `left` is where the first hour begins."""

    rows: tuple[Row, ...]
    hours: tuple[Hour, ...]
    height: int
    width: int = WIDTH
    left: int = LEFT
    row_height: int = ROW
    block_height: int = BLOCK
    top: int = TOP


def draw_gantt(answer: PlanAnswer, rows: Sequence[KeptVehicleDay]) -> Gantt | None:
    """The plan's rounds against the clock, with vehicles that stay at home as empty rows; None without any."""
    if not answer.rounds:
        return None
    first = min(_local(each.starts_at).hour for each in answer.rounds)
    last = max(_hour_after(each.ends_at) for each in answer.rounds)
    scale = (WIDTH - LEFT - RIGHT) / (last - first)
    driven = {(each.vehicle_id, each.on): each for each in answer.rounds}
    known = {(row.vehicle_id, row.on) for row in rows}
    missing = [
        KeptVehicleDay("", each.vehicle_id, each.vehicle_name, each.on)
        for each in answer.rounds
        if (each.vehicle_id, each.on) not in known
    ]
    ordered = sorted([*rows, *missing], key=lambda row: (row.on, row.vehicle_name))
    return Gantt(
        rows=tuple(
            _row(row, driven.get((row.vehicle_id, row.on)), TOP + number * ROW, first, scale)
            for number, row in enumerate(ordered)
        ),
        hours=tuple(Hour(LEFT + (hour - first) * scale, f"{hour:02d}") for hour in range(first, last + 1)),
        height=TOP + len(ordered) * ROW + 4,
    )


def _row(row: KeptVehicleDay, planned: PlannedRound | None, y: int, first: int, scale: float) -> Row:
    day = f"{row.on:%a %-d %b}"
    if planned is None:
        return Row(row.key, row.vehicle_name, day, y, None, "No round", ())

    def x(moment: dt.datetime) -> float:
        local = _local(moment)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return LEFT + ((local - midnight) / HOUR - first) * scale

    blocks = []
    for number, stop in enumerate(planned.stops, start=1):
        arrives = stop.arrives_at or planned.starts_at
        leaves = arrives + dt.timedelta(minutes=stop.service_minutes)
        words = (
            f"{number}. {stop.place_name}, {_local(arrives):%H:%M} to {_local(leaves):%H:%M}, {stop.kg:,} kg"
        )
        width = max(NARROWEST, x(leaves) - x(arrives))
        blocks.append(Block(stop, number, round(x(arrives), 1), round(width, 1), words))
    road = (round(x(planned.starts_at), 1), round(x(planned.ends_at), 1))
    words = f"{_local(planned.starts_at):%H:%M} to {_local(planned.ends_at):%H:%M}, {planned.kilometres:,} km"
    return Row(row.key, row.vehicle_name, day, y, road, words, tuple(blocks))


def _local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(LONDON)


def _hour_after(moment: dt.datetime) -> int:
    local = _local(moment)
    return local.hour + (1 if local.minute or local.second else 0)
