"""Splitting, merging, taking apart and what was learnt, as software does it."""

import uuid
from typing import Any

import pytest

from tests.api.conftest import Caller, LogLot
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _apart(**changes: Any) -> dict[str, Any]:
    body = {
        "submission_id": str(uuid.uuid4()),
        "maker": "Alder",
        "model": "P1",
        "items": 800,
        "minutes": 300,
        "freed_grams": 10_000,
        "intact_grams": 9_000,
        "residue_grams": 1_500,
        "loss_grams": 500,
        "obstacles": ["glue"],
    }
    return body | changes


def test_a_lot_is_split_its_part_taken_apart_and_the_family_read(
    reference: None, cast: Cast, caller: Caller, log: LogLot
) -> None:
    lot = log(cast.scrapyard)
    yard = caller(cast.scrapyard)
    body = {"submission_id": str(uuid.uuid4()), "quantity": "200"}

    part = yard.post(f"/api/v1/lots/{lot.reference}/split/", body).json()
    again = yard.post(f"/api/v1/lots/{lot.reference}/split/", body).json()
    assert part["reference"] == again["reference"] != lot.reference
    made = yard.post(f"/api/v1/lots/{part['reference']}/dismantling/", _apart(items=200), format="json")

    assert made.status_code == 201, made.json()
    assert made.json()["magnets_reference"]
    assert yard.get(f"/api/v1/lots/{part['reference']}/dismantling/").json() == made.json()
    family = yard.get(f"/api/v1/lots/{lot.reference}/lineage/").json()
    assert len(family["lots"]) == 3
    assert [step["from_reference"] for step in family["steps"]] == [lot.reference, part["reference"]]
    for balance in family["balances"]:
        out = sum(balance[f"{way}_grams"] for way in ("into_lots", "residue", "lost", "stayed"))
        assert balance["came_in_grams"] == out
    rows = yard.get("/api/v1/disassembly/?product=weee_hdd_3_5").json()["results"]
    assert [(row["maker"], row["minutes_per_kg"], row["obstacles"]) for row in rows] == [
        ("Alder", 30.0, {"glue": 1})
    ]
    learnt = yard.get("/api/v1/learning/").json()
    assert learnt["overall"]["count"] == 1
    assert learnt["products"][0]["proposal"]["lots"] == 1


def test_refusals_name_the_field_and_every_reason(
    reference: None, cast: Cast, caller: Caller, log: LogLot
) -> None:
    lot, other = log(cast.scrapyard), log(cast.scrapyard, product_code="weee_hdd_2_5")
    yard = caller(cast.scrapyard)

    broken = yard.post(
        f"/api/v1/lots/{lot.reference}/dismantling/", _apart(intact_grams=11_000), format="json"
    )
    assert (broken.status_code, broken.json()["errors"][0]["field"]) == (400, "intact_grams")
    unknown = _apart(other_grams={"gold": 1})
    answer = yard.post(f"/api/v1/lots/{lot.reference}/dismantling/", unknown, format="json")
    assert "“gold” is not one of" in answer.json()["errors"][0]["message"]
    merge = {"submission_id": str(uuid.uuid4()), "references": [lot.reference, other.reference]}
    mixed = yard.post("/api/v1/merges/", merge, format="json")
    assert (mixed.status_code, mixed.json()["errors"][0]["code"]) == (400, "must_stay_apart")
    rival = caller(cast.turbine_dismantler)
    assert rival.post("/api/v1/merges/", merge, format="json").status_code == 404


def test_an_administrator_brings_a_refit_into_force(
    reference: None, cast: Cast, caller: Caller, log: LogLot
) -> None:
    lot = log(cast.scrapyard)
    caller(cast.scrapyard).post(f"/api/v1/lots/{lot.reference}/dismantling/", _apart(), format="json")
    reviewed = {"version": 1, "lots": 1, "reason": "One lot of a known make"}
    admin = caller(cast.product_admin)

    answer = admin.post("/api/v1/learning/weee_hdd_3_5/activation/", reviewed)

    assert answer.status_code == 200, answer.json()
    assert answer.json()["coefficient"]["version"] == "weee_hdd_3_5 v2"
    assert admin.post("/api/v1/learning/weee_hdd_3_5/activation/", reviewed).status_code == 409
