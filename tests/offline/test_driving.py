"""A driver's day that was recorded without signal and is sent later: once, when it happened, in order."""

import datetime as dt
import io
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from collection.models import CustodyEntry, Lot, LotPhoto, Pickup, PickupLot, PickupState, Round, Unloading
from collection.rules.custody import first_fault
from tests.cast import Cast, Person
from tests.offline.conftest import Phone
from tests.offline.rounds import round_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

OnPhone = Callable[[Person], Phone]
HOUR = 3600


@pytest.fixture
def stop(cast: Cast) -> Pickup:
    """The first of two stops."""
    made = round_for(cast, cast.turbine_dismantler, cast.scrapyard)
    found: Pickup = made.pickups.get(sequence=1)
    return found


def _door(stop: Pickup, step: str = "") -> str:
    return f"/queue/driving/{stop.round.reference}/{stop.sequence}/{step}"


def _loaded(stop: Pickup, **changes: Any) -> dict[str, Any]:
    lot = stop.lines.get().lot_id
    return {
        "submission_id": uuid.uuid4(),
        f"lot{lot}_outcome": "whole",
        "signed_by": "Foreman",
        "age_seconds": 0,
    } | {name.replace("lot_", f"lot{lot}_"): value for name, value in changes.items()}


def test_a_stop_sent_again_is_recorded_once(phone: OnPhone, cast: Cast, stop: Pickup) -> None:
    driver, event = phone(cast.driver), _loaded(stop)

    answers = [driver.form(_door(stop), **event) for _ in range(2)]

    assert [answer.json()["is_new"] for answer in answers] == [True, False]
    assert stop.lines.get().state == PickupLot.State.COLLECTED
    assert CustodyEntry.unscoped.filter(lot=stop.lines.get().lot).count() == 2


def test_it_was_loaded_when_it_was_loaded(phone: OnPhone, cast: Cast, stop: Pickup) -> None:
    Pickup.unscoped.filter(pk=stop.pk).update(arrived_at=None)
    driver = phone(cast.driver)

    assert driver.form(_door(stop), **_loaded(stop, age_seconds=5 * HOUR)).status_code == 200

    stop.refresh_from_db()
    entry = CustodyEntry.unscoped.filter(lot=stop.lines.get().lot).order_by("-sequence")[0]
    assert entry.at == stop.finished_at
    assert entry.recorded_at - entry.at == dt.timedelta(hours=5)


def test_part_of_a_lot_and_the_label_that_was_read(phone: OnPhone, cast: Cast, stop: Pickup) -> None:
    event = _loaded(stop, lot_outcome="part", lot_quantity="300", lot_gross="0.2 t", lot_scanned="on")

    assert phone(cast.driver).form(_door(stop), **event).status_code == 200

    line = stop.lines.get()
    assert (line.lot.quantity, line.collected_gross_grams, line.is_label_scanned) == (300, 200_000, True)
    assert Lot.unscoped.filter(quantity=500, state="held").count() == 1
    for lot in Lot.unscoped.all():
        assert first_fault(list(CustodyEntry.unscoped.filter(lot=lot).order_by("sequence"))) is None


def test_nothing_loaded_keeps_its_reason(phone: OnPhone, cast: Cast, stop: Pickup) -> None:
    event = _loaded(stop, lot_outcome="left", lot_reason="closed", signed_by="")

    assert phone(cast.driver).form(_door(stop), **event).status_code == 200

    stop.refresh_from_db()
    assert (stop.state, stop.failure_reason) == (PickupState.FAILED, "closed")


def test_what_is_missing_comes_back_beside_its_field(phone: OnPhone, cast: Cast, stop: Pickup) -> None:
    answer = phone(cast.driver).form(_door(stop), **_loaded(stop, signed_by=""))

    assert answer.status_code == 422
    assert [problem["target"] for problem in answer.json()["problems"]] == ["id_signed_by"]
    stop.refresh_from_db()
    assert stop.state == PickupState.SCHEDULED


def test_a_stop_recorded_on_another_phone_asks_for_a_person(phone: OnPhone, cast: Cast, stop: Pickup) -> None:
    driver = phone(cast.driver)
    driver.form(_door(stop), **_loaded(stop))

    answer = driver.form(_door(stop), **_loaded(stop))

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["message"]
    assert CustodyEntry.unscoped.filter(lot=stop.lines.get().lot).count() == 2


def test_a_signature_and_photos_come_with_the_stop(phone: OnPhone, cast: Cast, stop: Pickup) -> None:
    driver = phone(cast.driver)
    drawn = [[[0, 0], [500, 900]], [[10, 10]]]
    driver.form(_door(stop), **_loaded(stop, signature=json.dumps(drawn)))

    for _ in range(2):
        assert driver.form(_door(stop, "photos/"), photo=_photo()).status_code == 200

    stop.refresh_from_db()
    assert stop.signature == drawn
    assert LotPhoto.objects.get().pickup == stop


def test_the_steps_of_the_day_happened_in_their_order(phone: OnPhone, cast: Cast, stop: Pickup) -> None:
    driver, made = phone(cast.driver), stop.round
    second = made.pickups.get(sequence=2)
    made.pickups.filter(pk=second.pk).update(trip=2)
    Unloading.objects.create(round=made, after_trip=1, planned_arrival_at=made.starts_at)
    day = [
        (f"/queue/driving/{made.reference}/leave/", {"age_seconds": 8 * HOUR}),
        (_door(stop, "arrive/"), {"age_seconds": 7 * HOUR}),
        (_door(stop), _loaded(stop, age_seconds=6 * HOUR)),
        (f"/queue/driving/{made.reference}/unload/1/", {"age_seconds": 5 * HOUR}),
        (_door(second), _loaded(second, age_seconds=4 * HOUR)),
        (f"/queue/driving/{made.reference}/back/", {"age_seconds": 2 * HOUR, "kilometres": "91.5"}),
    ]

    for _ in range(2):
        for address, event in day:
            assert driver.form(address, **event).status_code == 200, address

    made = Round.unscoped.get(pk=made.pk)
    stop.refresh_from_db()
    unloaded_at = made.unloadings.get().finished_at
    times = [made.left_at, stop.arrived_at, stop.finished_at, unloaded_at, made.returned_at]
    now = timezone.now()
    hours = [round((now - at).total_seconds() / HOUR) for at in times if at]
    assert hours == [8, 7, 6, 5, 2]
    assert made.driven_metres == 91_500


def test_another_driver_s_round_is_not_there(phone: OnPhone, cast: Cast, stop: Pickup) -> None:
    Round.unscoped.update(driver=None)

    answer = phone(cast.driver).form(_door(stop), **_loaded(stop))

    assert answer.status_code == 422
    assert "no longer there" in answer.json()["problems"][0]["message"]


def test_pages_of_the_day_may_be_kept_and_others_not(phone: OnPhone, cast: Cast, stop: Pickup) -> None:
    driver = phone(cast.driver)
    day = ("/driving/", f"/driving/{stop.round.reference}/", f"/driving/{stop.round.reference}/1/")

    assert [driver.client.get(address)["X-Lodestone-Offline"] for address in day] == [driver.seat] * 3
    assert "X-Lodestone-Offline" not in driver.client.get("/lots/")
    assert "X-Lodestone-Offline" not in driver.client.get("/notifications/")


def _photo() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "navy").save(buffer, "JPEG")
    return SimpleUploadedFile("load.jpg", buffer.getvalue(), "image/jpeg")
