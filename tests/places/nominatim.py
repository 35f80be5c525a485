"""A geocoder on this machine: a real HTTP server that answers in Nominatim's words what a test told it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Geocoder:
    """`answers` is what is known: words → point and box; `asked` what it was asked for; `status` its mood."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[float, float, float]] = {}
        self.asked: list[str] = []
        self.agents: list[str] = []
        self.status = 200
        self.url = ""

    def knows(self, words: str, lat: float, lon: float, *, half_km: float = 0.1) -> None:
        self.answers[words] = (lat, lon, half_km)

    def answer(self, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        words = query["q"][0]
        self.asked.append(words)
        assert query["format"] == ["json"]
        assert query["countrycodes"] == ["gb"]
        if words not in self.answers:
            return []
        lat, lon, half_km = self.answers[words]
        # Half the diagonal of a box of equal sides in km.
        north, east = half_km / 111.2 / 2**0.5, half_km / 62.4 / 2**0.5
        return [
            {
                "place_id": 1,
                "licence": "Data © OpenStreetMap contributors, ODbL 1.0.",
                "osm_type": "way",
                "lat": f"{lat:.7f}",
                "lon": f"{lon:.7f}",
                "class": "building",
                "type": "industrial",
                "importance": 0.1,
                "display_name": words,
                "boundingbox": [f"{one:.7f}" for one in (lat - north, lat + north, lon - east, lon + east)],
            }
        ]


@contextmanager
def running() -> Iterator[Geocoder]:
    geocoder = Geocoder()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            geocoder.agents.append(self.headers["User-Agent"])
            body = json.dumps(geocoder.answer(parse_qs(urlsplit(self.path).query))).encode()
            self.send_response(geocoder.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    geocoder.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield geocoder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
