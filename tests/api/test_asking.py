"""What software can find out without changing anything."""

import json

import pytest
from django.test import RequestFactory
from django.urls import get_resolver

from collection.api.errors import WAYS_OUT, problem
from tests.api.conftest import Caller
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["hard drive", "HDD", "disk", "hard drvie"])
def test_products_are_found_by_what_people_call_them(
    reference: None, cast: Cast, caller: Caller, words: str
) -> None:
    found = caller(cast.scrapyard).get("/api/v1/products/", {"q": words}).json()["results"]

    assert "weee_hdd_3_5" in [each["code"] for each in found]


def test_a_product_says_how_much_magnet_it_holds_and_who_says_so(
    reference: None, cast: Cast, caller: Caller
) -> None:
    product = caller(cast.scrapyard).get("/api/v1/products/weee_hdd_3_5/").json()

    per_unit = product["coefficient"]["magnet_per_unit"]
    assert 0 < per_unit["low_kg"] <= per_unit["central_kg"] <= per_unit["high_kg"] < 0.1
    assert product["coefficient"]["citation"]
    assert product["units"] == ["items", "kg_magnets"]


def test_what_if_answers_with_content_value_and_route_and_writes_nothing(
    reference: None, cast: Cast, caller: Caller
) -> None:
    client = caller(cast.scrapyard)

    answer = client.post("/api/v1/content/", {"product_code": "HDD", "quantity": "1000", "unit": "items"})

    found = answer.json()
    assert answer.status_code == 200
    assert found["magnet"]["low_grams"] < found["magnet"]["central_grams"] < found["magnet"]["high_grams"]
    assert [basis["basis"] for basis in found["value"]["bases"]] == ["china", "europe"]
    assert found["route"]["because"]
    assert client.get("/api/v1/lots/").json()["results"] == []


def test_weighed_magnets_narrow_the_estimate(reference: None, cast: Cast, caller: Caller) -> None:
    lot = {"product_code": "weee_hdd_3_5", "quantity": "1000", "unit": "items"}
    client = caller(cast.scrapyard)

    counted = client.post("/api/v1/content/", lot).json()
    weighed = client.post("/api/v1/content/", lot | {"magnet_grams_weighed": 15_000}).json()

    assert weighed["magnet"]["central_grams"] == 15_000
    assert weighed["evidence_class"] < counted["evidence_class"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"product_code": "unobtainium"}, "product_code"),
        ({"quantity": "-1"}, "quantity"),
        ({"unit": "MW"}, "unit"),
        ({"build_year": 20014}, "build_year"),
    ],
)
def test_what_cannot_be_estimated_names_the_field(
    reference: None, cast: Cast, caller: Caller, change: dict[str, object], field: str
) -> None:
    lot = {"product_code": "weee_hdd_3_5", "quantity": "1000", "unit": "items"} | change

    answer = caller(cast.scrapyard).post("/api/v1/content/", lot)

    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quantity": "many"}, "invalid"),
        ({"quantity": None}, "null"),
        ({"unit": "bushels"}, "invalid_choice"),
        ({"product_code": ""}, "blank"),
        ({"magnet_grams_weighed": -1}, "min_value"),
    ],
)
def test_what_is_not_of_its_form_is_told_what_to_send(
    reference: None, cast: Cast, caller: Caller, change: dict[str, object], code: str
) -> None:
    lot = {"product_code": "weee_hdd_3_5", "quantity": "1000", "unit": "items"} | change

    [refusal] = caller(cast.scrapyard).post("/api/v1/content/", lot).json()["errors"]

    assert refusal["code"] == code
    assert refusal["way_out"] in WAYS_OUT.values()


def test_a_refusal_in_one_sentence_is_given_a_way_out(cast: Cast, caller: Caller) -> None:
    client = caller(cast.short_loop_planner)
    for address in ("plans/?cursor=nowhere", "plans/PLAN-26-000001/"):
        [refusal] = client.get(f"/api/v1/{address}").json()["errors"]
        assert refusal["way_out"], address
    [refusal] = caller(cast.driver).get("/api/v1/vehicles/").json()["errors"]
    assert refusal["way_out"] == "Ask an administrator of your organisation for the role."
    assert problem("days", "cannot_offer", "An offer stands for 1 to 60 days")["way_out"]
    assert problem("days", "cannot_plan", "These days are a weekend. Choose more.")["way_out"] == ""


def test_an_address_that_is_none_and_a_fault_of_ours_are_answered_in_the_one_shape(
    cast: Cast, caller: Caller
) -> None:
    nowhere = caller(cast.scrapyard).get("/api/v1/nowhere/")
    fault = get_resolver().resolve_error_handler(500)(RequestFactory().get("/api/v1/lots/"))

    assert (nowhere.status_code, nowhere.json()["errors"][0]["code"]) == (404, "not_found")
    assert (fault.status_code, json.loads(fault.content)["errors"][0]["code"]) == (500, "server_error")
