"""Something that is not scrap yet is noted with what it should hold, changed, and closed."""

import datetime as dt
import html
from collections.abc import Callable

import pytest
from django.test import Client

from collection.actions.watched import close_watched
from collection.models import (
    WatchedSource,
)
from collection.rules.lifecycle import StateConflictError
from collection.rules.watching import Window
from tests.cast import Cast, Person
from tests.journey.answers import errors_of
from tests.journey.lots import NOW
from tests.watched.sources import IN_2028, typed, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def test_a_source_is_noted_with_the_magnets_it_should_hold(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.turbine_dismantler)

    answer = client.post("/watched/new/", typed())

    watched = WatchedSource.unscoped.get()
    assert answer.headers["Location"] == f"/watched/{watched.reference}/"
    # 6 MW × 650 kg per MW, between 500 and 850.
    assert watched.magnet_central_grams == 3_900_000
    assert 2_900_000 < watched.magnet_low_grams < 3_900_000 < watched.magnet_high_grams < 5_200_000
    assert (watched.expected_from_on, watched.expected_to_on) == (IN_2028.from_on, IN_2028.to_on)
    assert watched.region is not None
    assert (watched.nation, watched.region.itl1_code) == ("England", "TLC")
    page = client.get(answer.headers["Location"]).content.decode()
    for said in ("Turbine 7 at Hill Farm", "2028", "3.9 t", "Lease ends", "It has arisen: log the lot"):
        assert said in page, said
    assert "Turbine 7 at Hill Farm" in client.get("/watched/").content.decode()


def test_pressing_twice_notes_it_once(cast: Cast, as_person: SignIn) -> None:
    client, sent = as_person(cast.turbine_dismantler), typed()

    first, second = client.post("/watched/new/", sent), client.post("/watched/new/", sent)

    assert first.headers["Location"] == second.headers["Location"]
    assert WatchedSource.unscoped.count() == 1


def test_a_turbine_model_stands_for_its_product(cast: Cast, as_person: SignIn) -> None:
    as_person(cast.turbine_dismantler).post(
        "/watched/new/", typed(**{"product": "Enercon E-126", "product-picked": ""})
    )
    page = as_person(cast.turbine_dismantler).get("/log/products/?q=SWT-3.0").json()["results"]
    picked = next(one for one in page if one["value"].startswith("turbine:"))

    answer = as_person(cast.turbine_dismantler).post(
        "/watched/new/", typed(**{"product": picked["label"], "product-picked": picked["value"]})
    )

    assert answer.status_code == 302, errors_of(answer)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name for it"),
        ({"year": ""}, "Enter the year it is expected"),
        ({"year": "2019"}, "If it has arisen already, log it as a lot"),
        ({"month": "2", "day": "30"}, "There is no such day"),
        ({"day": "3"}, "A day needs its month"),
        ({"quantity": "lots"}, "How much"),
        ({"quantity": "6 t"}, "is not a unit of power"),
        ({"quantity": "99999 MW"}, "more than one lot can hold"),
        ({"product": "unobtainium", "product-picked": ""}, "We cannot find a product"),
        ({"postcode": "ZZ99 9ZZ"}, "is not a postcode we know"),
        ({"source_kind": ""}, "Choose the kind of source"),
    ],
)
def test_what_cannot_be_watched_is_said_and_nothing_typed_is_lost(
    cast: Cast, as_person: SignIn, changes: dict[str, str], sentence: str
) -> None:
    answer = as_person(cast.turbine_dismantler).post("/watched/new/", typed(**changes))

    assert answer.status_code == 422
    assert any(sentence in html.unescape(error) for error in errors_of(answer)), errors_of(answer)
    assert "Lease ends" in answer.content.decode()
    assert WatchedSource.unscoped.count() == 0


def test_changing_the_amount_estimates_it_again(cast: Cast, as_person: SignIn) -> None:
    watched, client = watch(cast.turbine_dismantler), as_person(cast.turbine_dismantler)
    address = f"/watched/{watched.reference}/change/"
    assert 'value="6 MW"' in client.get(address).content.decode()

    client.post(address, typed(quantity="3 MW", year="2031", month="5"))

    watched.refresh_from_db()
    assert watched.magnet_central_grams == 1_950_000
    assert (watched.expected_from_on, watched.expected_to_on) == (dt.date(2031, 5, 1), dt.date(2031, 5, 31))


def test_what_will_not_arise_is_closed_with_its_reason(cast: Cast, as_person: SignIn) -> None:
    watched, client = watch(cast.turbine_dismantler), as_person(cast.turbine_dismantler)
    client.post(f"/watched/{watched.reference}/close/", {"why": "Its life was extended to 2040"})

    watched.refresh_from_db()
    assert (watched.state, watched.remind_on) == ("closed", None)
    assert "Its life was extended" in client.get(f"/watched/{watched.reference}/").content.decode()
    assert client.post(f"/watched/{watched.reference}/arisen/").status_code == 409
    with pytest.raises(StateConflictError):
        close_watched(cast.turbine_dismantler.viewer, watched, "Again", at=NOW)


def test_a_window_reads_as_it_was_given() -> None:
    assert str(Window(dt.date(2028, 3, 1), dt.date(2029, 3, 31))) == "1 March 2028 to 31 March 2029"
