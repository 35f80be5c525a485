"""The main job through the API alone: from a yard's lot to the regulator's report."""

import datetime as dt
import uuid
from typing import Any

import pytest

from collection.actions.planning import run_next_plan
from collection.actions.risk import assess_all
from collection.models import Vehicle
from tests.api.conftest import Caller, hard_drives
from tests.cast import Cast

pytestmark = pytest.mark.django_db

TODAY = dt.datetime.now(dt.UTC).date()


def _next_working_day() -> dt.date:
    day = TODAY + dt.timedelta(days=1)
    while day.weekday() > 4:
        day += dt.timedelta(days=1)
    return day


@pytest.fixture
def van(cast: Cast) -> Vehicle:
    plant = cast.short_loop_planner.organisation.facilities.get()
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


def _retained(client: Any) -> int:
    period = {"from": f"{TODAY:%Y}-01-01", "to": (TODAY + dt.timedelta(days=2)).isoformat(), "by": "region"}
    report = client.get("/api/v1/reports/retention/", period)
    assert report.status_code == 200, report.json()
    return int(report.json()["total"]["figures"]["retained"]["central_grams"])


def test_a_lot_goes_from_a_yard_to_the_regulators_report(
    reference: None, cast: Cast, caller: Caller, van: Vehicle
) -> None:
    yard, planner = caller(cast.scrapyard), caller(cast.short_loop_planner)
    driver, regulator = caller(cast.driver), caller(cast.national_regulator)
    site = yard.post("/api/v1/sites/", {"name": "Depot", "postcode": "LS10 1JQ"}).json()
    body = hard_drives(site_id=site["id"])

    logged = yard.post("/api/v1/lots/", body)
    assert logged.status_code == 201, logged.json()
    lot = logged.json()["reference"]
    assert logged.json()["content"]["magnet"]["central_grams"] > 0
    assess_all(at=dt.datetime.now(dt.UTC))
    why = yard.get(f"/api/v1/lots/{lot}/risk/").json()["explanation"]
    points = why["baseline"] + sum(reason["points"] for reason in why["reasons"])
    assert points == pytest.approx(why["points"])

    asked = planner.post(
        "/api/v1/plans/",
        {
            "facility": "short-loop",
            "from_on": _next_working_day().isoformat(),
            "days": 1,
            "vehicles": [van.pk],
            "reach_km": 600,
            "saving_weight": 100,
            "seconds": 2,
        },
    )
    assert asked.status_code == 202, asked.json()
    plan = asked.json()["reference"]
    assert run_next_plan(lambda: dt.datetime.now(dt.UTC))
    found = planner.get(f"/api/v1/plans/{plan}/").json()
    assert found["state"] == "done", found["error"]
    assert [each["reference"] for each in found["best"]["rounds"][0]["stops"][0]["lots"]] == [lot]

    confirmed = planner.post(f"/api/v1/plans/{plan}/confirmation/").json()
    again = planner.post(f"/api/v1/plans/{plan}/confirmation/").json()
    assert confirmed["rounds"] == again["rounds"]
    assert len(confirmed["rounds"]) == 1
    told = yard.get("/api/v1/notifications/", {"unread": "true"}).json()["results"]
    assert [each["kind"] for each in told] == ["pickup_booked"]

    number = confirmed["rounds"][0]
    assert driver.get(f"/api/v1/rounds/{number}/").status_code == 404
    named = planner.put(f"/api/v1/rounds/{number}/driver/", {"driver": cast.driver.user.email})
    assert named.status_code == 200, named.json()
    stop = driver.get(f"/api/v1/rounds/{number}/").json()["stops"][0]
    collection = {
        "submission_id": str(uuid.uuid4()),
        "lines": [{"lot": lot, "quantity": "800", "gross_grams": 520_000}],
        "signed_by": "The yard manager",
    }
    for _time in range(2):
        collected = driver.post(f"/api/v1/pickups/{stop['reference']}/collection/", collection)
        assert collected.status_code == 200, collected.json()
        assert collected.json()["state"] == "collected"

    weighing = {
        "submission_id": str(uuid.uuid4()),
        "facility": "short-loop",
        "gross_grams": 545_000,
        "tare_grams": 25_000,
    }
    received = [planner.post(f"/api/v1/lots/{lot}/receipt/", weighing) for _time in range(2)]
    assert [each.status_code for each in received] == [201, 200], received[0].json()

    assert _retained(regulator) == 0
    mass = planner.get(f"/api/v1/lots/{lot}/").json()["magnet_grams"]
    processing = {"submission_id": str(uuid.uuid4()), "retained_grams": mass - 100, "batch": "B-1"}
    processed = [planner.post(f"/api/v1/lots/{lot}/processing/", processing) for _time in range(2)]
    assert [each.status_code for each in processed] == [201, 200], processed[0].json()
    assert processed[0].json()["residue_grams"] == 100

    assert _retained(regulator) == mass - 100
    places = [each["to_place"] for each in yard.get(f"/api/v1/lots/{lot}/custody/").json()]
    assert places == ["held", "in_transit", "received", "retained", "residue"]
