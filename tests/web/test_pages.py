"""Pages anybody may open: about the service, and what people see when something is wrong."""

import pytest
from django.test import Client, RequestFactory, override_settings
from django.urls import get_resolver

from collection.web.about import SOURCES, data_sources


def test_every_shipped_data_file_has_a_source_and_a_licence() -> None:
    shipped = {path.name for path in SOURCES.parent.iterdir() if path.suffix in (".csv", ".geojson")}
    listed = {source.file for source in data_sources()}
    assert listed == shipped - {SOURCES.name}
    assert all(source.origin and source.licence for source in data_sources())


@pytest.mark.parametrize("address", ["/about/data-sources/", "/about/accessibility/"])
def test_pages_about_the_service_are_open_to_everybody(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def test_credits_asked_for_by_licences_are_shown(client: Client) -> None:
    page = client.get("/about/data-sources/").content.decode()
    for name in (
        "GeoNames",
        "Natural Earth",
        "Office for National Statistics",
        "SEPA",
        "Wikipedia",
        "© Defra",
    ):
        assert name in page


def test_an_unknown_address_says_so_in_the_frame(client: Client) -> None:
    page = client.get("/no/such/page/")
    assert page.status_code == 404
    assert "Page not found" in page.content.decode()


def test_a_stale_form_says_that_nothing_was_changed() -> None:
    page = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a@example.com"})
    assert page.status_code == 403
    assert "Nothing was changed" in page.content.decode()


@override_settings(DEBUG=False)
def test_a_fault_of_ours_is_a_page_that_needs_nothing() -> None:
    page = get_resolver().resolve_error_handler(500)(RequestFactory().get("/"))
    assert page.status_code == 500
    assert "The fault is ours" in page.content.decode()


def test_no_page_has_inline_scripts_or_styles(client: Client) -> None:
    with override_settings(DEBUG=True):
        page = client.get("/styleguide/").content.decode()
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')
    assert " style=" not in page
    assert "<style" not in page
    assert "onclick" not in page


def test_the_styleguide_is_closed_to_strangers(client: Client) -> None:
    assert client.get("/styleguide/").status_code == 404
    assert client.get("/styleguide/lookup/?q=disk").status_code == 404
