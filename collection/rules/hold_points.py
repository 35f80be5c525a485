"""The five hold points of defence material: each recorded with its evidence before a pickup may be booked.

What counts as evidence and who issues it: domain notes on UK defence disposal (2026). The rule has one home:
`is_collectable` for a lot in hand, the same condition in `LotQuerySet.collectable` for many, and a database
constraint under both.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class HoldPoint(StrEnum):
    """The hold points, in the order in which they are usually cleared."""

    EXPLOSIVES = "explosives"
    DEMILITARISED = "demilitarised"
    CLASSIFICATION = "classification"
    EXPORT_RATING = "export_rating"
    DISPOSAL_AUTHORITY = "disposal_authority"


@dataclass(frozen=True, slots=True)
class HoldWords:
    """How a hold point is asked for: its name, what evidence is, an example of a reference."""

    name: str
    evidence: str
    example: str


HOLD_WORDS: dict[HoldPoint, HoldWords] = {
    HoldPoint.EXPLOSIVES: HoldWords(
        "Free from explosives",
        "Number of the free-from-explosive certificate",
        "FFE 26/0147",
    ),
    HoldPoint.DEMILITARISED: HoldWords(
        "Demilitarised",
        "Number of the demilitarisation certificate, and the method it states",
        "DEMIL 3381, housings cut in two",
    ),
    HoldPoint.CLASSIFICATION: HoldWords(
        "Security classification removed, or a cleared handler named",
        "Reference of the declassification, or name and clearance of the handler",
        "Declassified by letter of 3 March 2026",
    ),
    HoldPoint.EXPORT_RATING: HoldWords(
        "Export-control rating",
        "UK Military List entry, dual-use, ITAR or EAR, or “not rated” with who decided",
        "ML10.a",
    ),
    HoldPoint.DISPOSAL_AUTHORITY: HoldWords(
        "Disposal authority",
        "Reference under which the sales authority or prime contractor releases it",
        "DA/2026/118",
    ),
}

LONGEST_EVIDENCE = 300
LONGEST_NAME = 120


def open_points(recorded: Collection[str]) -> list[HoldPoint]:
    """The hold points still without evidence, in order."""
    return [point for point in HoldPoint if point not in recorded]


def is_collectable(*, is_defence: bool, holds_cleared: bool) -> bool:
    """Whether a lot's hold points allow a pickup; only defence lots have any."""
    return not is_defence or holds_cleared
