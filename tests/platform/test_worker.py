"""A real worker runs what was sent, before and after it was killed, and a dead broker stops nobody."""

import os
import subprocess
import sys
import time

import pytest

from collection.models import Heartbeat
from collection.tasks.heartbeat import heartbeat
from tests.workers import ROOT


@pytest.mark.processes
def test_what_is_sent_to_a_real_worker_is_done(real_worker):
    heartbeat.delay()
    real_worker.wait_until(Heartbeat.objects.exists)


@pytest.mark.processes
def test_what_was_sent_while_no_worker_lived_is_done_when_one_starts_again(real_worker):
    real_worker.kill()
    # A message the worker before this one had not acknowledged may have been done again meanwhile.
    Heartbeat.objects.all().delete()
    heartbeat.delay()
    time.sleep(0.3)
    assert not Heartbeat.objects.exists()
    real_worker.start()
    real_worker.wait_until(Heartbeat.objects.exists)


SEND_TO_A_DEAD_BROKER = """
import time, django
django.setup()
from kombu.exceptions import OperationalError
from collection.tasks.heartbeat import heartbeat
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
    # Left to itself kombu tries for two seconds and more, every time.
    assert [seconds for seconds in map(float, run.stdout.split()) if seconds > 1.5] == []
    assert len(run.stdout.split()) == 2
