"""A worker killed in the middle of a search loses no plan and doubles none: real processes."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from collection.actions.dispatch import RUN_PLANS
from collection.models import JobState, Plan, Vehicle
from config.celery import app
from tests.cast import Cast
from tests.pickups.conftest import LogLot
from tests.workers import Worker


@pytest.mark.processes
def test_a_plan_survives_the_worker_that_was_killed_searching_for_it(
    real_worker: Worker, cast: Cast, log: LogLot, van: Vehicle, ask: Callable[..., Plan]
) -> None:
    log(cast.turbine_dismantler)
    plan = ask(van, seconds=30)

    def has_found_something() -> bool:
        plan.refresh_from_db()
        return bool(plan.progress.get("sketch", {}).get("rounds"))

    real_worker.wait_until(has_found_something)
    assert plan.state == JobState.RUNNING
    real_worker.kill()
    first_lease = plan.lease_token

    # Half a minute later: the lease has run out, a new worker is up and the sweep comes round.
    Plan.unscoped.update(leased_until=timezone.now() - dt.timedelta(seconds=1), seconds=3)
    real_worker.start()
    app.send_task(RUN_PLANS)

    def is_done() -> bool:
        plan.refresh_from_db()
        return plan.state == JobState.DONE

    real_worker.wait_until(is_done)
    assert plan.attempts == 2
    assert plan.lease_token != first_lease
    assert plan.answer["totals"]["stops"] == 1
