"""The published schema is true: what the API answers is what the schema says, no more and no less."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from PIL import Image

from tests.api.conftest import NOW, Caller, LogLot
from tests.api.promised import check, published_schema
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PERIOD = {"from": "2026-01-01", "to": "2027-01-01"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return published_schema()


def test_the_schema_is_valid_and_without_warnings() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")


def test_every_operation_is_named_described_and_says_how_it_fails(schema: dict[str, Any]) -> None:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if not path.startswith("/api/v1/") or method == "parameters":
                continue
            assert all(operation.get(word) for word in ("operationId", "summary", "tags")), path
            errors = {code for code in operation["responses"] if code.startswith("4")}
            assert "401" in errors, (path, method)


def test_what_every_operation_of_a_kind_may_answer_is_published(
    cast: Cast, caller: Caller, schema: dict[str, Any]
) -> None:
    client = caller(cast.scrapyard)
    lost = client.get("/api/v1/lots/", {"cursor": "nowhere"})
    assert lost.status_code == 404
    check(schema, "lots_list", lost.json(), 404)
    unread = client.post("/api/v1/content/", "<lot/>", content_type="text/xml")
    assert unread.status_code == 415
    check(schema, "content_estimate", unread.json(), 415)


def _picture() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (64, 48), "navy").save(file, "JPEG")
    return SimpleUploadedFile("drives.jpg", file.getvalue(), "image/jpeg")


def test_a_holders_answers_are_what_the_schema_says(
    cast: Cast, caller: Caller, log: LogLot, schema: dict[str, Any]
) -> None:
    client, lot = caller(cast.scrapyard), log(cast.scrapyard).reference
    added = client.post(f"/api/v1/lots/{lot}/photos/", {"photo": _picture()}, format="multipart")
    check(schema, "lots_add_photo", added.json(), 201)
    picture = client.get(added.json()["url"])
    assert Image.open(BytesIO(b"".join(picture.streaming_content))).size == (64, 48)
    # Only the file: closing the whole answer would close the database under the test as well.
    for close in picture._resource_closers:
        close()
    asked: list[tuple[str, str, dict[str, str]]] = [
        ("me_read", "me/", {}),
        ("keys_list", "keys/", {}),
        ("products_search", "products/", {"q": "disk"}),
        ("products_search", "products/", {}),
        ("products_read", "products/weee_hdd_3_5/", {}),
        ("facilities_list", "facilities/", {}),
        ("facilities_read", "facilities/short-loop/", {}),
        ("sites_list", "sites/", {}),
        ("lots_list", "lots/", {}),
        ("lots_read", f"lots/{lot}/", {}),
        ("lots_custody", f"lots/{lot}/custody/", {}),
        ("lots_events", f"lots/{lot}/events/", {}),
        ("lots_photos", f"lots/{lot}/photos/", {}),
        ("lots_risk", f"lots/{lot}/risk/", {}),
        ("flags_list", "flags/", {"state": "all"}),
        ("pickups_list", "pickups/", {}),
        ("notifications_list", "notifications/", {}),
        *(
            ("reports_retention", "reports/retention/", PERIOD | {"by": by})
            for by in ("month", "region", "sector", "element", "holder", "product", "receiver")
        ),
        ("reports_retention_entries", "reports/retention/entries/", PERIOD | {"measure": "logged"}),
    ]
    for operation_id, path, query in asked:
        answer = client.get(f"/api/v1/{path}", query)
        assert answer.status_code == 200, (path, answer.content)
        check(schema, operation_id, answer.json())


def test_a_planners_answers_are_what_the_schema_says(
    cast: Cast, caller: Caller, schema: dict[str, Any]
) -> None:
    client = caller(cast.short_loop_planner)
    for operation_id, path in (
        ("plans_list", "plans/"),
        ("vehicles_list", "vehicles/"),
        ("drivers_list", "drivers/"),
        ("rounds_list", "rounds/"),
    ):
        check(schema, operation_id, client.get(f"/api/v1/{path}").json())


def test_a_what_if_is_what_the_schema_says(
    reference: None, cast: Cast, caller: Caller, schema: dict[str, Any]
) -> None:
    lot = {"product_code": "weee_hdd_3_5", "quantity": "12", "unit": "items"}

    check(schema, "content_estimate", caller(cast.scrapyard).post("/api/v1/content/", lot).json())


def test_an_error_is_what_the_schema_says(cast: Cast, caller: Caller, schema: dict[str, Any]) -> None:
    answer = caller(cast.scrapyard).get("/api/v1/lots/", {"state": "melted"})

    assert answer.status_code == 400
    check(schema, "lots_list", answer.json(), 400)


def test_the_figures_of_the_report_lead_to_their_entries_and_csv_carries_the_same(
    cast: Cast, caller: Caller, log: LogLot
) -> None:
    client, lot = caller(cast.scrapyard), log(cast.scrapyard)
    assert lot.logged_at == NOW

    report = client.get("/api/v1/reports/retention/", PERIOD | {"by": "region"}).json()
    entries = client.get("/api/v1/reports/retention/entries/", PERIOD | {"measure": "logged"}).json()
    table = client.get("/api/v1/reports/retention/", PERIOD | {"by": "region", "format": "csv"})

    logged = report["total"]["figures"]["logged"]["central_grams"]
    assert logged == lot.magnet_grams == sum(each["grams"] for each in entries["results"])
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert str(logged) in table.content.decode().splitlines()[-1]
