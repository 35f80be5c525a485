"""The same number elsewhere is put to a person, tells nothing of the rival, and is kept for the regulator."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from collection.models import LookAlike, Lot
from tests.cast import Cast, Person
from tests.journey.answers import answer_all
from tests.journey.lots import log
from tests.pages import on_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
VIN = "WVWZZZ1JZXW000001"
MOTOR = {"product": "", "product-picked": "auto_bev_traction_motor"}


def _with_vin(client: Client, serial: str = VIN) -> str:
    return answer_all(
        client,
        source={"source_kind": "vehicle"},
        product=MOTOR,
        vehicle={"drive": "battery_electric", "serial": serial},
        amount={"quantity": "1"},
    )


def test_a_vin_known_from_a_rival_is_asked_about_and_nothing_of_the_rival_told(
    cast: Cast, as_person: SignIn
) -> None:
    client = as_person(cast.scrapyard)
    client.post(f"{_with_vin(client)}check/")
    first = Lot.unscoped.get()
    rival = as_person(cast.turbine_dismantler)
    draft = _with_vin(rival, "wvw zzz 1jz xw 000001")

    assert "known already" not in on_one_line(rival.get(f"{draft}check/"))
    asked = rival.post(f"{draft}check/")
    page = asked.content.decode()

    assert asked.status_code == 422
    assert "This number is known already" in page
    assert first.reference not in page
    assert "Clyde" not in page
    assert LookAlike.unscoped.get().decision == "", "whoever tries numbers out leaves a trace"

    assert rival.post(f"{draft}check/", {"decision": "passed_on"}).status_code == 302
    pair = LookAlike.unscoped.get()
    assert (pair.other, pair.decision) == (first, "passed_on")
    assert pair.lot is not None
    own_page = rival.get(f"/lots/{pair.lot.reference}/").content.decode()
    assert "A lot of another holder" in own_page
    assert first.reference not in own_page


def test_a_decision_about_ones_own_lot_is_none_about_a_rivals(cast: Cast, as_person: SignIn) -> None:
    theirs = as_person(cast.turbine_dismantler)
    theirs.post(f"{_with_vin(theirs)}check/")
    client = as_person(cast.scrapyard)
    draft = _with_vin(client)
    client.post(f"{draft}check/")
    client.post(f"{draft}check/", {"decision": "different"})
    second = _with_vin(client)

    asked = client.post(f"{second}check/", {"decision": "different"})

    assert asked.status_code == 422
    assert "This number is known already" in asked.content.decode()


def test_the_same_lot_is_not_logged_again_and_that_is_kept(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    client.post(f"{_with_vin(client)}check/")
    draft = _with_vin(client)
    client.post(f"{draft}check/")

    client.post(f"{draft}discard/")

    assert Lot.unscoped.count() == 1
    assert LookAlike.unscoped.get().decision == "same"


def test_the_regulator_sees_the_pair_within_its_nation_and_a_stranger_does_not(
    cast: Cast, as_person: SignIn
) -> None:
    client = as_person(cast.scrapyard)
    client.post(f"{_with_vin(client)}check/")
    rival = as_person(cast.turbine_dismantler)
    draft = _with_vin(rival)
    rival.post(f"{draft}check/")
    rival.post(f"{draft}check/", {"decision": "different"})
    first, second = Lot.unscoped.order_by("pk")

    shown = as_person(cast.national_regulator).get("/look-alikes/").content.decode()
    assert first.reference in shown
    assert second.reference in shown
    assert first.reference not in as_person(cast.short_loop_planner).get("/look-alikes/").content.decode()


def test_of_a_defence_lot_nobody_uncleared_is_told_but_the_pair_is_kept(
    cast: Cast, as_person: SignIn
) -> None:
    secret = log(
        cast.defence_officer,
        source_kind="defence",
        product_code="ind_servo_motor",
        quantity=Decimal(3),
        serial="SV-9001",
    )
    client = as_person(cast.scrapyard)
    draft = answer_all(
        client,
        product={"product": "", "product-picked": "ind_servo_motor"},
        amount={"quantity": "3"},
        state={"serial": "SV 9001"},
    )

    answer = client.post(f"{draft}check/")

    assert answer.status_code == 302, "logged without a word"
    pair = LookAlike.unscoped.get()
    assert (pair.other, pair.decision) == (secret, "")
    assert secret.reference not in as_person(cast.national_regulator).get("/look-alikes/").content.decode()
