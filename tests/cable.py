"""A network cable between a browser and the live server that can really be cut: in the middle of a request, or
after the server has done its work and before the answer arrives."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

CHUNK = 65_536


@dataclass
class _Wire:
    """One connection: the browser's end and the server's."""

    near: socket.socket
    far: socket.socket
    swallows: bool = False

    def close(self) -> None:
        for end in (self.near, self.far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@dataclass
class Cable:
    """`url` is where the browser goes. Requests are told apart by a part of their first line."""

    server: str
    url: str = ""
    is_cut: bool = False
    seen: list[str] = field(default_factory=list)
    _cut_within: bytes = b""
    _cut_answer_to: bytes = b""
    _wires: list[_Wire] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def start(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self.cut()
        self._listening.close()

    def cut(self) -> None:
        """No signal: what is under way breaks off, and nothing new is answered."""
        with self._lock:
            self.is_cut = True
            for wire in self._wires:
                wire.close()
            self._wires.clear()

    def mend(self) -> None:
        self.is_cut = False

    def cut_within(self, request: str) -> None:
        """Cut when the first part of such a request has passed: "POST /queue/lots/"."""
        self._cut_within = request.encode()

    def cut_before_answer(self, request: str) -> None:
        """Cut when the server has answered such a request and before the answer passes."""
        self._cut_answer_to = request.encode()

    def wait_until_cut(self, page: Page) -> None:
        """Let the browser go on until the cut that was asked for has happened."""
        until = time.monotonic() + 20
        while not self.is_cut:
            assert time.monotonic() < until, "no such request passed"
            page.wait_for_timeout(20)

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        """Lay a wire to the server, unless the cable is cut; then the browser is told at once."""
        where = urlsplit(self.server)
        with self._lock:
            if not self.is_cut:
                with contextlib.suppress(OSError):
                    wire = _Wire(near, socket.create_connection((where.hostname or "", where.port or 0)))
                    self._wires.append(wire)
                    threading.Thread(target=self._to_browser, args=(wire,), daemon=True).start()
                    threading.Thread(target=self._to_server, args=(wire,), daemon=True).start()
                    return
        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        near.close()

    def _to_server(self, wire: _Wire) -> None:
        for data in _received(wire.near):
            if data.startswith((b"GET ", b"POST ")):
                self.seen.append(data.split(b" HTTP", 1)[0].decode())
            if self._cut_within and self._cut_within in data:
                self._cut_within = b""
                # Enough for the server to know the request, not enough to act on it.
                with contextlib.suppress(OSError):
                    wire.far.sendall(data[: data.index(b"\r\n\r\n") + 5])
                self.cut()
                return
            if self._cut_answer_to and self._cut_answer_to in data:
                self._cut_answer_to, wire.swallows = b"", True
            try:
                wire.far.sendall(data)
            except OSError:
                break
        wire.close()

    def _to_browser(self, wire: _Wire) -> None:
        for data in _received(wire.far):
            if wire.swallows:
                self.cut()
                return
            try:
                wire.near.sendall(data)
            except OSError:
                break
        wire.close()


def _received(end: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            data = end.recv(CHUNK)
        except OSError:
            return
        if not data:
            return
        yield data


@pytest.fixture
def cable(live_server: LiveServer) -> Iterator[Cable]:
    made = Cable(live_server.url)
    made.start()
    yield made
    made.stop()
