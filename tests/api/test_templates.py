"""Templates through the API: saved, listed, logged from; the same ones that people pick on their phones."""

import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from collection.models import Lot, LotTemplate
from tests.api.conftest import Caller, hard_drives
from tests.cast import Cast
from tests.journey.answers import PAGES

pytestmark = pytest.mark.django_db

STAYS = ("source_kind", "product_code", "condition", "intent", "postcode")
NEW = ("quantity", "unit", "available_from_on")


def _save(client: APIClient, name: str = "Drives of the week", **changes: Any) -> Any:
    answers = {name: hard_drives()[name] for name in STAYS} | {"is_magnetised": False, "ewc_code": "160214"}
    return client.post("/api/v1/templates/", {"name": name, "answers": answers | changes}, format="json")


def _log(client: APIClient, template: int, **changes: Any) -> Any:
    body = {"submission_id": str(uuid.uuid4())} | {name: hard_drives()[name] for name in NEW} | changes
    return client.post(f"/api/v1/templates/{template}/lots/", body, format="json")


def test_a_template_is_saved_listed_and_logged_from(reference: None, cast: Cast, caller: Caller) -> None:
    yard = caller(cast.scrapyard)
    saved = _save(yard)
    assert saved.status_code == 201, saved.json()
    assert saved.json()["answers"]["is_magnetised"] is False
    assert yard.get("/api/v1/templates/").json()["results"] == [saved.json()]

    logged = _log(yard, saved.json()["id"])

    assert logged.status_code == 201, logged.json()
    assert {name: logged.json()[name] for name in ("product_code", "condition", "ewc_code", "outcode")} == {
        "product_code": "weee_hdd_3_5", "condition": "intact", "ewc_code": "160214", "outcode": "G51",
    }  # fmt: skip
    assert Lot.unscoped.get().is_magnetised is False
    assert yard.get("/api/v1/templates/").json()["results"][0]["used_at"]


def test_what_is_said_of_the_lot_goes_before_the_template(
    reference: None, cast: Cast, caller: Caller
) -> None:
    yard = caller(cast.scrapyard)
    template = _save(yard).json()["id"]
    assert cast.scrapyard.site is not None

    logged = _log(yard, template, condition="damaged", site_id=cast.scrapyard.site.pk)

    assert logged.status_code == 201, logged.json()
    lot = Lot.unscoped.get()
    assert (lot.condition, lot.site) == ("damaged", cast.scrapyard.site)


def test_the_same_submission_twice_is_one_lot(reference: None, cast: Cast, caller: Caller) -> None:
    yard, submission_id = caller(cast.scrapyard), str(uuid.uuid4())
    template = _save(yard).json()["id"]

    first, second = (_log(yard, template, submission_id=submission_id) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert Lot.unscoped.count() == 1


def test_a_template_of_the_api_is_used_on_a_phone_and_one_of_a_phone_by_the_api(
    reference: None, cast: Cast, caller: Caller, client: Any
) -> None:
    yard = caller(cast.scrapyard)
    template = _save(yard).json()["id"]
    client.force_login(cast.scrapyard.user)
    draft = client.post(f"/log/templates/{template}/use/", follow=True)
    asked = draft.redirect_chain[-1][0]
    assert asked.endswith("/amount/"), "all but the amount is answered"
    client.post(asked, PAGES["amount"])
    client.post(asked.replace("/amount/", "/template/"), {"name": "Of a phone"})

    made = LotTemplate.objects.get(name="Of a phone")

    assert _log(yard, made.pk).status_code == 201


def test_what_cannot_be_is_refused_by_name(reference: None, cast: Cast, caller: Caller) -> None:
    yard, rival = caller(cast.scrapyard), caller(cast.turbine_dismantler)
    assert cast.turbine_dismantler.site is not None
    saved = _save(yard)

    for changes, field in (
        ({"product_code": "no_such_product"}, "product_code"),
        ({"site_id": cast.turbine_dismantler.site.pk}, "site_id"),
        ({"condition": "tired"}, "condition"),
    ):
        answer = _save(yard, name="Another", **changes)
        assert answer.status_code == 400
        assert [problem["field"] for problem in answer.json()["errors"]] == [f"answers.{field}"], (
            answer.json()
        )
    again = _save(yard)
    assert (again.status_code, again.json()["errors"][0]["field"]) == (400, "name")
    missing = yard.post(f"/api/v1/templates/{saved.json()['id']}/lots/", {"submission_id": str(uuid.uuid4())})
    assert {problem["field"] for problem in missing.json()["errors"]} == set(NEW)
    assert rival.get("/api/v1/templates/").json()["results"] == []
    assert _log(rival, saved.json()["id"]).status_code == 404
