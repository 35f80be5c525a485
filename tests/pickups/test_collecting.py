"""Mass is conserved from the yard to the batch, whatever the driver and the plant record."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest

from collection.actions.collections import CollectedLine, record_collection
from collection.actions.planning import run_next_plan
from collection.actions.receipts import Weighing, process, receive
from collection.actions.rounds import assign_driver, confirm_plan
from collection.models import CustodyEntry, Facility, Lot, Pickup, Plan, Round, Vehicle
from collection.rules.custody import balances, first_fault
from collection.rules.lifecycle import Place, StateConflictError
from tests.cast import Cast
from tests.pickups.conftest import NOW, LogLot
from tests.pickups.test_working_off import clock_from

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1, hours=5)


@pytest.fixture
def booked(cast: Cast, log: LogLot, van: Vehicle, ask: Callable[..., Plan]) -> Pickup:
    """A pickup of 800 hard drives, with the cast's driver."""
    log(cast.turbine_dismantler)
    plan = ask(van)
    assert run_next_plan(clock_from(NOW))
    (made,) = confirm_plan(cast.short_loop_planner.viewer, plan.pk, at=NOW)
    assign_driver(cast.short_loop_planner.viewer, made.pk, cast.driver.user.pk, at=NOW)
    return Pickup.unscoped.get()


def _standing() -> dict[Place, int]:
    """Grams in every place over the whole register; every chain whole."""
    for lot in Lot.unscoped.all():
        assert first_fault(list(CustodyEntry.unscoped.filter(lot=lot).order_by("sequence"))) is None
    found = balances(CustodyEntry.unscoped.order_by("lot_id", "sequence"))
    return {place: grams for place, grams in found.items() if grams}


def test_a_part_collected_weighed_in_and_processed_loses_no_gram(
    cast: Cast, booked: Pickup, plant: Facility
) -> None:
    lot = Lot.unscoped.get()
    logged = lot.magnet_grams
    line = CollectedLine(lot_id=lot.pk, quantity=Decimal(333), gross_grams=230_000)

    record_collection(
        cast.driver.viewer, booked.pk, [line], submission_id=uuid.uuid4(), at=LATER, signed_by="Foreman"
    )

    rest = Lot.unscoped.get(state="held")
    assert rest.quantity == 467
    assert _standing() == {
        Place.SOURCE: -logged,
        Place.HELD: rest.magnet_grams,
        Place.IN_TRANSIT: logged - rest.magnet_grams,
    }
    booked.refresh_from_db()
    assert booked.state == "partly"

    planner = cast.short_loop_planner.viewer
    weighing = Weighing(gross_grams=240_000, tare_grams=10_000)
    receive(planner, lot.pk, weighing, facility_id=plant.pk, submission_id=uuid.uuid4(), at=LATER)
    received = Lot.unscoped.get(pk=lot.pk).magnet_grams
    process(
        planner,
        lot.pk,
        retained_grams=received - 100,
        batch="B-7",
        route_code="short_loop_hpms",
        submission_id=uuid.uuid4(),
        at=LATER,
    )
    assert _standing() == {
        Place.SOURCE: -logged,
        Place.HELD: rest.magnet_grams,
        Place.RETAINED: received - 100,
        Place.RESIDUE: 100,
    }
    assert Round.unscoped.get().state == "unloaded"


def test_the_same_record_sent_twice_is_one(cast: Cast, booked: Pickup) -> None:
    lot = Lot.unscoped.get()
    submission_id = uuid.uuid4()
    line = CollectedLine(lot_id=lot.pk, quantity=lot.quantity)
    for _ in range(2):
        record_collection(
            cast.driver.viewer, booked.pk, [line], submission_id=submission_id, at=LATER, signed_by="Foreman"
        )
    assert CustodyEntry.unscoped.filter(to_place=Place.IN_TRANSIT).count() == 1
    with pytest.raises(StateConflictError):
        record_collection(
            cast.driver.viewer, booked.pk, [line], submission_id=uuid.uuid4(), at=LATER, signed_by="Foreman"
        )


def test_a_lot_left_behind_is_held_again_with_the_reason_on_the_stop(cast: Cast, booked: Pickup) -> None:
    lot = Lot.unscoped.get()
    line = CollectedLine(lot_id=lot.pk, quantity=Decimal(0), failure_reason="not_ready")
    record_collection(cast.driver.viewer, booked.pk, [line], submission_id=uuid.uuid4(), at=LATER)
    lot.refresh_from_db()
    assert (lot.state, lot.reserved_by_id) == ("held", None)
    booked.refresh_from_db()
    assert (booked.state, booked.failure_reason) == ("failed", "not_ready")
    assert Round.unscoped.get().state == "unloaded", "nothing is on board and no stop is open"
    assert _standing() == {Place.SOURCE: -lot.magnet_grams, Place.HELD: lot.magnet_grams}


def test_another_driver_cannot_record_the_stop(cast: Cast, booked: Pickup) -> None:
    assign_driver(cast.short_loop_planner.viewer, booked.round_id, None, at=NOW)
    line = CollectedLine(lot_id=Lot.unscoped.get().pk, quantity=Decimal(800))
    with pytest.raises(Pickup.DoesNotExist):
        record_collection(cast.driver.viewer, booked.pk, [line], submission_id=uuid.uuid4(), at=LATER)
