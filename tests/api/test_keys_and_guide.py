"""The page of keys, the interactive description, and the guide's examples."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve
from rest_framework.test import APIClient

from collection.models import ApiToken
from tests.cast import Cast, Person

pytestmark = pytest.mark.django_db

GUIDE = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()


def test_a_key_made_on_the_page_works_is_shown_once_and_ends_when_revoked(
    cast: Cast, as_person: Callable[[Person], Client]
) -> None:
    client = as_person(cast.scrapyard)

    page = client.post("/account/keys/", {"purpose": "Weighbridge"}).content.decode()
    found = re.search(r"lodestone_[\w-]{40,}", page)
    assert found is not None
    program = APIClient(HTTP_AUTHORIZATION=f"Token {found[0]}")
    assert program.get("/api/v1/me/").status_code == 200
    assert found[0] not in client.get("/account/keys/").content.decode()

    client.post(f"/account/keys/{ApiToken.objects.get().pk}/revoke/")
    assert program.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer lodestone_key"])
def test_a_request_without_a_key_is_told_how_one_is_sent(header: str) -> None:
    refused = APIClient(HTTP_AUTHORIZATION=header).get("/api/v1/me/")

    assert refused.status_code == 401
    assert "Authorization: Token" in refused.json()["errors"][0]["way_out"]


def test_a_key_without_a_purpose_is_not_made(cast: Cast, as_person: Callable[[Person], Client]) -> None:
    answer = as_person(cast.scrapyard).post("/account/keys/", {"purpose": " "})

    assert answer.status_code == 422
    assert "Enter what will use the key" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_nobody_revokes_a_colleagues_key(cast: Cast, as_person: Callable[[Person], Client]) -> None:
    as_person(cast.driver).post("/account/keys/", {"purpose": "Phone"})
    key = ApiToken.objects.get()

    assert as_person(cast.short_loop_planner).post(f"/account/keys/{key.pk}/revoke/").status_code == 404
    assert ApiToken.objects.get().revoked_at is None


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\$LODESTONE(/[^\s\"']+)", GUIDE))))
def test_every_address_in_the_guide_exists(path: str) -> None:
    resolve(f"/api/v1{urlsplit(path).path}")


def test_the_interactive_description_keeps_to_the_content_security_policy(client: Client) -> None:
    page = client.get("/api/docs/")

    text = page.content.decode()
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "<style" not in text
    assert all(source.startswith("/") for source in re.findall(r'src="([^"]+)"', text))
