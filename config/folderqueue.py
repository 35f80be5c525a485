"""The embedded broker: kombu's file-system transport, with whole messages that survive a killed worker.

kombu writes a message under its final name, so a reader can meet half of it (one in 12,000 in our trial),
passes taken messages through the system's temporary folder, and forgets them when the worker is killed.
Here a message appears by renaming a finished file, is taken by renaming it into a private folder, and
leaves that folder when it is acknowledged; a starting worker gives back what it finds there. One folder
serves one worker process (docs/decisions/embedded-broker.md).
"""

import json
import os
import time
import uuid
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem, virtual

SCHEME = "folder"


class QoS(virtual.QoS):
    """Keeps the file of a taken message until it is acknowledged or put back."""

    channel: "Channel"

    def ack(self, delivery_tag: str) -> None:
        super().ack(delivery_tag)
        self.channel.forget(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        super().reject(delivery_tag, requeue=requeue)
        self.channel.forget(delivery_tag)


class Channel(filesystem.Channel):
    QoS = QoS
    # A closing channel leaves unfinished messages in the private folder; the next worker gives them back.
    do_restore = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seen: dict[str, deque[str]] = {}
        self._taken: dict[str, Path] = {}

    # kombu's own classes do not agree on the name of the second argument.
    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        folder = Path(self.data_folder_out)
        unfinished = folder / f".{name}"
        unfinished.write_text(json.dumps(payload), encoding="utf-8")
        unfinished.rename(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        """The oldest message of the queue that no other reader took first."""
        waiting = self._seen.get(queue) or self._look(queue)
        while waiting:
            name = waiting.popleft()
            taken = Path(self.processed_folder) / name
            try:
                (Path(self.data_folder_in) / name).rename(taken)
            except FileNotFoundError:
                continue
            payload: dict[str, Any] = json.loads(taken.read_bytes())
            self._taken[payload["properties"]["delivery_tag"]] = taken
            return payload
        raise Empty

    def forget(self, delivery_tag: str) -> None:
        """The message is dealt with: its file goes."""
        taken = self._taken.pop(delivery_tag, None)
        if taken:
            taken.unlink(missing_ok=True)

    def _look(self, queue: str) -> deque[str]:
        """List the folder once and remember it: a long queue is not listed again for each message."""
        ending = f".{queue}.msg"
        names = sorted(
            entry.name
            for entry in os.scandir(self.data_folder_in)
            if entry.name.endswith(ending) and not entry.name.startswith(".")
        )
        self._seen[queue] = deque(names)
        return self._seen[queue]


class Transport(filesystem.Transport):
    Channel = Channel


def give_back(options: dict[str, Any]) -> int:
    """Put back every message a killed worker had taken; how many there were. Call before taking any."""
    messages, taken = Path(options["data_folder_in"]), list(Path(options["processed_folder"]).glob("*.msg"))
    for file in taken:
        file.rename(messages / file.name)
    return len(taken)


TRANSPORT_ALIASES[SCHEME] = "config.folderqueue:Transport"
