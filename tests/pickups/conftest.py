"""A register with lots to fetch, vehicles to fetch them with, and a clock that stands still."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest

from collection.actions.lots import log_lot
from collection.actions.plans import PlanRequest, request_plan
from collection.actions.reference import load_reference
from collection.models import Facility, Lot, Plan, Vehicle
from collection.rules.intake import NewLot
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
