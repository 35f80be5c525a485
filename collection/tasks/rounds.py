"""Rounds that run by themselves: who must be reminded, who will wait, which regular rounds come up."""

from celery import shared_task
from django.utils import timezone

from collection.actions.dispatch import FIT_SERVICE_TIMES, PLAN_REGULAR_ROUNDS, SEND_REMINDERS, WATCH_ROUNDS
from collection.actions.live import watch_rounds as watch
from collection.actions.regular_rounds import plan_due_regular_rounds
from collection.actions.reminders import send_reminders as remind
from collection.actions.service_times import fit_all_service_times


@shared_task(name=WATCH_ROUNDS)
def watch_rounds() -> int:
    now = timezone.now()
    return watch(now=now, day=timezone.localdate(now))


@shared_task(name=SEND_REMINDERS)
def send_reminders() -> int:
    return remind(now=timezone.now())


@shared_task(name=PLAN_REGULAR_ROUNDS)
def plan_regular_rounds() -> int:
    now = timezone.now()
    return plan_due_regular_rounds(now=now, today=timezone.localdate(now))


@shared_task(name=FIT_SERVICE_TIMES)
def fit_service_times() -> int:
    return fit_all_service_times(now=timezone.now())
