"""Working off plans: one task, sent as a nudge and by the sweep; the rows say what there is to do."""

from celery import shared_task
from django.utils import timezone

from collection.actions.dispatch import RUN_PLANS
from collection.actions.planning import run_next_plan


@shared_task(name=RUN_PLANS)
def run_waiting_plans() -> None:
    """Work off every plan that waits or whose worker died. Harmless when there is none."""
    while run_next_plan(timezone.now):
        pass
