"""Nudges: messages sent after commit so that waiting rows are looked at sooner.

A lost nudge costs minutes, never work: the beat sweep finds whatever row it was about. Tasks are sent by
name, so actions never import tasks. A process that only sends has them found when it first does: importing
them all is half of a command's start.
"""

import logging
from functools import lru_cache
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

ASSESS_DUE = "collection.assess_due_lots"
RUN_PLANS = "collection.run_waiting_plans"
SEND_NOTIFICATIONS = "collection.send_waiting_notifications"
ANNOUNCE_FLAGS = "collection.announce_flags"
WATCH_ROUNDS = "collection.watch_rounds"
SEND_REMINDERS = "collection.send_reminders"
PLAN_REGULAR_ROUNDS = "collection.plan_regular_rounds"
FIT_SERVICE_TIMES = "collection.fit_service_times"
REMIND_OF_WATCHED = "collection.remind_of_watched_sources"
LOOK_UP_PLACES = "collection.look_up_places"
END_WHAT_RAN_OUT = "collection.end_what_ran_out"
WATCH_RISK = "collection.watch_risk"
HEARTBEAT = "collection.heartbeat"


@lru_cache(maxsize=32)
def _nudger(task_name: str) -> "Nudge":
    return Nudge(task_name)


class Nudge:
    """A named callable: Django's logging of a failed after-commit hook needs `__qualname__`."""

    def __init__(self, task_name: str) -> None:
        self.task_name = task_name
        self.__qualname__ = f"nudge {task_name}"

    def __call__(self) -> None:
        try:
            _task(self.task_name).apply_async(retry=False)
        except (OperationalError, OSError) as error:
            logger.warning("Could not nudge %s (%s); the sweep will find the row.", self.task_name, error)


def _task(name: str) -> Any:
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    return current_app.tasks[name]


def nudge(task_name: str) -> None:
    """Ask for a task to run once the present transaction has committed."""
    transaction.on_commit(_nudger(task_name), robust=True)
