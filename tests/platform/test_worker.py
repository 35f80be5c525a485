"""A real worker runs what was sent, before and after it was killed, and a dead broker stops nobody."""

import os
import subprocess
import sys
import time

import pytest
from django.core.cache import cache

from config.celery import BEAT_KEY, heartbeat
from tests.workers import ROOT


@pytest.mark.processes
def test_what_is_sent_to_a_real_worker_is_done_within_a_second(real_worker):
    cache.delete(BEAT_KEY)
    heartbeat.delay()
    real_worker.wait_until(lambda: cache.get(BEAT_KEY) is not None, within_seconds=1)


@pytest.mark.processes
def test_what_was_sent_while_no_worker_lived_is_done_when_one_starts_again(real_worker):
    real_worker.kill()
    cache.delete(BEAT_KEY)
    heartbeat.delay()
    time.sleep(0.3)
    assert cache.get(BEAT_KEY) is None
    real_worker.start()
    real_worker.wait_until(lambda: cache.get(BEAT_KEY) is not None, within_seconds=10)


SEND_TO_A_DEAD_BROKER = """
import time, django
django.setup()
from kombu.exceptions import OperationalError
from config.celery import heartbeat
for _ in range(2):
    started = time.monotonic()
    try:
        heartbeat.apply_async()
    except OperationalError:
        print(time.monotonic() - started)
"""


@pytest.mark.processes
def test_sending_to_a_dead_broker_fails_at_once_instead_of_hanging(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", SEND_TO_A_DEAD_BROKER],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LODESTONE_DATA": str(tmp_path),
            "REDIS_URL": "redis://127.0.0.1:1/0",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = map(float, run.stdout.split())
    assert first < 1
    assert second < 0.1
