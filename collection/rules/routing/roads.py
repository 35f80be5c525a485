"""Where the road between places comes from: the local model, or a router that the installation names.

Rules open no connections. Whoever starts the program may put a source here (`use_roads`); everything that
plans asks `roads_between`, which falls back to the local model and says which of the two answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from collection.rules.routing.matrices import LOCAL_MODEL, road_matrices
from collection.rules.routing.problem import Matrices


@dataclass(frozen=True, slots=True)
class Roads:
    """Matrices over some places, and where they come from, in words."""

    matrices: Matrices
    source: str


class RoadSource(Protocol):
    """A router. Raises RoadsUnavailableError when it cannot answer for all the places."""

    name: str

    def between(self, lats: Sequence[float], lons: Sequence[float], profile: str) -> Matrices: ...


class RoadsUnavailableError(Exception):
    """The router cannot be had; the message says why, for the plan's mark."""


_in_use: list[RoadSource] = []


def use_roads(source: RoadSource | None) -> None:
    """From here on take roads from `source`; None: from the local model."""
    _in_use[:] = [] if source is None else [source]


def roads_between(lats: Sequence[float], lons: Sequence[float], profile: str) -> Roads:
    """Distances, durations and not-driving times between all pairs, from the best source there is."""
    if not _in_use:
        return Roads(road_matrices(lats, lons, profile), LOCAL_MODEL)
    source = _in_use[0]
    try:
        return Roads(source.between(lats, lons, profile), source.name)
    except RoadsUnavailableError as reason:
        return Roads(road_matrices(lats, lons, profile), f"{LOCAL_MODEL} ({source.name}: {reason})")
