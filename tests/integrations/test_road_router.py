"""Roads from a router over real HTTP: asked once, in tables it can stand, and done without when it is silent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from collection.integrations.road_router import RoadRouter, configured_router
from collection.rules.planning.brief import build_brief
from collection.rules.planning.interpretation import answer_of
from collection.rules.routing import LOCAL_MODEL, road_matrices, solve
from collection.rules.routing.roads import RoadsUnavailableError, roads_between, use_roads
from tests.pickups.test_rules import LOT, PLANT, VAN, WEEK

LATS, LONS = [52.45, 52.60, 53.20, 54.60], [-1.93, -1.60, -2.90, -5.93]  # the last one is Belfast


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return round(abs(a[0] - b[0]) * 100_000 + abs(a[1] - b[1]) * 60_000, 1)


class Router(BaseHTTPRequestHandler):
    """Answers as OSRM's and Valhalla's table services do: 20 m/s, no way to or from the 53.20 place."""

    asked: list[str] = []
    broken = ""

    def answer(self, body: dict[str, Any]) -> None:
        data = b"<html>" if self.broken == "garbled" else json.dumps(body).encode()
        self.send_response(503 if self.broken == "busy" else 200)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        address = urlsplit(self.path)
        assert address.path.startswith("/table/v1/driving/")
        points = [tuple(map(float, p.split(",")))[::-1] for p in address.path.rsplit("/", 1)[1].split(";")]
        query = parse_qs(address.query)
        assert query["annotations"] == ["distance,duration"]
        origins, goals = (
            [points[int(i)] for i in query[name][0].split(";")] for name in ("sources", "destinations")
        )
        table = [[None if 53.2 in (a[0], b[0]) and a != b else metres(a, b) for b in goals] for a in origins]
        times = [[None if m is None else m / 20 for m in row] for row in table]
        shape = table[:-1] if self.broken == "short" else table
        self.answer({"code": "Ok", "distances": shape, "durations": times})

    def do_POST(self) -> None:
        self.asked.append(self.path)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/sources_to_targets"
        assert body["costing"] == "auto"
        origins, goals = ([(p["lat"], p["lon"]) for p in body[name]] for name in ("sources", "targets"))
        rows = [
            [{"distance": metres(a, b) / 1000, "time": metres(a, b) / 20} for b in goals] for a in origins
        ]
        self.answer({"sources_to_targets": rows})

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Router.asked, Router.broken = [], ""
    cache.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Router)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    use_roads(None)


def router(address: str, kind: str = "osrm", most_places: int = 100) -> RoadRouter:
    profiles = {"van": "driving" if kind == "osrm" else "auto"}
    return RoadRouter(kind, address, profiles, most_places=most_places, timeout_s=5)


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_legs_are_the_router_s_where_it_knows_a_way(address: str, kind: str) -> None:
    found = router(address, kind).between(LATS, LONS, "van")
    expected = metres((LATS[0], LONS[0]), (LATS[1], LONS[1]))
    assert found.distance_m[0, 1] == round(expected)
    assert found.duration_s[0, 1] == round(expected / 20)
    assert (np.diag(found.distance_m) == 0).all()


def test_a_leg_the_router_does_not_know_is_the_local_model_s(address: str) -> None:
    found, local = router(address).between(LATS, LONS, "van"), road_matrices(LATS, LONS, "van")
    assert found.distance_m[0, 2] == local.distance_m[0, 2]
    assert found.distance_m[0, 1] != local.distance_m[0, 1]


def test_crossing_the_irish_sea_is_not_all_driving(address: str) -> None:
    found = router(address).between(LATS, LONS, "van")
    assert 0 < found.not_driving_s[0, 3] <= found.duration_s[0, 3]
    assert found.not_driving_s[0, 1] == 0


def test_nothing_is_asked_twice_and_a_new_place_only_for_itself(address: str) -> None:
    router(address).between(LATS[:2], LONS[:2], "van")
    first = len(Router.asked)
    again = router(address).between(LATS[:2], LONS[:2], "van")
    assert len(Router.asked) == first
    assert again.distance_m[0, 1] > 0
    router(address).between(LATS, LONS, "van")
    assert len(Router.asked) > first


def test_large_tables_are_asked_in_parts_the_router_can_stand(address: str) -> None:
    whole = router(address).between(LATS, LONS, "van")
    cache.clear()
    Router.asked.clear()
    parts = router(address, most_places=4).between(LATS, LONS, "van")
    assert len(Router.asked) == 4
    assert (parts.distance_m == whole.distance_m).all()


@pytest.mark.parametrize(
    ("broken", "says"), [("busy", "answered 503"), ("garbled", "not JSON"), ("short", "wrong shape")]
)
def test_a_router_that_fails_is_named_and_the_local_model_used(address: str, broken: str, says: str) -> None:
    use_roads(router(address))
    Router.broken = broken
    found = roads_between(LATS, LONS, "van")
    assert (found.matrices.distance_m == road_matrices(LATS, LONS, "van").distance_m).all()
    assert found.source.startswith(LOCAL_MODEL)
    assert says in found.source


def test_nobody_at_the_address() -> None:
    cache.clear()
    with pytest.raises(RoadsUnavailableError, match="did not answer"):
        router("http://127.0.0.1:9").between(LATS, LONS, "van")


def test_every_plan_is_marked_with_where_its_roads_come_from(address: str) -> None:
    brief = build_brief([LOT], [VAN], PLANT, WEEK)
    assert answer_of(brief, solve(brief.problem, seconds=2, iterations=50)).roads == LOCAL_MODEL
    use_roads(router(address))
    brief = build_brief([LOT], [VAN], PLANT, WEEK)
    answer = answer_of(brief, solve(brief.problem, seconds=2, iterations=50))
    assert answer.roads == "OSRM router"
    way = 2 * metres((PLANT.lat, PLANT.lon), (LOT.lat, LOT.lon))
    assert [each.distance_metres for each in answer.rounds] == [pytest.approx(way, abs=2)]


def test_the_settings_choose_the_router(settings: Any) -> None:
    assert configured_router() is None
    settings.ROAD_ROUTER_URL = "file:///etc/passwd"
    with pytest.raises(ImproperlyConfigured, match="http"):
        configured_router()
    settings.ROAD_ROUTER_URL = "http://router"
    found = configured_router()
    assert found is not None
    assert found.name == "OSRM router"
