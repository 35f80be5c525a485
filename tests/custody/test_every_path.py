"""No sequence of actions gains or loses a gram, of magnet or of any element."""

import datetime as dt
import uuid
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from collection.actions.collections import CollectedLine, record_collection
from collection.actions.departures import record_export, record_loss, withdraw
from collection.actions.lifecycle import move
from collection.actions.lineage import split_off
from collection.actions.lots import log_lot
from collection.actions.merging import merge
from collection.actions.receipts import Weighing, process, receive
from collection.actions.regrouping import take_apart
from collection.models import CustodyEntry, Facility, Lot, Pickup, PickupLot, Plan, Round, Vehicle
from collection.queries.custody import first_broken_chain, register_balances
from collection.rules.content import ContentInputError
from collection.rules.content.disassembly import Apart
from collection.rules.custody import balances, doubt_at
from collection.rules.intake import NewLot
from collection.rules.lifecycle import OUTSIDE_PLACES, RESERVE, LotState, Place
from collection.rules.merging import MergeRefusedError
from tests.cast import Cast

START = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
PRODUCTS = {
    "weee_hdd_3_5": "weee",
    "ind_servo_motor": "industrial",
    "auto_bev_traction_motor": "vehicle",
    "weee_loudspeaker_hifi_ferrite": "weee",
}
ELEMENTS = ("nd", "pr", "dy", "tb", "sm")


