"""A register with lots to fetch, vehicles to fetch them with, and a clock that stands still."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest

from collection.actions.lots import log_lot
from collection.actions.plans import PlanRequest, request_plan
from collection.actions.reference import load_reference
from collection.actions.references import next_reference
from collection.actions.rounds import confirm_plan
from collection.models import Facility, Lot, Plan, Round, Vehicle
from collection.rules.appointments import LONDON
from collection.rules.intake import NewLot
from collection.rules.planning.answer import (
    PlanAnswer,
    PlannedLot,
    PlannedRound,
    PlannedStop,
    PlannedUnloading,
    PlanTotals,
)
from tests.cast import Cast, Person

# A Monday, eight in the morning in London.
NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
TUESDAY = dt.date(2026, 11, 24)

LogLot = Callable[..., Lot]


@pytest.fixture
def reference(db: None) -> None:
    load_reference(at=NOW)


@pytest.fixture
def log(cast: Cast, reference: None) -> LogLot:
    """Logs a lot as its holder would: 800 hard drives, unless told otherwise."""

    def log_as(person: Person, **changes: object) -> Lot:
        assert person.site is not None
        answers: dict[str, object] = {
            "submission_id": uuid.uuid4(),
            "source_kind": "scrapyard",
            "product_code": "weee_hdd_3_5",
            "quantity": Decimal(800),
            "unit": "items",
            "condition": "intact",
            "available_from_on": NOW.date(),
            "intent": "undecided",
            "site_id": person.site.pk,
        }
        return log_lot(person.viewer, NewLot(**(answers | changes)), at=NOW).lot

    return log_as


@pytest.fixture
def near(cast: Cast) -> None:
    """The scrapyard's yard moved within reach of Birmingham, so that one day can hold it."""
    site = cast.scrapyard.site
    assert site is not None
    type(site).unscoped.filter(pk=site.pk).update(lat=52.95, lon=-1.15, nation="England")
    site.refresh_from_db()
    other = cast.turbine_dismantler.site
    assert other is not None
    type(other).unscoped.filter(pk=other.pk).update(lat=53.38, lon=-1.47)
    other.refresh_from_db()


@pytest.fixture
def plant(cast: Cast) -> Facility:
    return Facility.objects.get(code="short-loop")


@pytest.fixture
def van(plant: Facility) -> Vehicle:
    return Vehicle.unscoped.create(
        organisation=plant.organisation,
        name="Van",
        registration="LO25 VAN",
        depot=plant,
        profile="van",
        capacity_kg=1200,
        pallets=4,
        skills=["tail_lift"],
    )


@pytest.fixture
def lorry(plant: Facility) -> Vehicle:
    return Vehicle.unscoped.create(
        organisation=plant.organisation,
        name="Lorry",
        registration="LO25 HGV",
        depot=plant,
        profile="hgv",
        capacity_kg=9000,
        pallets=16,
        cost_per_day_pence=12000,
        cost_per_km_pence=80,
        skills=["tail_lift", "crane"],
    )


@pytest.fixture
def ask(cast: Cast, plant: Facility) -> Callable[..., Plan]:
    """Asks for a plan as the short loop's planner: two days from Tuesday, a search of a second."""

    def request(*vehicles: Vehicle, **changes: object) -> Plan:
        answers: dict[str, object] = {
            "facility_id": plant.pk,
            "from_on": TUESDAY,
            "days": 2,
            "vehicle_ids": [vehicle.pk for vehicle in vehicles],
            "reach_km": 600,
            "saving_weight": 60.0,
            "seconds": 1,
        }
        return request_plan(cast.short_loop_planner.viewer, PlanRequest(**(answers | changes)), at=NOW)

    return request


Book = Callable[..., Round]


@pytest.fixture
def book(cast: Cast, plant: Facility) -> Book:
    """Books a round of one vehicle over these lots, one stop each, an hour and a half apart from nine; the
    vehicle unloads at the plant after the stops numbered `unloads_after`.

    The plan is laid out by hand, so that nobody waits for a search; it is confirmed by the real action.
    """

    def booked(
        vehicle: Vehicle,
        *lots: Lot,
        on: dt.date = TUESDAY,
        at: dt.datetime = NOW,
        unloads_after: tuple[int, ...] = (),
    ) -> Round:
        starts = dt.datetime.combine(on, dt.time(7), tzinfo=LONDON)
        stops = tuple(
            planned_stop(lot, starts + dt.timedelta(hours=2 + 1.5 * number))
            for number, lot in enumerate(lots)
        )
        answer = PlanAnswer(
            totals=PlanTotals(rounds=1, stops=len(lots), lots=len(lots)),
            rounds=(
                PlannedRound(
                    vehicle_id=vehicle.pk,
                    vehicle_name=vehicle.name,
                    on=on,
                    starts_at=starts.astimezone(dt.UTC),
                    ends_at=(starts + dt.timedelta(hours=10)).astimezone(dt.UTC),
                    distance_metres=400_000,
                    driving_minutes=330,
                    cost_pence=30_000,
                    kg=sum(stop.kg for stop in stops),
                    capacity_kg=vehicle.capacity_kg,
                    stops=stops,
                    unloadings=tuple(
                        PlannedUnloading(
                            after=place,
                            arrives_at=starts + dt.timedelta(hours=1 + 1.5 * place),
                            leaves_at=starts + dt.timedelta(hours=1.5 + 1.5 * place),
                        )
                        for place in unloads_after
                    ),
                ),
            ),
        )
        plan = Plan.unscoped.create(
            reference=next_reference("PLN", at),
            organisation=plant.organisation,
            facility=plant,
            requested_by=cast.short_loop_planner.user,
            requested_at=at,
            from_on=on,
            days=1,
            state="done",
            answer=answer.as_json(),
        )
        return confirm_plan(cast.short_loop_planner.viewer, plan.pk, at=at)[0]

    return booked


def planned_stop(lot: Lot, arrives_at: dt.datetime) -> PlannedStop:
    assert lot.site is not None
    assert lot.lat is not None
    assert lot.lon is not None
    return PlannedStop(
        key=f"{lot.site.name} {lot.reference}",
        holder_id=lot.holder_id,
        holder_name=lot.holder.name,
        site_id=lot.site_id,
        place_name=lot.site.name,
        lat=lot.lat,
        lon=lot.lon,
        arrives_at=arrives_at.astimezone(dt.UTC),
        service_minutes=30,
        kg=400,
        magnet_grams=lot.magnet_grams,
        saved_grams=lot.magnet_grams // 2,
        why="It is worth the way.",
        lots=(
            PlannedLot(
                lot_id=lot.pk,
                reference=lot.reference,
                product_name=lot.product.name,
                quantity_text=lot.quantity_text,
                gross_grams=400_000,
                magnet_grams=lot.magnet_grams,
                saved_grams=lot.magnet_grams // 2,
            ),
        ),
    )
