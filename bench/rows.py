"""What one line of `make bench` says: a figure of ours beside a named peer and a named limit of the same run."""

import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Seconds of ours, of the peer and of the limit in one run; None where there is no such thing.

    `reach_peer` and `reach_limit` are what is aimed at: at least so many times the peer's speed, at most so
    many times the limit's time. `facts` are counts, which are trusted more than any ratio.
    """

    name: str
    ours_seconds: float
    peer: str = ""
    peer_seconds: float | None = None
    limit: str = ""
    limit_seconds: float | None = None
    reach_peer: float | None = None
    reach_limit: float | None = None
    facts: dict[str, Any] | None = None

    @property
    def times_peer(self) -> float | None:
        return self.peer_seconds / self.ours_seconds if self.peer_seconds is not None else None

    @property
    def times_limit(self) -> float | None:
        return self.ours_seconds / self.limit_seconds if self.limit_seconds else None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {
            "times_faster_than_peer": _short(self.times_peer),
            "times_the_limit": _short(self.times_limit),
            "meets_reach": self.meets_reach,
        }

    @property
    def meets_reach(self) -> bool | None:
        met = []
        if self.reach_peer is not None and self.times_peer is not None:
            met.append(self.times_peer >= self.reach_peer)
        if self.reach_limit is not None and self.times_limit is not None:
            met.append(self.times_limit <= self.reach_limit)
        return all(met) if met else None


def _short(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.3g}")


def seconds(work: Callable[[], Any], *, times: int = 1) -> float:
    """The median of `times` runs."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def peak_megabytes(work: Callable[[], Any]) -> float:
    """The most Python memory a piece of work held at once, above what was there before."""
    tracemalloc.start()
    try:
        work()
        return round(tracemalloc.get_traced_memory()[1] / 1e6, 1)
    finally:
        tracemalloc.stop()
