"""No round is booked that the law does not let run: carrier, vehicle, permit, codes, tonnes of the year."""

import datetime as dt
from dataclasses import replace

import pytest

from collection.actions.rounds import DutyError
from collection.models import Facility, Lot, Organisation, Pickup, Vehicle
from collection.rules.planning.duties import (
    Carrier,
    CarryingVehicle,
    Finding,
    Load,
    ReceivingPlant,
    check_duties,
)
from tests.cast import Cast
from tests.pickups.conftest import Book, LogLot

DAY = dt.date(2026, 11, 24)
CARRIER = Carrier(name="Short Loop Magnets", registration="CBDU123456", expires_on=dt.date(2029, 3, 31))
VAN = CarryingVehicle(name="Van", carrier=CARRIER, tested_until_on=None)
PLANT = ReceivingPlant(
    name="Short loop plant",
    nation="England",
    authorisation="EPR/AB1234CD",
    authorisation_expires_on=None,
    ewc_codes=frozenset(),
    permitted_grams=None,
    taken_grams=0,
    feed_grams=None,
    taken_magnet_grams=0,
)
LOAD = Load(reference="LOT-26-000001", ewc_code="160216", gross_grams=400_000, magnet_grams=9_000)


def findings(
    vehicle: CarryingVehicle = VAN, plant: ReceivingPlant = PLANT, load: Load = LOAD
) -> list[Finding]:
    return check_duties([(vehicle, DAY)], plant, [load])


def carried_by(**changes: object) -> CarryingVehicle:
    return replace(VAN, carrier=replace(CARRIER, **changes))  # type: ignore[arg-type]


def test_everything_in_order_says_nothing() -> None:
    assert findings() == []


@pytest.mark.parametrize(
    ("vehicle", "words"),
    [
        (carried_by(registration=""), "has no carrier registration on record"),
        (carried_by(registration="12345"), "does not have the form"),
        (carried_by(expires_on=dt.date(2026, 11, 23)), "ends on 23 November 2026, before the round"),
        (replace(VAN, tested_until_on=dt.date(2026, 11, 1)), "annual test of Van ends on 1 November"),
    ],
)
def test_a_carrier_or_vehicle_that_may_not_drive_blocks(vehicle: CarryingVehicle, words: str) -> None:
    (found,) = findings(vehicle)
    assert found.blocks
    assert words in found.sentence


def test_a_registration_that_ends_soon_is_only_mentioned() -> None:
    (found,) = findings(carried_by(expires_on=DAY + dt.timedelta(days=20)))
    assert (found.blocks, "renew it in time" in found.sentence) == (False, True)


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (replace(PLANT, authorisation=""), "has no permit or licence number"),
        (replace(PLANT, authorisation_expires_on=dt.date(2026, 1, 1)), "permit of Short loop plant ends"),
        (replace(PLANT, ewc_codes=frozenset({"200136"})), "does not cover waste code 16 02 16"),
        (replace(PLANT, permitted_grams=10_000_000, taken_grams=9_700_000), "may take 10.0 t in 2026"),
    ],
)
def test_a_plant_that_may_not_take_the_load_blocks(plant: ReceivingPlant, words: str) -> None:
    (found,) = findings(plant=plant)
    assert found.blocks
    assert words in found.sentence


def test_the_last_tonne_that_fits_may_come() -> None:
    assert findings(plant=replace(PLANT, permitted_grams=10_000_000, taken_grams=9_600_000)) == []


def test_more_magnets_than_the_plant_works_up_is_only_mentioned() -> None:
    (found,) = findings(plant=replace(PLANT, feed_grams=10_000, taken_magnet_grams=5_000))
    assert not found.blocks


def test_vehicles_of_one_carrier_are_complained_of_once() -> None:
    nobody = carried_by(registration="")
    found = check_duties([(nobody, DAY), (replace(nobody, name="Lorry"), DAY)], PLANT, [LOAD])
    assert len(found) == 1


@pytest.mark.django_db
def test_confirming_stops_and_books_nothing(cast: Cast, log: LogLot, van: Vehicle, book: Book) -> None:
    lot = log(cast.turbine_dismantler)
    Organisation.objects.filter(slug="short-loop").update(carrier_registration="")

    with pytest.raises(DutyError, match="no carrier registration"):
        book(van, lot)

    assert not Pickup.unscoped.exists()
    lot.refresh_from_db()
    assert lot.state == "held"


@pytest.mark.django_db
def test_a_hauliers_own_registration_counts_for_its_vehicle(
    cast: Cast, log: LogLot, van: Vehicle, book: Book
) -> None:
    Organisation.objects.filter(slug="short-loop").update(carrier_registration="")
    Vehicle.unscoped.filter(pk=van.pk).update(carrier_name="Haulier", carrier_registration="CBDU654321")
    assert book(van, log(cast.turbine_dismantler)).reference


@pytest.mark.django_db
def test_what_is_booked_already_counts_against_the_years_tonnes(
    cast: Cast, log: LogLot, van: Vehicle, lorry: Vehicle, plant: Facility, book: Book
) -> None:
    first, second = log(cast.turbine_dismantler), log(cast.turbine_dismantler)
    Facility.objects.filter(pk=plant.pk).update(permitted_t_per_year="0.70")
    book(van, first)
    with pytest.raises(DutyError, match=r"0\.4 t are received or booked and these rounds would bring 0\.4 t"):
        book(lorry, second)
    assert Lot.unscoped.get(pk=second.pk).state == "held"
