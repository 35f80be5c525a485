"""How the engine is tuned to the shape of a problem; the evidence is in docs/decisions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from collection.rules.routing.model import SearchModel
from collection.rules.routing.search import Settings


@dataclass(frozen=True)
class Tuning:
    search: Settings = field(default_factory=Settings)
    other: Settings | None = None  # the second local search's, where they differ
    hopes: tuple[float, ...] = ()  # of local search, the second, parts, everything: turns by what each gains
    first_shares: tuple[float, ...] = (0.03,)  # of the budget, for the first stretches of local search
    turn_share: float = 0.03
    longest_turn: float = 2.0  # seconds
    turn_iterations: int = 300
    per_last: tuple[int, int] = (4, 48)  # beginnings kept by pricing: at first, at most
    first_pricings: int = 8  # before the first plan is put together from the relaxation
    pricings: int = 8
    dives: bool = True  # the first plan from the relaxation, before parts are reopened
    few: int = 15  # new rounds not worth another pricing
    most_found: int = 80
    most_columns: int = 800
    choosing_seconds: float = 1.5
    wanders: bool = True  # a second local search begins from a plan of its own, not from the best
    begins_anywhere: bool = False  # the first local search: rather than from the greedy plan
    reopenings: int = 40
    reopened: tuple[int, int] = (3, 6)
    nearest: int = 150  # stops left out that are looked at when a part is reopened
    most_rounds: int = 20_000
    most_relaxed: int = 20_000  # rounds relaxed at once when the whole is
    slowest_start: float = 0.002  # seconds a stop that local search may need before its first plan
    most_bounded: int = 150  # stops; with more, the time is better spent on the plan


MANY_STOPS = 450
BY_PARTS = Tuning(
    first_shares=(0.06,),
    turn_share=0.02,
    longest_turn=6.0,
    per_last=(4, 12),
    first_pricings=1,
    pricings=3,
    most_relaxed=6_000,
    search=Settings(collect_every=4),
    reopenings=80,
    reopened=(4, 8),
    slowest_start=0.0045,
    wanders=False,
)
LONG_STRETCHES = Tuning(
    first_shares=(0.02,),
    turn_share=0.15,
    longest_turn=60.0,
    turn_iterations=1000,
    first_pricings=0,
    pricings=0,
    dives=False,
    reopenings=0,
    wanders=False,
    begins_anywhere=True,
    most_columns=2000,
)
PYVRP_DEFAULTS = Settings(
    penalty_low=0.1,
    penalty_high=100_000.0,
    load_penalty=50_000.0,
    time_penalty=50_000.0,
    update_every=500,
    patience=150_000,
    collect_every=8,
    collect_within=1.01,
)
HALF = 0.5
# What differs where most stops are required: local search and reopened parts, whichever gains more.
LITTLE_CHOICE: dict[str, Any] = {
    "search": replace(PYVRP_DEFAULTS, collect_every=1, collect_within=10.0),
    "first_shares": (0.015,),
    "hopes": (20_000.0, 0.2, 10_000.0, 0.02),
    "turn_share": 0.08,
    "longest_turn": 30.0,
    "begins_anywhere": True,
    "pricings": 3,
    "most_relaxed": 6_000,
    "reopenings": 8,
}


def tuning_for(model: SearchModel) -> Tuning:
    """The tuning for a problem of this shape.

    With a mixed fleet or stops to choose from, column generation does best, part by part when there are many
    stops; where most are required, local search and reopened parts take turns by what each gains. With one type
    of vehicle and every stop required (the literature's problems) long stretches of local search do: with
    PyVRP's own settings, and a second search that wanders, where windows bind; where only load does, with low
    penalties, soon adjusted, and with PyVRP's own in turn.
    """
    if not model.required.all() or len(model.count) > 1:
        mixed = BY_PARTS if len(model.prize) > MANY_STOPS else Tuning()
        is_bound = model.required.sum() > HALF * len(model.required)
        return replace(mixed, **LITTLE_CHOICE) if is_bound else mixed
    if _has_windows(model):
        return replace(LONG_STRETCHES, search=PYVRP_DEFAULTS, wanders=True)
    # Low ones find a plan with fewer rounds, the high ones then converge.
    gentle = replace(PYVRP_DEFAULTS, load_penalty=10.0, time_penalty=10.0, update_every=100)
    in_turn: dict[str, Any] = {"first_shares": (0.25,), "turn_share": 0.25}
    return replace(LONG_STRETCHES, search=gentle, other=PYVRP_DEFAULTS, **in_turn)


def _has_windows(model: SearchModel) -> bool:
    opens, closes = model.option_window.T
    return bool((opens > model.hours[0, 0]).any() or (closes < model.hours[0, 1]).any())
