"""Two planners press Confirm at the same moment, on real connections."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from collection.actions.planning import run_next_plan
from collection.actions.rounds import PlanTakenError, confirm_plan
from collection.models import Lot, PickupLot, Plan, Round, Vehicle
from tests.cast import Cast
from tests.pickups.conftest import NOW, LogLot
from tests.pickups.test_working_off import clock_from


@pytest.mark.django_db(transaction=True)
def test_of_two_confirmations_at_once_one_gets_every_lot_and_the_other_none(
    cast: Cast, log: LogLot, van: Vehicle, lorry: Vehicle, ask: Callable[..., Plan]
) -> None:
    Vehicle.unscoped.filter(pk=lorry.pk).update(profile="van")
    for _ in range(2):
        log(cast.turbine_dismantler)
    plans = [ask(van), ask(lorry)]
    while run_next_plan(clock_from(NOW)):
        pass
    together = threading.Barrier(2)
    won: list[int] = []
    lost: list[str] = []

    def confirm(plan: Plan) -> None:
        together.wait()
        try:
            rounds = confirm_plan(cast.short_loop_planner.viewer, plan.pk, at=NOW + dt.timedelta(minutes=1))
            won.append(len(rounds))
        except PlanTakenError as conflict:
            lost.extend(conflict.taken)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert won == [1]
    assert lost == [f"{lot.reference} is pickup booked" for lot in Lot.unscoped.order_by("pk")]
    assert Round.unscoped.count() == 1
    assert PickupLot.objects.count() == 2
