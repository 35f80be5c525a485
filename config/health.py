"""``/healthz`` (alive) and ``/readyz`` (able to work) as JSON, public, for probes and for ``make run``.

Answered before every other middleware: a probe knows neither our host names nor HTTPS, and has no session.
"""

import datetime as dt
import os
import time
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from kombu.exceptions import OperationalError

from collection.actions.heartbeat import BEAT
from collection.queries.waiting import last_heartbeat, oldest_waiting
from config.celery import app

BEAT_LATE_SECONDS = 60


def check_database() -> dict[str, object]:
    started = time.perf_counter()
    try:
        last_heartbeat(BEAT)
    except DatabaseError:
        return {"ok": False, "why": "The database does not answer, or its tables are not there yet."}
    return {"ok": True, "milliseconds": round((time.perf_counter() - started) * 1000, 1)}


def check_broker() -> dict[str, object]:
    """One try at the broker. Without it everything is saved; the work behind it waits for the next sweep."""
    embedded = app.conf.broker_write_url.startswith("folder:")
    kind = "embedded" if embedded else "redis"
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
        reached = not embedded or os.access(app.conf.broker_transport_options["data_folder_out"], os.W_OK)
    except (OperationalError, OSError):
        reached = False
    if not reached:
        return {"ok": False, "kind": kind, "why": "The broker does not answer."}
    return {"ok": True, "kind": kind}


def check_beat(now: dt.datetime) -> dict[str, object]:
    """When a worker last ran beat's heartbeat: proof that beat, broker and worker all live."""
    last = last_heartbeat(BEAT)
    if last is None:
        return {"ok": False, "seconds_ago": None, "why": "No heartbeat yet from beat and worker."}
    ago = seconds_since(last, now)
    if ago > BEAT_LATE_SECONDS:
        return {"ok": False, "seconds_ago": ago, "why": "Beat or worker is down: no recent heartbeat."}
    return {"ok": True, "seconds_ago": ago}


def check_queues(now: dt.datetime) -> dict[str, object]:
    """For each queue, for how many seconds its oldest row has been waiting; null where nothing waits."""
    return {name: seconds_since(since, now) if since else None for name, since in oldest_waiting().items()}


def seconds_since(instant: dt.datetime, now: dt.datetime) -> float:
    return max(0.0, round((now - instant).total_seconds(), 1))


def readiness(now: dt.datetime) -> dict[str, object]:
    """``ready``: all well. ``degraded``: pages and saving work, later work waits. ``down``: no database."""
    database, broker = check_database(), check_broker()
    if not database["ok"]:
        return {"status": "down", "database": database, "broker": broker}
    beat = check_beat(now)
    status = "ready" if broker["ok"] and beat["ok"] else "degraded"
    return {
        "status": status,
        "database": database,
        "broker": broker,
        "beat": beat,
        "oldest_waiting_seconds": check_queues(now),
    }


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/healthz":
            return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})
        if request.path_info == "/readyz":
            answer = readiness(timezone.now())
            status = 503 if answer["status"] == "down" else 200
            return JsonResponse(answer, status=status, headers={"Cache-Control": "no-store"})
        return self.get_response(request)
