"""The values that components are drawn from. Views build them; templates draw them with the kit's tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["neutral", "brand", "good", "caution", "bad"]
"""What a colour says. The words always say it too."""


@dataclass(frozen=True)
class Link:
    """Somewhere to go. `context` is read out after the label ("Change weight"), never shown."""

    label: str
    href: str
    context: str = ""


@dataclass(frozen=True)
class NavigationItem:
    """`current` is "page" on the page itself and "true" anywhere below it."""

    label: str
    href: str
    current: Literal["", "page", "true"] = ""


@dataclass(frozen=True)
class SummaryRow:
    """One line of a summary list. `value` may be several lines."""

    key: str
    value: str | Sequence[str]
    actions: Sequence[Link] = ()

    @property
    def lines(self) -> Sequence[str]:
        return [self.value] if isinstance(self.value, str) else self.value


@dataclass(frozen=True)
class Tile:
    """What waits on a home page: a number, what it counts, and where to deal with it."""

    count: int | str
    label: str
    href: str = ""
    note: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Task:
    """One step of a task list. Without `href` the step cannot be started yet; `status` says why."""

    label: str
    status: str
    href: str = ""
    hint: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Contribution:
    """One reason behind a score, in points; negative points speak for a lower score."""

    label: str
    points: float
    explanation: str = ""


@dataclass(frozen=True)
class ContributionBar:
    """A contribution with its bar, in hundredths of the widest reach on either side of zero."""

    contribution: Contribution
    start: float
    width: float

    @property
    def points_text(self) -> str:
        return f"{self.contribution.points:+.1f}".replace("-", "−")

    @property
    def tone(self) -> str:
        return "raises" if self.contribution.points > 0 else "lowers"


@dataclass(frozen=True)
class RangeFigure:
    """A low–central–high estimate on a bar from zero to `most`.

    All four in one unit, 0 ≤ low ≤ central ≤ high ≤ most; the texts are how each is written.
    """

    low: float
    central: float
    high: float
    most: float
    texts: tuple[str, str, str]
    label: str = ""
    method: str = field(default="")

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.central <= self.high <= self.most:
            raise ValueError(f"not 0 ≤ {self.low} ≤ {self.central} ≤ {self.high} ≤ {self.most}")

    def position(self, amount: float) -> float:
        return round(100 * amount / self.most, 2) if self.most else 0.0

    @property
    def marks(self) -> dict[str, float]:
        low, central, high = (self.position(amount) for amount in (self.low, self.central, self.high))
        return {"low": low, "central": central, "high": high, "width": round(max(high - low, 0.5), 2)}


def contribution_bars(contributions: Sequence[Contribution]) -> list[ContributionBar]:
    """Bars on one scale with zero where the longest lowering and raising bars both fit."""
    raising = max((c.points for c in contributions if c.points > 0), default=0.0)
    lowering = max((-c.points for c in contributions if c.points < 0), default=0.0)
    span = (raising + lowering) or 1.0
    zero = 100 * lowering / span
    return [
        ContributionBar(
            contribution,
            start=round(zero + 100 * min(contribution.points, 0) / span, 2),
            width=round(max(100 * abs(contribution.points) / span, 0.6), 2),
        )
        for contribution in contributions
    ]
