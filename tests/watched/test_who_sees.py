"""Who sees a watched source, and who changes it: people and software."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from rest_framework.test import APIClient

from collection.actions.keys import issue_key
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log
from tests.watched.sources import watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def test_rivals_see_nothing_planners_and_the_nations_regulator_do(cast: Cast, as_person: SignIn) -> None:
    watched = watch(cast.turbine_dismantler)
    address = f"/watched/{watched.reference}/"

    seen = {
        name: getattr(as_person(person).get(address), "status_code", 0)
        for name, person in cast.everybody().items()
    }

    assert {name for name, code in seen.items() if code == 200} == {
        "turbine_dismantler", "short_loop_planner", "long_loop_planner", "national_regulator", "product_admin",
    }  # fmt: skip
    assert seen["scrapyard"] == seen["scottish_regulator"] == 404
    assert seen["driver"] == 403


def test_what_is_defences_is_for_the_cleared(cast: Cast, as_person: SignIn) -> None:
    watched = watch(cast.defence_officer, source_kind="defence", name="A ship on the disposal list")

    assert as_person(cast.short_loop_planner).get(f"/watched/{watched.reference}/").status_code == 404
    assert as_person(cast.defence_officer).get(f"/watched/{watched.reference}/").status_code == 200


@pytest.mark.parametrize("step", ["change", "close", "arisen"])
def test_only_its_holder_changes_it(cast: Cast, as_person: SignIn, step: str) -> None:
    watched = watch(cast.turbine_dismantler)

    assert as_person(cast.scrapyard).post(f"/watched/{watched.reference}/{step}/").status_code == 404
    assert as_person(cast.short_loop_planner).post(f"/watched/{watched.reference}/{step}/").status_code == 403


def test_software_watches_changes_links_and_closes(cast: Cast) -> None:
    person = cast.turbine_dismantler
    _, key = issue_key(person.user.pk, person.organisation.pk, "fleet", at=NOW)
    software = APIClient(HTTP_AUTHORIZATION=f"Token {key}")
    year = dt.datetime.now(dt.UTC).year + 2
    body = {
        "submission_id": str(uuid.uuid4()),
        "name": "Turbine 7",
        "source_kind": "wind",
        "product_code": "wind_dd_pmsg_onshore",
        "quantity": "6",
        "unit": "MW",
        "year": year,
        "postcode": "NE28 6UQ",
    }

    first, again = (software.post("/api/v1/watched-sources/", body, format="json") for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    address = f"/api/v1/watched-sources/{first.json()['reference']}/"
    assert first.json()["magnet"]["central_grams"] == 3_900_000
    changed = software.put(address, body | {"quantity": "3"}, format="json").json()
    assert changed["magnet"]["central_grams"] == 1_950_000
    years = software.get("/api/v1/expected-by-year/").json()
    assert next(one for one in years if one["year"] == year)["watched_grams"] == 1_950_000
    lot = log(person, source_kind="wind", product_code="wind_dd_pmsg_onshore", quantity=Decimal(3), unit="MW")
    linked = software.post(f"{address}lots/", {"lot": lot.reference}, format="json").json()
    assert (linked["state"], linked["lots"]) == ("arisen", [lot.reference])
    assert software.post(f"{address}closing/", {"why": "Too late"}, format="json").status_code == 409
    wrong = software.post(
        "/api/v1/watched-sources/", body | {"submission_id": str(uuid.uuid4()), "year": 1999}, format="json"
    )
    assert wrong.json()["errors"][0]["field"] == "year"
    assert [
        one["reference"] for one in software.get("/api/v1/watched-sources/?state=arisen").json()["results"]
    ] == [linked["reference"]]
