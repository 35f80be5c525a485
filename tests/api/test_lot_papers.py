"""Hold points, the dealer's record and weighing through the API: what goes in comes out, once, and only for its own."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from collection.models import DealerRecord, Lot, WeightReading
from collection.rules.hold_points import HoldPoint
from tests.api.conftest import Caller, LogLot
from tests.cast import Cast

pytestmark = pytest.mark.django_db

RECORD = {
    "form": "Loose motors", "condition": "Used", "marks": "none", "received_at": "2026-11-20T14:30:00Z",
    "vehicle": "AB12 CDE", "seller_name": "Seller One", "seller_address": "1 Sample Street, CA2 5AF",
    "document": "driving_licence", "document_reference": "D1", "paid_by": "The cashier", "payment": "transfer",
    "payment_reference": "T1",
}  # fmt: skip


def _fields(answer: Any) -> set[str]:
    return {problem["field"] for problem in answer.json()["errors"]}


def test_five_hold_points_recorded_open_a_defence_lot(cast: Cast, log: LogLot, caller: Caller) -> None:
    lot = log(
        cast.defence_officer, source_kind="defence", product_code="def_gyro_torquer", quantity=Decimal(4)
    )
    holder, address = caller(cast.defence_officer), f"/api/v1/lots/{lot.reference}/hold-points/"
    evidence = {"evidence": "Certificate 1", "checked_by": "Stores officer", "checked_on": "2026-11-20"}
    assert _fields(holder.post(f"{address}explosives/", evidence | {"checked_on": "2099-01-01"}))

    for point in HoldPoint:
        answer = holder.post(f"{address}{point}/", evidence)
        assert answer.status_code in (200, 201), answer.json()
    assert holder.post(f"{address}{HoldPoint.EXPLOSIVES}/", evidence).status_code == 409
    assert holder.post(f"{address}nonsense/", evidence).status_code == 404

    assert [each["point"] for each in holder.get(address).json()] == [point.value for point in HoldPoint]
    assert not Lot.unscoped.get(pk=lot.pk).is_on_hold
    for stranger in (cast.scrapyard, cast.national_regulator, cast.short_loop_planner):
        assert caller(stranger).get(address).status_code == 404


def test_a_dealers_record_is_kept_once_read_and_corrected(cast: Cast, log: LogLot, caller: Caller) -> None:
    lot = log(cast.scrapyard, site_id=None, postcode="CA2 5AF")
    yard, address = caller(cast.scrapyard), f"/api/v1/lots/{lot.reference}/dealer-record/"
    assert yard.get(address).status_code == 404
    assert _fields(yard.post(address, RECORD | {"payment": "cash"})) == {"dealer_record.payment"}

    kept = yard.post(address, RECORD)
    assert kept.status_code == 201, kept.json()
    assert (kept.json()["vehicle"], kept.json()["keep_until"]) == ("AB12CDE", "2029-11-20")
    assert yard.post(address, RECORD).status_code == 409

    correction = RECORD | {"seller_name": "Seller Two", "replaces": kept.json()["id"], "reason": "Misspelt"}
    assert yard.post(f"{address}correction/", correction).status_code == 201
    assert yard.post(f"{address}correction/", correction).status_code == 409, "it was corrected meanwhile"
    assert _fields(yard.post(f"{address}correction/", correction | {"reason": ""})) == {"reason"}
    assert yard.get(address).json()["seller_name"] == "Seller Two"
    assert DealerRecord.unscoped.count() == 2
    assert caller(cast.turbine_dismantler).get(address).status_code == 404
    assert caller(cast.national_regulator).get(address).status_code == 403


def test_a_lot_from_scotland_needs_no_dealers_record(cast: Cast, log: LogLot, caller: Caller) -> None:
    lot = log(cast.scrapyard)

    assert (
        caller(cast.scrapyard).post(f"/api/v1/lots/{lot.reference}/dealer-record/", RECORD).status_code == 409
    )


def test_a_weighing_replaces_the_estimate_once_and_must_add_up(
    cast: Cast, log: LogLot, caller: Caller
) -> None:
    lot = log(cast.scrapyard, gross_grams=500_000, weight_method="told")
    yard, address = caller(cast.scrapyard), f"/api/v1/lots/{lot.reference}/weighing/"
    body = {
        "submission_id": str(uuid.uuid4()), "method": "platform", "gross_grams": 520_000, "pallet_grams": 20_000,
        "ticket": "T 1",
    }  # fmt: skip
    assert yard.post(address, body | {"net_grams": 400_000}).status_code == 400
    assert _fields(yard.post(address, body | {"method": "told"})) == {"method"}

    first, again = yard.post(address, body), yard.post(address, body)

    assert (first.status_code, again.status_code) == (200, 200), first.json()
    assert (first.json()["net_grams"], first.json()["weight_is_estimate"]) == (500_000, False)
    assert WeightReading.objects.filter(lot=lot).count() == 2
    assert WeightReading.objects.get(lot=lot, is_current=True).read_at > dt.datetime(
        2026, 11, 23, tzinfo=dt.UTC
    )
    assert caller(cast.turbine_dismantler).post(address, body).status_code == 404
