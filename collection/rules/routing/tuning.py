"""How the engine is tuned to the shape of a problem; the evidence is in docs/decisions."""

from __future__ import annotations

from dataclasses import dataclass, field

from collection.rules.routing.model import SearchModel
from collection.rules.routing.search import Settings


@dataclass(frozen=True)
class Tuning:
    search: Settings = field(default_factory=Settings)
    first_share: float = 0.03  # of the budget, for the first local search
    turn_share: float = 0.03
    longest_turn: float = 2.0  # seconds
    turn_iterations: int = 300
    per_last: tuple[int, int] = (4, 48)  # beginnings kept by pricing: at first, at most
    pricings: int = 8
    few: int = 15  # new rounds not worth another pricing
    most_found: int = 80
    most_columns: int = 800
    choosing_seconds: float = 2.5
    reopenings: int = 6
    reopened: tuple[int, int] = (4, 8)
    most_rounds: int = 20_000


def tuning_for(model: SearchModel) -> Tuning:
    """The tuning for a problem of this shape."""
    return Tuning()
