"""The Celery application: settings under ``CELERY_``, tasks found in every installed app."""

import os
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService
from celery.signals import beat_embedded_init, beat_init, setup_logging, worker_init, worker_ready

from config import environment, folderqueue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("lodestone")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Django's LOGGING holds; a receiver here stops Celery from installing its own."""


@worker_init.connect
def take_up_where_a_killed_worker_left(**_: Any) -> None:
    if app.conf.broker_url.startswith(f"{folderqueue.SCHEME}:"):
        folderqueue.give_back(app.conf.broker_transport_options)


@beat_init.connect
@beat_embedded_init.connect
def beat_at_once(**_: Any) -> None:
    """The first beat does not wait for a whole interval, so a fresh start is ready at once."""
    app.send_task("collection.heartbeat")


@worker_ready.connect
def beat_inside_the_worker(**_: Any) -> None:
    """`make run` has one worker, so beat is a thread of it; as a process it would cost another 70 MB."""
    if environment.flag("LODESTONE_BEAT_INSIDE"):
        beat: Any = EmbeddedService(app, thread=True)
        beat.start()
