"""When a person may put another band in place of the model's, for how long, and how it is judged later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

OVERRIDE_REASONS = {
    "contract_seen": "A contract or an order was seen",
    "being_prepared": "It is being packed, loaded or offered abroad",
    "holder_told": "The holder explained what will happen",
    "inspection": "Somebody inspected it",
    "record_wrong": "The record behind the score is wrong",
    "other": "Another reason",
}
SHORTEST_DAYS, USUAL_DAYS, LONGEST_DAYS = 1, 30, 90


class OverrideInputError(ValueError):
    """An override that cannot be made; `field` says what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def override_until(at: dt.datetime, days: int) -> dt.datetime:
    """When an override made now ends by itself: no later than the scores look ahead."""
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise OverrideInputError(
            "days",
            f"An override lasts {SHORTEST_DAYS} to {LONGEST_DAYS} days; make it anew if it still holds",
        )
    return at + dt.timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Judged:
    """One override whose 90 days are known: bands as numbers, the model's chance, and what happened."""

    band: int
    model_band: int
    model_p90: float
    exported: bool


@dataclass(frozen=True, slots=True)
class OverrideRecord:
    """Overrides in one direction against outcomes."""

    direction: str
    count: int
    exported: int
    expected_by_model: float

    @property
    def people_were_right(self) -> bool | None:
        """Whether people moved the way the outcomes went; None while nothing is known."""
        if not self.count or self.direction == "kept":
            return None
        more = self.exported > self.expected_by_model
        return more if self.direction == "raised" else not more


def direction_of(band: int, model_band: int) -> str:
    return "raised" if band > model_band else "lowered" if band < model_band else "kept"


def record_of(judged: Iterable[Judged]) -> list[OverrideRecord]:
    """One line for each direction, in a fixed order."""
    found = list(judged)
    lines = []
    for direction in ("raised", "lowered", "kept"):
        own = [one for one in found if direction_of(one.band, one.model_band) == direction]
        lines.append(
            OverrideRecord(
                direction, len(own), sum(one.exported for one in own), sum(one.model_p90 for one in own)
            )
        )
    return lines
