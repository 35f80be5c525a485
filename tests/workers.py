"""A real Celery worker process on the tests' own database and broker.

``real_worker`` is for tests that commit (``transactional_db``). While it lives, tasks are sent for real
instead of being run where they are sent. It may be killed and started again, as in life.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from config.celery import app

ROOT = Path(__file__).resolve().parent.parent


def database_url() -> str:
    """Where the tests' own database is, as another process needs it."""
    current = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(str(current['NAME']))}"
    who = quote(current["USER"] or "") + (
        f":{quote(current['PASSWORD'], safe='')}" if current["PASSWORD"] else ""
    )
    where = current["HOST"] + (f":{current['PORT']}" if current["PORT"] else "")
    return f"postgres://{who}@{where}/{quote(current['NAME'])}"


class Worker:
    """One worker process. ``log`` holds everything it said."""

    def __init__(self, log: Path, *options: str) -> None:
        self.log = log
        self.options = options
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until it takes tasks."""
        ready_before = self._times_ready()
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker"]
        command += ["--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *(self.options or ("--pool", "threads", "--concurrency", "2"))],
                cwd=ROOT,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "config.settings",
                    "DATABASE_URL": database_url(),
                    "PYTHONWARNINGS": "ignore",
                },
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_until(lambda: self._times_ready() > ready_before)

    def _times_ready(self) -> int:
        return self.log.read_text().count(" ready.") if self.log.exists() else 0

    def wait_until(self, holds: Callable[[], bool], within_seconds: float = 60.0) -> None:
        """Wait for something the worker brings about; fail with its log when it does not."""
        give_up_at = time.monotonic() + within_seconds
        while not holds():
            if time.monotonic() > give_up_at:
                pytest.fail(f"Not within {within_seconds} s. The worker said:\n{self.log.read_text()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """As the kernel does when memory runs out: no warning, no last words."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
            self.process.wait(timeout=5)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


@contextmanager
def celery_setting(name: str, value: object) -> Iterator[None]:
    """One setting of the Celery application changed for a while; `monkeypatch` cannot put these back."""
    before = getattr(app.conf, name)
    setattr(app.conf, name, value)
    try:
        yield
    finally:
        setattr(app.conf, name, before)


@pytest.fixture
def sent_for_real() -> Iterator[None]:
    """Tasks go to the broker instead of being run where they are sent."""
    with celery_setting("task_always_eager", False):
        yield


@pytest.fixture
def real_worker(transactional_db: None, sent_for_real: None, tmp_path: Path) -> Iterator[Worker]:
    """A started worker, gone again when the test ends, and its queue emptied."""
    worker = Worker(tmp_path / "worker.log")
    try:
        worker.start()
        yield worker
    finally:
        worker.kill()
        with app.connection_for_write() as broker:
            broker.default_channel.queue_purge(settings.CELERY_TASK_DEFAULT_QUEUE)
