"""The journey as one document for a phone: every question in every shape, drawn by the journey's own forms."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, Person
from tests.journey.lots import log
from tests.pages import on_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def _document(client: Client) -> tuple[dict[str, Any], str]:
    text = client.get("/log/offline/").content.decode()
    found = re.search(r'<script id="book" type="application/json">(.*?)</script>', text, re.S)
    assert found
    return json.loads(found[1]), text


def _shape(book: dict[str, Any], text: str, page: str, **facts: str) -> str:
    """What a phone would show: the first shape of a page that fits the facts; empty where it is not asked."""
    for number, shape in enumerate(book["shapes"]):
        if shape["page"] == page and all(facts.get(name) == value for name, value in shape["when"].items()):
            found = re.search(rf'<template data-shape="{number}">(.*?)</template>', text, re.S)
            assert found
            return found[1]
    return ""


def test_what_a_page_asks_fits_the_source_and_the_product(cast: Cast, as_person: SignIn) -> None:
    book, text = _document(as_person(cast.scrapyard))

    assert "Electric or hybrid" in _shape(book, text, "vehicle", source_kind="vehicle")
    assert _shape(book, text, "vehicle", source_kind="weee") == ""
    counted = {product["value"]: product["facts"] for product in book["products"]}["weee_hdd_3_5"]
    by_item = _shape(book, text, "amount", **counted)
    assert 'value="items"' in by_item
    assert 'value="MW"' not in by_item


def test_a_question_left_empty_is_asked_in_the_words_of_its_form(cast: Cast, as_person: SignIn) -> None:
    book, _text = _document(as_person(cast.scrapyard))

    words = [shape["required"] for shape in book["shapes"] if shape["page"] == "source"]
    assert words == [{"source_kind": "Choose where it comes from"}]


def test_products_and_turbines_are_found_by_what_people_call_them(cast: Cast, as_person: SignIn) -> None:
    book, _text = _document(as_person(cast.scrapyard))
    products = {product["value"]: product for product in book["products"]}

    assert products["weee_hdd_3_5"]["terms"]
    assert any(value.startswith("turbine:") for value in products)


def test_only_the_person_s_own_places_are_in_it(cast: Cast, as_person: SignIn) -> None:
    _book, text = _document(as_person(cast.scrapyard))

    assert "Govan yard" in text
    assert "Tyneside depot" not in on_one_line(text)


def test_it_asks_the_database_no_more_when_there_is_more(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)

    def queries() -> int:
        client.get("/log/offline/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/log/offline/")
        return len(asked)

    log(cast.scrapyard)
    few = queries()
    for _ in range(20):
        log(cast.scrapyard)
    assert queries() == few < 30


def test_the_worker_names_the_files_it_keeps(client: Client) -> None:
    answer = client.get("/service-worker.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert b'"/static/lodestone/offline/log.js"' in answer.content


def test_what_waits_on_a_phone_is_drawn_for_nobody(client: Client) -> None:
    answer = client.get("/on-this-phone/")

    assert answer.status_code == 200
    assert "X-Lodestone-Offline" not in answer
