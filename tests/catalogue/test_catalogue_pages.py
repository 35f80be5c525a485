"""The catalogue as people of every role read it."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collection.models import ProductCoefficient
from collection.queries.reference import current_catalogue
from collection.rules.valuation import BASES, price_lines
from tests.cast import Cast, Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
PAGES = ("/catalogue/", "/catalogue/prices/", "/catalogue/products/weee_hdd_3_5/")


def _text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


def test_everybody_signed_in_may_read_it(cast: Cast, as_person: SignIn) -> None:
    for person in cast.everybody().values():
        client = as_person(person)
        for address in PAGES:
            assert client.get(address).status_code == 200, (person.user.email, address)


def test_the_list_holds_every_product(cast: Cast, as_person: SignIn) -> None:
    text = _text(as_person(cast.driver), "/catalogue/")

    for code in current_catalogue().products:
        assert f'href="/catalogue/products/{code}/"' in text


def test_a_product_is_found_by_what_a_yard_calls_it(cast: Cast, as_person: SignIn) -> None:
    text = _text(as_person(cast.scrapyard), "/catalogue/?q=hdd")

    assert 'href="/catalogue/products/weee_hdd_3_5/"' in text
    assert "wind_dd_pmsg_offshore" not in text


def test_words_nobody_uses_find_nothing_and_say_what_to_try(cast: Cast, as_person: SignIn) -> None:
    text = _text(as_person(cast.scrapyard), "/catalogue/?q=zzqqxx")

    assert "Nothing is called “zzqqxx”" in text


def test_a_product_shows_its_figures_grade_and_citation(cast: Cast, as_person: SignIn) -> None:
    product = current_catalogue().products["weee_hdd_3_5"]
    coefficient = ProductCoefficient.objects.get(product__code=product.code, is_current=True)

    text = _text(as_person(cast.scrapyard), f"/catalogue/products/{product.code}/")

    assert f"{float(coefficient.magnet_kg_central) * 1000:.3g} g" in text
    assert "Neodymium" in text
    assert "Rare earths together" in text
    assert coefficient.from_at.strftime("%-d %B %Y") in text
    assert "low" in text
    assert "high" in text
    assert "Suggested waste code" in text
    assert f"{product.ewc_code[:2]} {product.ewc_code[2:4]} {product.ewc_code[4:]}" in text


def test_every_version_of_a_coefficient_stays_to_be_read(cast: Cast, as_person: SignIn) -> None:
    current = ProductCoefficient.objects.get(product__code="weee_hdd_3_5", is_current=True)
    ProductCoefficient.objects.filter(pk=current.pk).update(is_current=False)
    current.pk, current.version, current.source = None, current.version + 1, "A later weighing"
    current.save(force_insert=True)

    text = _text(as_person(cast.scrapyard), "/catalogue/products/weee_hdd_3_5/")

    assert "A later weighing" in text
    assert text.count("in force") == 1


@pytest.mark.parametrize("family", ["ferrite", "AlNiCo"])
def test_magnets_without_rare_earths_are_said_to_hold_none(
    cast: Cast, as_person: SignIn, family: str
) -> None:
    code = next(p.code for p in current_catalogue().products.values() if p.magnet_family == family)

    text = _text(as_person(cast.scrapyard), f"/catalogue/products/{code}/")

    assert f"These are {family} magnets. They hold no rare earths." in text


def test_no_product_with_rare_earths_is_said_to_hold_none(cast: Cast, as_person: SignIn) -> None:
    assert "hold no rare earths" not in _text(as_person(cast.scrapyard), "/catalogue/products/weee_hdd_3_5/")


def test_every_product_has_a_page(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    for code in current_catalogue().products:
        assert client.get(f"/catalogue/products/{code}/").status_code == 200, code


def test_an_unknown_product_is_not_found(cast: Cast, as_person: SignIn) -> None:
    assert as_person(cast.scrapyard).get("/catalogue/products/unobtainium/").status_code == 404


def test_prices_are_dated_on_two_lists_without_vat_and_say_what_is_not_valued(
    cast: Cast, as_person: SignIn
) -> None:
    text = _text(as_person(cast.scrapyard), "/catalogue/prices/")

    assert "China domestic" in text
    assert "Europe" in text
    assert "All prices below exclude VAT" in text
    assert "Samarium and gadolinium are not valued" in text
    assert "including 13% Chinese VAT, taken off here" in text
    for basis in BASES:
        for line in price_lines(current_catalogue().prices, basis).values():
            assert line.as_of.strftime("%-d %B %Y") in text
            assert line.basis_statement in text


def test_the_list_asks_no_more_for_all_products_than_for_one(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    assert asked("/catalogue/") <= asked("/catalogue/?q=hdd")
