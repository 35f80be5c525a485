"""Roads from an OSRM- or Valhalla-compatible router, kept by place so that nothing is asked twice.

Both have a table service: seconds and metres from each of some places to each of others. What a table leaves
open (an island without a bridge) comes from the local road model, and so does the part of a crossing of the
Irish Sea that is not driving, which no router tells.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from collection.rules.routing.matrices import is_on_ireland, road_matrices
from collection.rules.routing.problem import IntArray, Matrices
from collection.rules.routing.roads import RoadsUnavailableError

KEPT_S = 30 * 86_400
PLACES = 5  # decimals of a degree: a metre
Place = tuple[float, float]
Table = tuple[list[list[float | None]], list[list[float | None]]]
"""Metres and seconds, from (rows) to (columns); None where there is no way."""


class RoadRouter:
    """A router at `url`. `profiles` names its profile or costing for each of ours."""

    def __init__(
        self, kind: str, url: str, profiles: Mapping[str, str], *, most_places: int, timeout_s: float
    ) -> None:
        self.name = f"{kind.upper() if kind == 'osrm' else kind.capitalize()} router"
        self._kind, self._url, self._profiles = kind, url.rstrip("/"), profiles
        self._ask: Callable[[Sequence[Place], Sequence[Place], str], Table] = (
            self._osrm if kind == "osrm" else self._valhalla
        )
        self._half, self._timeout_s = max(most_places // 2, 1), timeout_s

    def between(self, lats: Sequence[float], lons: Sequence[float], profile: str) -> Matrices:
        """Matrices over the places, from what is kept and, for what is not, from the router."""
        places = [(round(float(a), PLACES), round(float(b), PLACES)) for a, b in zip(lats, lons, strict=True)]
        unique = list(dict.fromkeys(places))
        known = self._kept(unique, profile)
        missing = [origin for origin in unique if any(place not in known.get(origin, {}) for place in unique)]
        if missing:
            self._fetch(missing, unique, profile, known)
        row_of = {place: row for row, place in enumerate(unique)}
        rows = np.array([row_of[place] for place in places], dtype=np.int64)
        table = np.array([[known[a][b] for b in unique] for a in unique], dtype=float).reshape(
            len(unique), len(unique), 2
        )
        return _matrices(table[np.ix_(rows, rows)], lats, lons, profile)

    def _fetch(
        self,
        missing: Sequence[Place],
        places: Sequence[Place],
        profile: str,
        known: dict[Place, dict[Place, tuple[float, float]]],
    ) -> None:
        for first in range(0, len(missing), self._half):
            origins = missing[first : first + self._half]
            for second in range(0, len(places), self._half):
                goals = places[second : second + self._half]
                metres, seconds = self._ask(origins, goals, self._profiles.get(profile, profile))
                for origin, row_m, row_s in zip(origins, metres, seconds, strict=True):
                    legs = {
                        goal: (
                            np.nan if m is None else float(m),
                            np.nan if s is None else float(s),
                        )
                        for goal, m, s in zip(goals, row_m, row_s, strict=True)
                    }
                    known.setdefault(origin, {}).update(legs)
        cache.set_many({self._key(origin, profile): known[origin] for origin in missing}, KEPT_S)

    def _kept(self, places: Sequence[Place], profile: str) -> dict[Place, dict[Place, tuple[float, float]]]:
        found = cache.get_many([self._key(place, profile) for place in places])
        return {place: dict(found[key]) for place in places if (key := self._key(place, profile)) in found}

    def _key(self, place: Place, profile: str) -> str:
        return f"road:{self._kind}:{profile}:{place[0]}:{place[1]}"

    def _osrm(self, origins: Sequence[Place], goals: Sequence[Place], profile: str) -> Table:
        points = ";".join(f"{lon},{lat}" for lat, lon in (*origins, *goals))
        sources = ";".join(map(str, range(len(origins))))
        targets = ";".join(str(len(origins) + i) for i in range(len(goals)))
        answer = self._json(
            f"{self._url}/table/v1/{profile}/{points}"
            f"?annotations=distance,duration&sources={sources}&destinations={targets}"
        )
        if answer.get("code") != "Ok":
            raise RoadsUnavailableError(f"answered {answer.get('code')}")
        return self._checked(answer.get("distances"), answer.get("durations"), len(origins), len(goals))

    def _valhalla(self, origins: Sequence[Place], goals: Sequence[Place], costing: str) -> Table:
        body = {
            "sources": [{"lat": lat, "lon": lon} for lat, lon in origins],
            "targets": [{"lat": lat, "lon": lon} for lat, lon in goals],
            "costing": costing,
            "units": "kilometers",
        }
        rows = self._json(f"{self._url}/sources_to_targets", body).get("sources_to_targets")
        if not isinstance(rows, list):
            raise RoadsUnavailableError("answered without a table")
        metres = [[_times(leg.get("distance"), 1000) for leg in row] for row in rows]
        seconds = [[leg.get("time") for leg in row] for row in rows]
        return self._checked(metres, seconds, len(origins), len(goals))

    def _checked(self, metres: Any, seconds: Any, rows: int, columns: int) -> Table:
        for table in (metres, seconds):
            if not isinstance(table, list) or [len(row) for row in table] != [columns] * rows:
                raise RoadsUnavailableError("answered a table of the wrong shape")
        return metres, seconds

    def _json(self, url: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:
                found = json.load(answer)
        except urllib.error.HTTPError as refused:
            raise RoadsUnavailableError(f"answered {refused.code}") from refused
        except (OSError, http.client.HTTPException) as silent:
            raise RoadsUnavailableError("did not answer") from silent
        except ValueError as garbled:
            raise RoadsUnavailableError("answered something that is not JSON") from garbled
        if not isinstance(found, dict):
            raise RoadsUnavailableError("answered something else than a table")
        return found


def configured_router() -> RoadRouter | None:
    """The router the settings name, None where they name none."""
    if not settings.ROAD_ROUTER_URL:
        return None
    if not settings.ROAD_ROUTER_URL.startswith(("http://", "https://")):
        raise ImproperlyConfigured(
            f"ROAD_ROUTER_URL must begin with http:// or https://, not '{settings.ROAD_ROUTER_URL}'."
        )
    return RoadRouter(
        settings.ROAD_ROUTER_KIND,
        settings.ROAD_ROUTER_URL,
        settings.ROAD_ROUTER_PROFILES,
        most_places=settings.ROAD_ROUTER_MOST_PLACES,
        timeout_s=settings.ROAD_ROUTER_TIMEOUT_S,
    )


def _matrices(table: np.ndarray, lats: Sequence[float], lons: Sequence[float], profile: str) -> Matrices:
    local = road_matrices(lats, lons, profile)
    metres = _filled(table[:, :, 0], local.distance_m)
    seconds = _filled(table[:, :, 1], local.duration_s)
    irish = is_on_ireland(np.asarray(lats, dtype=float), np.asarray(lons, dtype=float))
    crosses = irish[:, None] != irish[None, :]
    resting = np.where(crosses, np.minimum(local.not_driving_s, seconds), 0)
    return Matrices(metres, seconds, resting)


def _filled(values: np.ndarray, local: IntArray) -> IntArray:
    filled = np.where(np.isnan(values), local, np.rint(np.nan_to_num(values))).astype(np.int64)
    np.fill_diagonal(filled, 0)
    return filled


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
