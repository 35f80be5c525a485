"""Proposals, moves, mishaps and the day as it is driven, by API: every answer is what the schema promises."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from collection.actions.keys import issue_key
from collection.actions.planning import run_next_plan
from collection.actions.rounds import assign_driver
from collection.models import Facility, Round, Unloading, Vehicle
from tests.api.promised import check, published_schema
from tests.cast import Cast, Person
from tests.pickups.conftest import Book, LogLot

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return published_schema()


class Software:
    """A system that acts for one person and has every answer checked."""

    def __init__(self, person: Person, schema: dict[str, Any]) -> None:
        _, key = issue_key(person.user.pk, person.organisation.pk, "tests", at=timezone.now())
        self.client = APIClient(HTTP_AUTHORIZATION=f"Token {key}")
        self.schema = schema

    def ask(
        self, operation: str, path: str, body: dict[str, Any] | None = None, code: int = 200, **query: str
    ) -> Any:
        """GET without a body, POST with one (`{}` where the operation takes none)."""
        address = f"/api/v1/{path}"
        answer = (
            self.client.get(address, query)
            if body is None
            else self.client.post(address, body, format="json")
        )
        assert answer.status_code == code, (address, answer.content)
        check(self.schema, operation, answer.json(), code)
        return answer.json()


@pytest.fixture(autouse=True)
def nobody_was_counted() -> None:
    cache.clear()


def _a_working_day_ahead() -> dt.date:
    day = timezone.localdate() + dt.timedelta(days=3)
    while day.weekday() > 3:
        day += dt.timedelta(days=1)
    return day


@pytest.fixture
def van_round(cast: Cast, near: None, log: LogLot, van: Vehicle, lorry: Vehicle, book: Book) -> Round:
    """Two stops of the van in some days; the lorry stands idle."""
    lots = [log(person) for person in (cast.turbine_dismantler, cast.scrapyard)]
    made = book(van, *lots, on=_a_working_day_ahead(), at=timezone.now())
    assign_driver(cast.short_loop_planner.viewer, made.pk, cast.driver.user.pk, at=timezone.now())
    return made


def test_a_proposal_is_answered_moved_and_kept(cast: Cast, van_round: Round, schema: dict[str, Any]) -> None:
    holder, planner = Software(cast.scrapyard, schema), Software(cast.short_loop_planner, schema)
    stop = van_round.pickups.get(sequence=2).reference
    slots = holder.ask("pickups_slots", f"pickups/{stop}/slots/")["slots"]
    assert slots
    holder.ask("pickups_answer", f"pickups/{stop}/answer/", {"answer": "other_time", **slots[-1]})
    planner.ask("pickups_move", f"pickups/{stop}/move/", {"to": "keep", "why": "The van is needed then."})
    holder.ask("pickups_answer", f"pickups/{stop}/answer/", {"answer": "accepted"})
    planner.ask("pickups_move", f"pickups/{stop}/move/", {"to": "other_vehicle"})
    planner.ask("pickups_move", f"pickups/{stop}/move/", {"to": "other_day", "why": "The site is closed."})
    holder.ask("pickups_answer", f"pickups/{stop}/answer/", {"answer": "refused", "words": "Sold."})
    holder.ask("pickups_read", f"pickups/{stop}/")


def test_a_breakdown_is_proposed_and_done(cast: Cast, van_round: Round, schema: dict[str, Any]) -> None:
    planner, address = Software(cast.short_loop_planner, schema), f"rounds/{van_round.reference}"
    offered = planner.ask("rounds_breakdown_options", f"{address}/breakdown/")
    assert len(offered["placements"]) == 2
    proposals = [each["proposal"] for each in offered["placements"]]
    planner.ask("rounds_breakdown", f"{address}/breakdown/", {"proposals": proposals})
    assert Round.unscoped.filter(vehicle__name="Lorry", pickups__isnull=False).exists()


def test_the_day_is_driven(cast: Cast, van_round: Round, schema: dict[str, Any]) -> None:
    planner, driver = Software(cast.short_loop_planner, schema), Software(cast.driver, schema)
    address = f"rounds/{van_round.reference}"
    driver.ask("rounds_leave", f"{address}/departure/", {})
    live = planner.ask("rounds_live", f"{address}/live/")
    assert len(live["stops"]) == 2
    for stop in van_round.pickups.order_by("sequence"):
        driver.ask("pickups_arrive", f"pickups/{stop.reference}/arrival/", {})
        lines = [
            {"lot": line.lot.reference, "quantity": str(line.lot.quantity), "gross_grams": 390_000}
            for line in stop.lines.select_related("lot")
        ]
        record = {"submission_id": str(uuid.uuid4()), "lines": lines, "signed_by": "Yard foreman"}
        collection = f"pickups/{stop.reference}/collection/"
        typo = record | {"lines": [lines[0] | {"gross_grams": 390_000_000}]}
        refused = driver.ask("pickups_collect", collection, typo, 400)["errors"][0]
        assert refused["field"] == "lines.0.gross_grams"
        assert "far more than the vehicle carries" in refused["message"]
        driver.ask("pickups_collect", collection, record)
    driver.ask("rounds_return", f"{address}/return/", {"driven_metres": 410_000})
    planner.ask("rounds_outcome", f"{address}/outcome/")


def test_a_driver_says_that_the_load_of_a_trip_is_at_the_plant(
    cast: Cast, van_round: Round, schema: dict[str, Any]
) -> None:
    """The first stop cannot be loaded; the second, on the second trip, comes after a call at the plant."""
    van_round.pickups.filter(sequence=2).update(trip=2)
    Unloading.objects.create(round=van_round, after_trip=1, planned_arrival_at=van_round.starts_at)
    driver, address = Software(cast.driver, schema), f"rounds/{van_round.reference}"
    driver.ask("rounds_leave", f"{address}/departure/", {})
    (ahead,) = driver.ask("rounds_live", f"{address}/live/")["unloadings"]
    assert ahead["after_trip"] == 1
    driver.ask("rounds_unload", f"{address}/unloadings/1/", {}, 409)
    first = van_round.pickups.get(sequence=1)
    line = first.lines.select_related("lot").get()
    loaded = [{"lot": line.lot.reference, "quantity": str(line.lot.quantity), "gross_grams": 390_000}]
    record = {"submission_id": str(uuid.uuid4()), "lines": loaded, "signed_by": "Yard foreman"}
    driver.ask("pickups_collect", f"pickups/{first.reference}/collection/", record)
    (done,) = driver.ask("rounds_unload", f"{address}/unloadings/1/", {})["unloadings"]
    assert done["finished_at"] is not None
    driver.ask("rounds_unload", f"{address}/unloadings/2/", {}, 404)


def test_a_plan_is_asked_for_changed_compared_and_confirmed(
    cast: Cast, near: None, plant: Facility, log: LogLot, lorry: Vehicle, schema: dict[str, Any]
) -> None:
    log(cast.turbine_dismantler)
    log(cast.scrapyard)
    planner = Software(cast.short_loop_planner, schema)
    wanted = {
        "facility": plant.code,
        "from_on": _a_working_day_ahead().isoformat(),
        "days": 1,
        "vehicles": [lorry.pk],
        "saving_weight": 60,
        "dy_weight": 3,
        "seconds": 1,
    }
    first = planner.ask("plans_request", "plans/", wanted, 202)["reference"]
    assert run_next_plan(timezone.now)
    done = planner.ask("plans_read", f"plans/{first}/")
    assert [cost["name"] for cost in done["best"]["weight_costs"]] == ["Every magnet", "Dysprosium"]
    stop = done["best"]["rounds"][0]["stops"][0]["key"]
    change = {"kind": "drop", "stop": stop}
    planner.ask("plans_what_if", f"plans/{first}/what-if/", change)
    second = planner.ask("plans_change", f"plans/{first}/changes/", change, 201)["reference"]
    planner.ask("plans_compare", "plans/comparison/", first=first, second=second)
    planner.ask("plans_duties", f"plans/{first}/duties/")
    planner.ask("plans_search_on", f"plans/{second}/search/", {}, 202)
    planner.ask("plans_confirm", f"plans/{first}/confirmation/", {})
