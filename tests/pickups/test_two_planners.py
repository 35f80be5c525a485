"""Two planners move stops of the same plan, or of the same day, at the same moment, on real connections."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from collection.actions.dispatching import give_to_other_vehicle, move_to_another_day
from collection.actions.plan_changes import change_plan
from collection.actions.planning import run_next_plan
from collection.models import Pickup, Plan, Round, Vehicle
from collection.rules.lifecycle import StateConflictError
from collection.rules.planning.answer import PlanAnswer
from collection.rules.planning.changes import DROP, Change
from tests.cast import Cast
from tests.pickups.conftest import NOW, Book, LogLot
from tests.pickups.test_working_off import clock_from

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + dt.timedelta(minutes=5)


def _at_once(*works: Callable[[], object]) -> list[object]:
    """What each of the works gave, or the conflict it met."""
    together = threading.Barrier(len(works))
    found: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        together.wait()
        try:
            found[place] = work()
        except StateConflictError as conflict:
            found[place] = conflict
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_two_changes_of_one_plan_make_two_plans_and_leave_the_first_alone(
    cast: Cast,
    log: LogLot,
    lorry: Vehicle,
    near: None,
    ask: Callable[..., Plan],
) -> None:
    log(cast.turbine_dismantler)
    log(cast.scrapyard)
    plan = ask(lorry)
    while run_next_plan(clock_from(NOW)):
        pass
    plan.refresh_from_db()
    before = plan.answer
    keys = [stop.key for each in PlanAnswer.from_json(before).rounds for stop in each.stops]
    assert len(keys) == 2
    planner = cast.short_loop_planner.viewer

    made = _at_once(
        *(
            lambda key=key: change_plan(planner, plan.pk, Change(kind=DROP, stop=key), at=LATER)
            for key in keys
        )
    )

    assert all(isinstance(each, Plan) for each in made), made
    left = [
        [stop.key for each in PlanAnswer.from_json(changed.answer).rounds for stop in each.stops]
        for changed in made
        if isinstance(changed, Plan)
    ]
    assert left == [[keys[1]], [keys[0]]]
    plan.refresh_from_db()
    assert plan.answer == before
    assert Plan.unscoped.count() == 3


def _is_in_order(chosen: Round) -> bool:
    sequences = list(chosen.pickups.order_by("sequence").values_list("sequence", flat=True))
    return sequences == list(range(1, len(sequences) + 1))


def test_one_stop_moved_by_two_planners_is_moved_once_and_the_other_is_told(
    cast: Cast,
    log: LogLot,
    van: Vehicle,
    lorry: Vehicle,
    near: None,
    book: Book,
) -> None:
    made = book(van, log(cast.turbine_dismantler), log(cast.scrapyard))
    stop = made.pickups.get(sequence=1)
    planner = cast.short_loop_planner.viewer

    _at_once(
        lambda: give_to_other_vehicle(planner, stop.pk, at=LATER),
        lambda: move_to_another_day(planner, stop.pk, why="The site is closed.", at=LATER),
    )

    assert Pickup.unscoped.count() == 2, "nothing lost, nothing doubled"
    stop.refresh_from_db()
    assert stop.round_id != made.pk
    assert all(_is_in_order(each) for each in Round.unscoped.all())


def test_both_stops_of_a_round_moved_at_once_end_on_one_other_round_in_order(
    cast: Cast,
    log: LogLot,
    van: Vehicle,
    lorry: Vehicle,
    near: None,
    book: Book,
) -> None:
    made = book(van, log(cast.turbine_dismantler), log(cast.scrapyard))
    planner = cast.short_loop_planner.viewer
    stops = list(made.pickups.values_list("pk", flat=True))

    found = _at_once(*(lambda pk=pk: give_to_other_vehicle(planner, pk, at=LATER) for pk in stops))

    assert all(isinstance(each, Round) for each in found), found
    other = Round.unscoped.get(vehicle=lorry)
    assert other.pickups.count() == 2
    assert _is_in_order(other)
    made.refresh_from_db()
    assert made.state == "cancelled"
