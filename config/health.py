"""``/healthz`` (alive) and ``/readyz`` (able to work) as JSON, public, for probes and for ``make run``.

Answered before every other middleware: a probe knows neither our host names nor HTTPS, and has no session.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from kombu.exceptions import OperationalError

from config.celery import BEAT_KEY, app

BEAT_LATE_SECONDS = 60


def check_database() -> dict[str, object]:
    started = time.perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"ok": False, "why": "The database does not answer."}
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


def check_beat(now: float) -> dict[str, object]:
    """When a worker last ran beat's heartbeat: proof that beat, broker and worker all live."""
    last = None
    with suppress(OSError):
        last = cache.get(BEAT_KEY)
    if last is None:
        return {"ok": False, "seconds_ago": None, "why": "No heartbeat yet from beat and worker."}
    seconds = max(0.0, round(now - last, 1))
    if seconds > BEAT_LATE_SECONDS:
        return {
            "ok": False,
            "seconds_ago": seconds,
            "why": "The last heartbeat is late: beat or worker is down.",
        }
    return {"ok": True, "seconds_ago": seconds}


def readiness(now: float) -> dict[str, object]:
    """``ready``: all well. ``degraded``: pages and saving work, later work waits. ``down``: no database."""
    database, broker, beat = check_database(), check_broker(), check_beat(now)
    status = "ready" if broker["ok"] and beat["ok"] else "degraded"
    if not database["ok"]:
        status = "down"
    return {"status": status, "database": database, "broker": broker, "beat": beat}


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/healthz":
            return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})
        if request.path_info == "/readyz":
            answer = readiness(time.time())
            status = 503 if answer["status"] == "down" else 200
            return JsonResponse(answer, status=status, headers={"Cache-Control": "no-store"})
        return self.get_response(request)
