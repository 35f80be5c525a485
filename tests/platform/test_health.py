"""Probes are answered to anyone, say what is wrong, and never hang."""

import datetime as dt
import time

import pytest
from django.db import DatabaseError
from django.utils import timezone

from collection.actions.heartbeat import BEAT
from collection.models import Heartbeat, Notification
from collection.tasks.heartbeat import heartbeat
from config import environment, health
from config.celery import app
from tests.workers import celery_setting


def test_alive_needs_neither_session_nor_host_name_nor_database(client):
    response = client.get("/healthz", headers={"host": "10.1.2.3"})
    assert response.status_code == 200
    assert response.json() == {"status": "alive"}
    assert not response.cookies


@pytest.mark.django_db
def test_ready_when_database_broker_and_a_fresh_heartbeat_are_there(client):
    heartbeat.delay()
    answer = client.get("/readyz").json()
    assert answer["status"] == "ready"
    assert answer["database"]["ok"]
    assert answer["broker"]["ok"]
    assert answer["beat"]["seconds_ago"] < 30


@pytest.mark.django_db
def test_without_a_heartbeat_the_service_is_degraded_yet_serves(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["beat"] == {
        "ok": False,
        "seconds_ago": None,
        "why": "No heartbeat yet from beat and worker.",
    }


@pytest.mark.django_db
def test_an_old_heartbeat_says_how_old(client):
    Heartbeat.objects.create(name=BEAT, at=timezone.now() - dt.timedelta(minutes=10))
    beat = client.get("/readyz").json()["beat"]
    assert beat["ok"] is False
    assert 599 < beat["seconds_ago"] < 660


@pytest.mark.django_db
def test_every_queue_says_how_long_its_oldest_row_waits(client, cast):
    assert client.get("/readyz").json()["oldest_waiting_seconds"] == {
        "assessment": None,
        "plans": None,
        "e-mail": None,
        "flags to announce": None,
    }
    now = timezone.now()
    Notification.objects.bulk_create(
        Notification(
            recipient=cast.driver.user,
            kind="test",
            title="Waiting",
            created_at=now - dt.timedelta(minutes=minutes),
            dedupe_key=f"test-{minutes}",
        )
        for minutes in (1, 5)
    )
    assert 300 <= client.get("/readyz").json()["oldest_waiting_seconds"]["e-mail"] < 360


@pytest.mark.django_db
def test_without_a_database_it_is_down_with_503(client, monkeypatch):
    def gone(_name):
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "last_heartbeat", gone)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "down"


@pytest.mark.django_db
def test_a_missing_queue_folder_is_a_dead_broker(client, monkeypatch, tmp_path):
    monkeypatch.setitem(app.conf.broker_transport_options, "data_folder_out", str(tmp_path / "gone"))
    with celery_setting("broker_write_url", "folder://localhost"):
        assert client.get("/readyz").json()["broker"]["ok"] is False


@pytest.mark.django_db
def test_a_dead_broker_is_reported_without_waiting_for_it(client):
    heartbeat.delay()
    redis = environment.redis_broker(prefix="nowhere", longest_task_seconds=60)
    started = time.monotonic()
    with (
        celery_setting("broker_write_url", "redis://127.0.0.1:1/0"),
        celery_setting("broker_transport_options", redis),
    ):
        answer = client.get("/readyz").json()
    # kombu left to itself goes on trying for many seconds.
    assert time.monotonic() - started < 3
    assert answer["status"] == "degraded"
    assert answer["broker"] == {"ok": False, "kind": "redis", "why": "The broker does not answer."}
