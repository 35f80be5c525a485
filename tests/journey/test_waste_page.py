"""The waste page asks of the hazardous properties first that belong to the code; the others are a tap away."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from collection.rules.classification import SITUATIONS
from collection.rules.waste_terms import HAZARDOUS_PROPERTIES, LIKELY_PROPERTIES
from tests.cast import Cast, Person
from tests.journey.answers import answer_all
from tests.journey.lots import log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def _open_and_behind(page: str) -> tuple[set[str], set[str], bool]:
    """The properties that stand open, those behind the others, and whether these are open."""
    before, details, behind = page.partition('<details class="govuk-details lode-others"')
    assert details
    found = re.compile(r'name="hazardous_properties"[^>]*value="(\w+)"')
    return set(found.findall(before)), set(found.findall(behind)), behind.lstrip().startswith("open")


def test_every_hazardous_code_that_is_proposed_has_its_likely_properties() -> None:
    proposed = {situation.hazardous_code for situation in SITUATIONS} - {""}

    assert set(LIKELY_PROPERTIES) == proposed
    assert {code for codes in LIKELY_PROPERTIES.values() for code in codes} <= set(HAZARDOUS_PROPERTIES)


def test_the_properties_of_the_code_stand_open_and_the_others_behind(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(
        client, product={"product": "Laptop or tablet", "product-picked": "weee_laptop_tablet"}
    )
    client.post(f"{draft}waste/", {"hazard": "present", "hazardous_properties": ["HP_8"]})

    first, others, are_open = _open_and_behind(client.get(f"{draft}waste/").content.decode())

    assert "HP_8" in first
    assert first | others == set(HAZARDOUS_PROPERTIES)
    assert not first & others
    assert not are_open


def test_one_of_the_others_that_was_ticked_is_not_hidden(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(client)
    client.post(f"{draft}waste/", {"hazard": "present", "hazardous_properties": ["HP_9"]})

    _, others, are_open = _open_and_behind(client.get(f"{draft}waste/").content.decode())

    assert "HP_9" in others
    assert are_open


@pytest.mark.parametrize(("code", "written"), [("120118", "12 01 18*"), ("160216", "16 02 16<")])
def test_a_hazardous_code_has_its_star_on_the_page_of_the_lot(
    cast: Cast, as_person: SignIn, code: str, written: str
) -> None:
    lot = log(cast.scrapyard, ewc_code=code)

    page = as_person(cast.scrapyard).get(f"/lots/{lot.reference}/").content.decode()

    assert written in re.sub(r"\s+<", "<", page)