class EveryPath(RuleBasedStateMachine):
    """A yard, a plant and a driver doing whatever the lifecycle lets them do."""

    cast: Cast
    held = Bundle("held")
    moving = Bundle("moving")
    received = Bundle("received")

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.number = 0
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def tick(self) -> dt.datetime:
        self.now += dt.timedelta(minutes=7)
        return self.now

    @rule(
        target=held,
        product=st.sampled_from(sorted(PRODUCTS)),
        quantity=st.integers(2, 400),
        year=st.none() | st.integers(1995, 2024),
    )
    def log(self, product: str, quantity: int, year: int | None) -> int:
        new_lot = NewLot(
            submission_id=uuid.uuid4(),
            source_kind=PRODUCTS[product],
            product_code=product,
            quantity=Decimal(quantity),
            unit="items",
            condition="intact",
            intent="undecided",
            available_from_on=self.now.date() + dt.timedelta(days=1),
            postcode="G40 1AA",
            build_year=year,
            drive="battery_electric" if PRODUCTS[product] == "vehicle" else "",
        )
        return log_lot(self.cast.scrapyard.viewer, new_lot, at=self.tick()).lot.pk

    @rule(target=held, parent=consumes(held), share=st.fractions(0.05, 0.95))
    def divide(self, parent: int, share: Any) -> Any:
        lot = Lot.unscoped.get(pk=parent)
        part = Decimal(int(lot.quantity * share.numerator / share.denominator))
        if not 0 < part < lot.quantity:
            return parent
        child = split_off(
            self.cast.scrapyard.viewer,
            lot,
            part,
            place=Place.HELD,
            state=LotState.HELD,
            at=self.tick(),
            reason="Stored apart",
        )
        return multiple(parent, child.pk)

    @rule(target=held, one=consumes(held), other=consumes(held))
    def join(self, one: int, other: int) -> Any:
        try:
            child = merge(
                self.cast.scrapyard.viewer,
                [one, other],
                reason="",
                submission_id=uuid.uuid4(),
                at=self.tick(),
            )
        except MergeRefusedError:
            # In the order drawn: a set of keys would be in one of the database's making.
            return multiple(*dict.fromkeys((one, other)))
        return child.pk

    @rule(target=held, lot=consumes(held), parts=st.tuples(*[st.integers(0, 5_000)] * 3))
    def take_to_pieces(self, lot: int, parts: tuple[int, int, int]) -> Any:
        freed, residue, loss = parts
        items = int(Lot.unscoped.get(pk=lot).quantity)
        apart = Apart(
            maker="Alder", model="P", items=items, minutes=9,
            freed_grams=freed, intact_grams=freed // 2, residue_grams=residue, loss_grams=loss,
        )  # fmt: skip
        try:
            done = take_apart(
                self.cast.scrapyard.viewer, lot, apart, submission_id=uuid.uuid4(), at=self.tick()
            )
        except ContentInputError:
            return lot
        return done.magnets.pk if done.magnets else multiple()

    @rule(lot=consumes(held), how=st.sampled_from(["export", "loss", "withdrawal"]))
    def leave(self, lot: int, how: str) -> None:
        viewer, at = self.cast.scrapyard.viewer, self.tick()
        if how == "export":
            record_export(viewer, lot, happened_on=at.date(), at=at)
        elif how == "loss":
            record_loss(viewer, lot, happened_on=at.date(), at=at, explanation="Gone at the stock count")
        else:
            withdraw(viewer, lot, at=at, why="Logged twice")

    @rule(target=moving, lot=consumes(held), share=st.sampled_from([1.0, 1.0, 0.6, 0.0]))
    def fetch(self, lot: int, share: float) -> Any:
        pickup = self.book(Lot.unscoped.get(pk=lot))
        quantity = Decimal(int(float(Lot.unscoped.get(pk=lot).quantity) * share))
        line = CollectedLine(
            lot_id=lot, quantity=quantity, gross_grams=None, failure_reason="" if quantity else "not_ready"
        )
        submission = uuid.uuid4()
        for _ in range(2):  # a double click records it once
            record_collection(
                self.cast.driver.viewer, pickup.pk, [line], submission_id=submission, at=self.tick()
            )
        return lot if quantity else multiple()

    @rule(target=received, lot=consumes(moving), weighed=st.none() | st.integers(0, 900_000))
    def weigh_in(self, lot: int, weighed: int | None) -> int:
        weighing = Weighing(
            gross_grams=1_000_000, tare_grams=50_000, magnet_grams=weighed, difference_reason="Weighed"
        )
        submission = uuid.uuid4()
        for _ in range(2):
            receive(
                self.cast.short_loop_planner.viewer,
                lot,
                weighing,
                facility_id=self.plant.pk,
                submission_id=submission,
                at=self.tick(),
            )
        return lot

    @rule(lot=consumes(received), share=st.floats(0, 1))
    def work_up(self, lot: int, share: float) -> None:
        grams = Lot.unscoped.get(pk=lot).magnet_grams
        process(
            self.cast.short_loop_planner.viewer,
            lot,
            retained_grams=int(grams * share),
            batch=f"B{lot}",
            route_code="short_loop_hpms",
            submission_id=uuid.uuid4(),
            at=self.tick(),
        )

    @property
    def plant(self) -> Facility:
        return Facility.objects.filter(organisation=self.cast.short_loop_planner.organisation)[0]

    def book(self, lot: Lot) -> Pickup:
        self.number += 1
        organisation = self.cast.short_loop_planner.organisation
        at = self.tick()
        vehicle = Vehicle.unscoped.create(
            organisation=organisation,
            name=f"Van {self.number}",
            registration=f"VAN{self.number}",
            depot=self.plant,
            profile="van",
            capacity_kg=1200,
            pallets=3,
        )
        plan = Plan.unscoped.create(
            reference=f"PLN-T-{self.number}",
            organisation=organisation,
            facility=self.plant,
            from_on=at.date(),
            days=1,
            requested_at=at,
        )
        round_ = Round.unscoped.create(
            reference=f"RND-T-{self.number}",
            plan=plan,
            organisation=organisation,
            facility=self.plant,
            vehicle=vehicle,
            driver=self.cast.driver.user,
            on=at.date(),
            starts_at=at,
            ends_at=at + dt.timedelta(hours=8),
            distance_metres=1,
            driving_minutes=1,
            cost_pence=1,
        )
        pickup = Pickup.unscoped.create(
            reference=f"PUP-T-{self.number}",
            round=round_,
            sequence=1,
            holder_id=lot.holder_id,
            place_name="Yard",
            lat=55.8,
            lon=-4.2,
            planned_arrival_at=at,
            service_minutes=20,
        )
        move([lot.pk], RESERVE, at=at, reserved_by=organisation.pk)
        PickupLot.objects.create(pickup=pickup, lot=lot, planned_gross_grams=1)
        return pickup

    @invariant()
    def every_chain_holds(self) -> None:
        assert first_broken_chain() is None

    @invariant()
    def every_gram_is_somewhere(self) -> None:
        totals = register_balances()
        assert sum(totals.values()) == 0
        assert totals[Place.LINEAGE] == 0
        assert all(grams >= 0 for place, grams in totals.items() if place not in OUTSIDE_PLACES)

    @invariant()
    def every_lot_stands_where_its_state_says(self) -> None:
        places = {"held": Place.HELD, "in_transit": Place.IN_TRANSIT, "received": Place.RECEIVED}
        standing: dict[tuple[int, int], int] = defaultdict(int)
        for entry in CustodyEntry.unscoped.all():
            standing[entry.lot_id, entry.from_place] -= entry.grams
            standing[entry.lot_id, entry.to_place] += entry.grams
        for lot in Lot.unscoped.filter(state__in=places):
            assert standing[lot.pk, places[lot.state]] == lot.magnet_grams

    @invariant()
    def every_element_is_conserved(self) -> None:
        """Where no gram of a lot stands, no microgram of any element stands either."""
        grams: dict[tuple[int, int], int] = defaultdict(int)
        micrograms: dict[tuple[int, int, str], int] = defaultdict(int)
        for entry in CustodyEntry.unscoped.all():
            for place, sign in ((entry.from_place, -1), (entry.to_place, 1)):
                grams[entry.lot_id, place] += sign * entry.grams
                for element in ELEMENTS:
                    ppm = getattr(entry, f"{element}_ppm")
                    micrograms[entry.lot_id, place, element] += sign * entry.grams * ppm
        for (lot_id, place, _), amount in micrograms.items():
            if place in OUTSIDE_PLACES:
                continue
            assert amount >= 0
            if grams[lot_id, place] == 0:
                assert amount == 0

    @invariant()
    def doubt_goes_where_the_grams_go(self) -> None:
        """Where no gram of a lot stands, nothing of it is unsure either."""
        chains: dict[int, list[CustodyEntry]] = defaultdict(list)
        for entry in CustodyEntry.unscoped.order_by("sequence"):
            chains[entry.lot_id].append(entry)
        for chain in chains.values():
            for place, grams in balances(chain).items():
                if grams == 0 and place not in OUTSIDE_PLACES:
                    doubt = doubt_at(chain, place)
                    assert (doubt.shared_sd_grams, doubt.own_variance) == (0, pytest.approx(0, abs=1e-3))


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_no_path_through_the_lifecycle_gains_or_loses_a_gram(cast: Cast) -> None:
    machine = type("EveryPathOfThisCast", (EveryPath,), {"cast": cast})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
