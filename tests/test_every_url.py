"""Every address is closed to a stranger, the API's as well; and every page says who it is for."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from tests.cast import Cast

# Addresses that are meant for everybody. A new one belongs here only after somebody thought about it.
PUBLIC = {
    "about/accessibility/",
    "about/data-sources/",
    "api/docs/",
    "api/schema/",
    "api/v1/token/",
    # The same for everybody: the phone itself fills the page in, for whoever is signed in on it.
    "on-this-phone/",
    "service-worker.js",
    "sign-in/",
    "sign-in/forgotten/",
    "sign-in/forgotten/sent/",
    "sign-in/new/<uidb64>/<token>/",
    "sign-in/new/done/",
    # For product administrators, or while DEBUG is on; the view answers everybody else with 404.
    "styleguide/",
    "styleguide/lookup/",
    "styleguide/progress/",
}
# Addresses that whoever knows the secret in them may read: calendars cannot sign in.
SECRET = {"calendar/"}

CLOSED_TO_A_PAGE_LOAD = {302}
CLOSED_TO_A_PROGRAM = {401, 403}


@dataclass(frozen=True)
class Address:
    """One entry of the URLconf: as written, and with something in every gap."""

    route: str
    path: str
    view: Any

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")

    @property
    def is_public(self) -> bool:
        return self.route in PUBLIC or any(self.route.startswith(secret) for secret in SECRET)


def _every_address(resolver: URLResolver, before: str = "", path: str = "") -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        filled = path + _filled(entry)
        if isinstance(entry, URLResolver):
            yield from _every_address(entry, route, filled)
        else:
            yield Address(route, filled, entry.callback)


def _filled(entry: URLPattern | URLResolver) -> str:
    text = str(entry.pattern)
    for name, converter in entry.pattern.converters.items():
        example = "1" if isinstance(converter, IntConverter) else "x"
        if isinstance(converter, UUIDConverter):
            example = str(uuid.UUID(int=1))
        for kind in ("", "str:", "int:", "uuid:", "slug:", "path:"):
            text = text.replace(f"<{kind}{name}>", example)
    return text


ADDRESSES = list(_every_address(get_resolver()))


def test_the_walk_finds_pages_and_the_api() -> None:
    routes = {address.route for address in ADDRESSES}

    assert "lots/<str:reference>/" in routes
    assert any(address.is_api and not address.is_public for address in ADDRESSES)
    assert {route for route in PUBLIC if route not in routes} == set()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.route or "home")
def test_a_stranger_is_kept_out(db: None, address: Address, method: str) -> None:
    if address.is_public:
        return
    answer = getattr(Client(), method)(f"/{address.path}")

    if address.is_api:
        assert answer.status_code in CLOSED_TO_A_PROGRAM, (address.route, answer.status_code)
    else:
        assert answer.status_code in CLOSED_TO_A_PAGE_LOAD, (address.route, answer.status_code)
        assert answer.headers["Location"].startswith("/sign-in/?next="), address.route


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.route or "home")
def test_every_page_says_who_it_is_for(address: Address) -> None:
    if not address.is_api:
        assert getattr(address.view, "lodestone_access", None) is not None, address.route


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.route or "home")
def test_somebody_without_a_membership_is_kept_out(cast: Cast, address: Address) -> None:
    access = getattr(address.view, "lodestone_access", None)
    if address.is_public or access in ("public", "signed_in"):
        return
    cast.driver.user.memberships.all().delete()
    client = Client()
    client.force_login(cast.driver.user)

    answer = client.get(f"/{address.path}")

    assert answer.status_code in {302, 403, 405}, (address.route, answer.status_code)
    if answer.status_code == 302:
        assert answer.headers["Location"] == "/account/waiting/"
