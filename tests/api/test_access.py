"""Who may call what: every operation against every role, rivals apart, keys that end, guessing that stops."""

import datetime as dt
import uuid
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from collection.actions.keys import issue_key
from collection.models import ApiToken
from tests.api.conftest import NOW, Caller, LogLot, hard_drives
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db

INSIDE = "CDPRA"  # collector, driver, planner, regulator, product administrator
# Operation → the roles that may call it. A new operation belongs here only after somebody thought about it.
MAY: dict[str, str] = {
    "token_create": "",
    "me_read": INSIDE, "me_revoke": INSIDE, "keys_list": INSIDE, "keys_revoke": INSIDE,
    "products_search": INSIDE, "products_read": INSIDE, "content_estimate": INSIDE,
    "facilities_list": INSIDE, "facilities_read": INSIDE,
    "sites_list": "CA", "sites_create": "CA", "sites_read": "CA", "sites_close": "CA",
    "lots_list": INSIDE, "lots_read": INSIDE, "lots_custody": INSIDE, "lots_events": INSIDE,
    "lots_risk": INSIDE, "lots_photos": INSIDE, "lots_photo": INSIDE, "lots_receipt": INSIDE,
    "lots_processing": INSIDE, "flags_list": INSIDE,
    "lots_log": "CA", "lots_add_photo": "CA", "lots_remove_photo": "CA", "lots_withdraw": "CA",
    "lots_export": "CRA", "lots_loss": "CRA", "lots_receive": "PA", "lots_process": "PA",
    "lots_hold_points": INSIDE, "lots_record_hold_point": "CA", "lots_weigh": "CA",
    "lots_dealer_record": "CA", "lots_keep_dealer_record": "CA", "lots_correct_dealer_record": "CA",
    "lots_lineage": INSIDE, "lots_dismantling": INSIDE, "lots_split": "CA", "lots_merge": "CA",
    "lots_take_apart": "CA", "learning_list": INSIDE, "learning_activate": "A", "disassembly_league": INSIDE,
    "plans_list": "PA", "plans_request": "PA", "plans_read": "PA", "plans_cancel": "PA",
    "plans_enough": "PA", "plans_confirm": "PA", "vehicles_list": "PA", "vehicles_read": "PA",
    "drivers_list": "PA", "rounds_list": "DPA", "rounds_read": "DPA", "rounds_assign_driver": "PA",
    "rounds_cancel": "PA", "pickups_list": "CDPA", "pickups_read": "CDPA", "pickups_collect": "DA",
    "pickups_cancel": "PA",
    "lots_labels": "CDPA", "labels_read": INSIDE, "lots_papers": INSIDE, "lots_paper": INSIDE,
    "watched_list": "CPRA", "watched_read": "CPRA", "expected_by_year": "CPRA",
    "templates_list": "CA", "templates_create": "CA", "templates_log": "CA",
    "watched_create": "CA", "watched_change": "CA", "watched_close": "CA", "watched_arrived": "CA",
    "lots_add_paper": "CPA", "lots_remove_paper": "CPA",
    "plans_what_if": "PA", "plans_change": "PA", "plans_search_on": "PA", "plans_duties": "PA",
    "plans_compare": "PA", "pickups_slots": "CA", "pickups_answer": "CA", "pickups_move": "PA",
    "pickups_arrive": "DA", "rounds_leave": "DA", "rounds_return": "DA", "rounds_live": "DPA",
    "rounds_breakdown_options": "PA", "rounds_breakdown": "PA", "rounds_outcome": "PA",
    "rounds_unload": "DA", "rounds_suggestions": "PA", "rounds_add_lots": "PA",
    "regular_rounds_list": "PA", "regular_rounds_create": "PA", "regular_rounds_read": "PA",
    "regular_rounds_change": "PA", "service_times_list": "PA", "service_times_activate": "PA",
    "offers_list": INSIDE, "lots_offer": "PA", "offers_answer": "CA", "offers_withdraw": "PA",
    "lots_bids": INSIDE, "lots_report_bid": "CRA", "lots_override": "RA", "lots_lift_override": "RA",
    "notifications_list": INSIDE, "notifications_read": INSIDE, "notifications_read_all": INSIDE,
    "reports_retention": "CPRA", "reports_retention_entries": "CPRA",
}  # fmt: skip
PEOPLE = {
    "C": "scrapyard",
    "D": "driver",
    "P": "short_loop_planner",
    "R": "national_regulator",
    "A": "product_admin",
}
METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> dict[str, tuple[str, str]]:
    """Operation id → method and path, gaps filled with what does not exist."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return {
        operation["operationId"]: (method, _filled(path, operation))
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if method in METHODS and path.startswith("/api/v1/")
    }


def _filled(path: str, operation: dict[str, Any]) -> str:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            example = "999999" if parameter["schema"]["type"] == "integer" else "NONE-26-000000"
            path = path.replace(f"{{{parameter['name']}}}", example)
    return path


def test_the_table_names_every_operation() -> None:
    assert set(operations()) == set(MAY)


@pytest.mark.parametrize("letter", PEOPLE)
def test_each_role_reaches_its_operations_and_no_other(
    reference: None, cast: Cast, caller: Caller, letter: str
) -> None:
    person = getattr(cast, PEOPLE[letter])
    wrong = {}
    for name, (method, path) in operations().items():
        if name == "token_create":
            continue
        answer = getattr(caller(person), method)(path)
        was_let_in = answer.status_code != 403
        if was_let_in != (letter in MAY[name]):
            wrong[name] = answer.status_code

    assert wrong == {}


def test_strangers_reach_nothing(db: None) -> None:
    for name, (method, path) in operations().items():
        answer = getattr(APIClient(), method)(path)
        expected = 400 if name == "token_create" else 401
        assert answer.status_code == expected, name
        assert set(answer.json()["errors"][0]) == {"field", "code", "message", "way_out"}


def test_rivals_see_nothing_of_each_other(cast: Cast, caller: Caller, log: LogLot) -> None:
    lot = log(cast.scrapyard)
    rival = caller(cast.turbine_dismantler)
    site = cast.scrapyard.site
    assert site is not None

    assert rival.get("/api/v1/lots/").json()["results"] == []
    assert rival.get("/api/v1/sites/").json()["results"] != []
    for path in (
        f"lots/{lot.reference}/",
        f"lots/{lot.reference}/custody/",
        f"lots/{lot.reference}/events/",
        f"lots/{lot.reference}/risk/",
        f"lots/{lot.reference}/photos/",
        f"sites/{site.pk}/",
    ):
        assert rival.get(f"/api/v1/{path}").status_code == 404, path
    loss = {"happened_on": NOW.date().isoformat(), "explanation": "Gone"}
    assert rival.post(f"/api/v1/lots/{lot.reference}/loss/", loss).status_code == 404
    assert rival.post("/api/v1/lots/", hard_drives(site_id=site.pk)).json()["errors"][0]["field"] == "site_id"


def test_the_same_submission_is_one_lot_and_a_rivals_submission_is_refused(
    reference: None, cast: Cast, caller: Caller
) -> None:
    body = hard_drives()
    client = caller(cast.scrapyard)

    first, second = client.post("/api/v1/lots/", body), client.post("/api/v1/lots/", body)
    stolen = caller(cast.turbine_dismantler).post("/api/v1/lots/", body)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["reference"] == second.json()["reference"]
    assert stolen.status_code == 409
    assert stolen.json()["errors"][0]["code"] == "submission_id_taken"


def test_every_problem_of_a_body_is_named(reference: None, cast: Cast, caller: Caller) -> None:
    body = hard_drives(quantity="-3", postcode="", submission_id="x", intent="maybe")

    answer = caller(cast.scrapyard).post("/api/v1/lots/", body)

    assert answer.status_code == 400
    assert {each["field"] for each in answer.json()["errors"]} >= {"submission_id", "intent"}


def test_a_revoked_key_ends_at_once(cast: Cast, caller: Caller) -> None:
    client = caller(cast.scrapyard)
    key = client.get("/api/v1/keys/").json()["results"][0]
    assert key["is_this_one"]

    assert client.delete(f"/api/v1/keys/{key['id']}/").status_code == 204
    assert client.get("/api/v1/me/").status_code == 401


def test_nobody_revokes_another_persons_key(cast: Cast, caller: Caller) -> None:
    key, _ = issue_key(cast.driver.user.pk, cast.driver.organisation.pk, "theirs", at=NOW)

    assert caller(cast.short_loop_planner).delete(f"/api/v1/keys/{key.pk}/").status_code == 404
    assert ApiToken.objects.get(pk=key.pk).revoked_at is None


def test_signing_in_gives_a_key_that_works(cast: Cast) -> None:
    wanted = {"email": "Scrapyard@example.com", "password": PASSWORD}

    key = APIClient().post("/api/v1/token/", wanted).json()["token"]

    me = APIClient(HTTP_AUTHORIZATION=f"Token {key}").get("/api/v1/me/").json()
    assert me["organisation"] == "clyde-metals"


def test_guessing_is_stopped_whatever_address_the_caller_claims(cast: Cast) -> None:
    wanted = {"email": "scrapyard@example.com", "password": "wrong"}
    codes = [
        APIClient(HTTP_X_FORWARDED_FOR=f"10.0.0.{number}").post("/api/v1/token/", wanted).status_code
        for number in range(10)
    ]

    assert codes == [401] * 8 + [429] * 2
    answer = APIClient().post("/api/v1/token/", wanted | {"password": PASSWORD})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"]


def test_lists_ask_the_same_number_of_questions_however_long(
    cast: Cast, caller: Caller, log: LogLot, django_assert_num_queries: Any
) -> None:
    client = caller(cast.scrapyard)
    log(cast.scrapyard)
    client.get("/api/v1/lots/")
    with django_assert_num_queries(5) as one:
        client.get("/api/v1/lots/")
    for _number in range(3):
        log(cast.scrapyard)
    with django_assert_num_queries(len(one.captured_queries)):
        assert len(client.get("/api/v1/lots/").json()["results"]) == 4


def test_pages_follow_their_links_without_losing_a_row(cast: Cast, caller: Caller, log: LogLot) -> None:
    lots = [log(cast.scrapyard).reference for _number in range(5)]
    client, found, address = caller(cast.scrapyard), [], "/api/v1/lots/?limit=2"
    while address:
        page = client.get(address).json()
        found += [each["reference"] for each in page["results"]]
        address = page["next"]

    assert found == lots[::-1]


def test_a_receipt_of_a_lot_that_is_not_on_its_way_is_a_conflict(
    cast: Cast, caller: Caller, log: LogLot
) -> None:
    lot = log(cast.scrapyard)
    weighing = {
        "submission_id": str(uuid.uuid4()),
        "facility": "short-loop",
        "gross_grams": 10_000,
        "tare_grams": 0,
    }
    answer = caller(cast.short_loop_planner).post(f"/api/v1/lots/{lot.reference}/receipt/", weighing)

    assert answer.status_code == 409
    assert lot.reference in answer.json()["errors"][0]["message"]


def test_a_plan_from_yesterday_names_the_field(reference: None, cast: Cast, caller: Caller) -> None:
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    wanted = {"facility": "short-loop", "from_on": yesterday.isoformat(), "days": 1, "vehicles": [1]}

    answer = caller(cast.short_loop_planner).post("/api/v1/plans/", wanted)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "from_on"
