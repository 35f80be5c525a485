"""Parts keep the source, the waste and the clearance of the whole; a whole keeps the dangers of its parts."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from collection.actions.hold_points import record_hold_point
from collection.actions.merging import merge
from collection.actions.regrouping import split, take_apart
from collection.models import HoldPointRecord, Lot, SourceDetails, WasteDetails
from collection.rules.content.disassembly import Apart
from collection.rules.hold_points import HoldPoint
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

LATER = NOW + dt.timedelta(days=3)
DRUMS = {
    "hazard": "present",
    "hazardous_properties": ("HP_3", "HP_14"),
    "physical_form": "Solid",
    "container_type": "DRU",
    "container_count": 4,
}


def _split(person: Person, lot: Lot) -> Lot:
    return split(person.viewer, lot.pk, Decimal(1), reason="", submission_id=uuid.uuid4(), at=LATER)


def _merge(person: Person, *lots: Lot) -> Lot:
    pks = [lot.pk for lot in lots]
    return merge(person.viewer, pks, reason="", submission_id=uuid.uuid4(), at=LATER)


def _clear(person: Person, lot: Lot, evidence: str) -> None:
    for point in HoldPoint:
        record_hold_point(
            person.viewer,
            lot.pk,
            point,
            evidence=evidence,
            checked_by="Stores officer",
            checked_on=NOW.date(),
            at=NOW,
        )


def _motors(person: Person, **changes: Any) -> Lot:
    answers = {
        "source_kind": "vehicle",
        "product_code": "auto_bev_traction_motor",
        "quantity": Decimal(4),
        "serial": "AB12 CDE",
        "drive": "battery_electric",
    }
    return log(person, **(answers | changes))


def test_a_part_is_the_same_waste_from_the_same_source_but_its_containers_wait_to_be_counted(
    cast: Cast,
) -> None:
    lot = _motors(cast.scrapyard, **DRUMS)

    part = _split(cast.scrapyard, lot)

    whole, copy = (SourceDetails.objects.get(lot=each) for each in (lot, part))
    assert (whole.drive, copy.drive) == ("battery_electric", "battery_electric")
    assert (bool(whole.identity_key), copy.identity_key) == (True, ""), "the vehicle is not there twice"
    for waste in (WasteDetails.objects.get(lot=each) for each in (lot, part)):
        assert (waste.hazard, waste.hazardous_properties) == ("present", ["HP_3", "HP_14"])
        assert (waste.physical_form, waste.container_type) == ("Solid", "DRU")
        assert waste.container_count is None


def test_freed_magnets_keep_their_source_but_are_another_waste_than_the_machine(cast: Cast) -> None:
    lot = log(cast.scrapyard, ewc_code="160213", **DRUMS)
    apart = Apart(
        maker="Alder Drives",
        model="P 1",
        items=120,
        minutes=240,
        freed_grams=1_500,
        intact_grams=1_500,
        residue_grams=300,
        loss_grams=0,
        obstacles=frozenset(),
    )

    magnets = take_apart(cast.scrapyard.viewer, lot.pk, apart, submission_id=uuid.uuid4(), at=LATER).magnets

    assert magnets is not None
    assert magnets.ewc_code == "160216", "a part taken out of equipment, with nothing hazardous in it"
    assert not WasteDetails.objects.filter(lot=magnets).exists()


def test_lots_put_together_keep_every_danger_and_what_all_agree_on(cast: Cast) -> None:
    first = _motors(cast.scrapyard, **DRUMS)
    second = _motors(
        cast.scrapyard,
        serial="CD34 EFG",
        hazardous_properties=("HP_6",),
        container_type="DRU",
        container_count=2,
    )

    child = _merge(cast.scrapyard, first, second)

    waste = WasteDetails.objects.get(lot=child)
    assert (waste.hazard, waste.hazardous_properties) == ("present", ["HP_3", "HP_14", "HP_6"])
    assert (waste.container_type, waste.container_count) == ("DRU", 6)
    assert waste.physical_form == "", "the second did not say"
    details = SourceDetails.objects.get(lot=child)
    assert (details.drive, details.identity_key) == ("battery_electric", ""), "two vehicles are not one"


def test_the_evidence_that_cleared_a_defence_lot_goes_with_its_parts(cast: Cast) -> None:
    officer = cast.defence_officer
    lots = [
        log(officer, source_kind="defence", product_code="def_gyro_torquer", quantity=Decimal(4))
        for _ in range(2)
    ]
    for lot, evidence in zip(lots, ("Certificate 1", "Certificate 2"), strict=True):
        _clear(officer, lot, evidence)

    part = _split(officer, lots[0])
    assert list(part.hold_points.values_list("evidence", flat=True)) == ["Certificate 1"] * len(HoldPoint)

    together = _merge(officer, part, lots[1])
    assert not together.is_on_hold
    assert set(together.hold_points.values_list("evidence", flat=True)) == {
        "Recorded for each of the 2 lots put together"
    }


def test_a_point_cleared_for_one_part_only_is_open_for_the_whole(cast: Cast) -> None:
    officer = cast.defence_officer
    lots = [
        log(officer, source_kind="defence", product_code="def_gyro_torquer", quantity=Decimal(4))
        for _ in range(2)
    ]
    _clear(officer, lots[0], "Certificate 1")

    together = _merge(officer, *lots)

    assert together.is_on_hold
    assert not HoldPointRecord.objects.filter(lot=together).exists()


def test_a_thing_put_together_again_is_still_known_by_its_number(cast: Cast) -> None:
    lot = _motors(cast.scrapyard)
    key = SourceDetails.objects.get(lot=lot).identity_key

    again = _merge(cast.scrapyard, lot, _split(cast.scrapyard, lot))

    assert SourceDetails.objects.get(lot=again).identity_key == key
