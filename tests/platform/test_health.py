"""Probes are answered to anyone, say what is wrong, and never hang."""

import time

import pytest
from django.core.cache import cache
from django.db import DatabaseError

from config import health
from config.celery import BEAT_KEY, app, heartbeat
from tests.workers import celery_setting


@pytest.fixture(autouse=True)
def no_heartbeat_left():
    cache.delete(BEAT_KEY)
    yield
    cache.delete(BEAT_KEY)


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
    assert answer["beat"]["seconds_ago"] < 5


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
    cache.set(BEAT_KEY, time.time() - 600)
    beat = client.get("/readyz").json()["beat"]
    assert beat["ok"] is False
    assert 599 < beat["seconds_ago"] < 660


@pytest.mark.django_db
def test_without_a_database_it_is_down_with_503(client, monkeypatch):
    class Broken:
        def cursor(self):
            raise DatabaseError("gone")

    monkeypatch.setattr(health, "connection", Broken())
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "down"


@pytest.mark.django_db
def test_a_missing_queue_folder_is_a_dead_broker(client, monkeypatch, tmp_path):
    monkeypatch.setitem(app.conf.broker_transport_options, "data_folder_out", str(tmp_path / "gone"))
    with celery_setting("broker_write_url", "folder://localhost"):
        assert client.get("/readyz").json()["broker"]["ok"] is False


@pytest.mark.django_db
def test_a_dead_broker_is_reported_within_two_seconds(client):
    heartbeat.delay()
    nowhere = "redis://127.0.0.1:1/0"
    started = time.monotonic()
    with celery_setting("broker_write_url", nowhere):
        answer = client.get("/readyz").json()
    assert time.monotonic() - started < 2
    assert answer["status"] == "degraded"
    assert answer["broker"] == {"ok": False, "kind": "redis", "why": "The broker does not answer."}
