"""What is asked depends on where it comes from; codes are proposed; the same thing twice is noticed."""

import html
from collections.abc import Callable

import pytest
from django.test import Client

from collection.models import Event, Lot, SourceDetails, TurbineModel
from collection.rules.lifecycle import Verb
from tests.cast import Cast, Person
from tests.journey.answers import PAGES, answer_all, begin, errors_of
from tests.pages import on_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]

EV_MOTOR = {"product": "", "product-picked": "auto_bev_traction_motor"}


def test_a_turbine_is_found_by_its_model_and_brings_its_power(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.turbine_dismantler)
    turbine = TurbineModel.objects.filter(has_magnets=True, product__unit_basis="per_MW").first()
    assert turbine is not None
    found = client.get("/log/products/", {"q": turbine.name}).json()["results"]
    value = f"turbine:{turbine.code}"
    assert value in [match["value"] for match in found]
    draft = begin(client, source={"source_kind": "wind"})

    client.post(f"{draft}product/", {"product": str(turbine), "product-picked": value})
    text = client.get(f"{draft}amount/").content.decode()

    megawatts = f"{turbine.rated_mw.normalize():f}"
    assert f'value="{megawatts} MW"' in text
    client.post(f"{draft}turbine/", {"model": str(turbine), "model-picked": turbine.code, "serial": "V 1234"})
    for slug in ("amount", "state", "place", "when", "intent"):
        typed = {"unit": "MW", "quantity": f"{megawatts} MW"} if slug == "amount" else PAGES[slug]
        assert client.post(f"{draft}{slug}/", typed).status_code == 302
    client.post(f"{draft}photos/")
    client.post(f"{draft}check/")
    lot = Lot.unscoped.get()
    assert lot.product == turbine.product
    details = SourceDetails.objects.get(lot=lot)
    assert details.turbine_model == turbine
    assert (details.rated_mw, details.drive_train) == (turbine.rated_mw, turbine.drive_train)
    assert details.generator_has_magnets is True


def test_a_turbine_without_magnets_is_said_to_hold_nothing(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.turbine_dismantler)
    turbine = TurbineModel.objects.filter(product=None).first()
    assert turbine is not None
    draft = begin(client, source={"source_kind": "wind"})

    answer = client.post(
        f"{draft}product/", {"product": str(turbine), "product-picked": f"turbine:{turbine.code}"}
    )

    assert answer.status_code == 422
    assert any("has no permanent magnets" in error for error in errors_of(answer))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("ab12 cde", "AB12CDE"), ("WVWZZZ1JZXW000001", "WVWZZZ1JZXW000001"), ("", "")],
)
def test_a_vehicle_is_asked_for_its_drive_and_plate(
    cast: Cast, as_person: SignIn, typed: str, kept: str
) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(
        client,
        source={"source_kind": "vehicle"},
        product=EV_MOTOR,
        amount={"quantity": "1"},
        vehicle={"drive": "battery_electric", "serial": typed},
    )

    client.post(f"{draft}check/")

    lot = Lot.unscoped.get()
    assert lot.serial == kept
    assert SourceDetails.objects.get(lot=lot).drive == "battery_electric"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choose whether it is electric or hybrid"),
        ({"drive": "full_hybrid", "serial": "WVWZZZ1JZXWO00001"}, "never holds the"),
        ({"drive": "full_hybrid", "serial": "not a plate!"}, "neither a VIN"),
        ({"drive": "several", "serial": "AB12 CDE"}, "cannot stand for several vehicles"),
    ],
)
def test_a_vehicle_without_drive_or_with_a_wrong_number(
    cast: Cast, as_person: SignIn, typed: dict[str, str], sentence: str
) -> None:
    client = as_person(cast.scrapyard)
    draft = begin(client, source={"source_kind": "vehicle"})
    client.post(f"{draft}product/", EV_MOTOR)

    answer = client.post(f"{draft}vehicle/", typed)

    assert answer.status_code == 422
    assert any(sentence in html.unescape(error) for error in errors_of(answer)), errors_of(answer)


def test_defence_material_is_known_by_its_stock_number(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.defence_officer)
    draft = begin(client, source={"source_kind": "defence"})
    client.post(f"{draft}product/", {"product": "", "product-picked": "def_radar_twt"})

    refused = client.post(f"{draft}defence/", {"stock_number": "0000-99-123-4567"})
    taken = client.post(f"{draft}defence/", {"stock_number": "5960991234567"})

    assert any("is not a NATO supply class" in error for error in errors_of(refused))
    assert taken.status_code == 302


def test_a_waste_code_is_proposed_with_its_reason_and_can_be_changed(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(client)
    assert "so the code follows how they arose" in client.get(f"{draft}check/").content.decode()

    page = client.get(f"{draft}waste/").content.decode()
    assert "Does it still hold a battery" in page
    client.post(f"{draft}waste/", {"hazard": "present", "code": "", "code-picked": ""})
    hazardous = client.get(f"{draft}check/").content.decode()
    assert "You said a hazardous component is present." in hazardous
    client.post(f"{draft}waste/", {"hazard": "none", "code": "16 02 16", "code-picked": ""})
    client.post(f"{draft}check/")

    assert Lot.unscoped.get().ewc_code == "160216"


def test_a_waste_code_nobody_knows_is_refused(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(client)

    answer = client.post(f"{draft}waste/", {"code": "99 99 99", "code-picked": ""})

    assert answer.status_code == 422
    assert any("We cannot find a waste code for" in error for error in errors_of(answer))


def test_the_same_amount_on_the_same_day_is_shown_and_decided_by_a_person(
    cast: Cast, as_person: SignIn
) -> None:
    client = as_person(cast.scrapyard)
    client.post(f"{answer_all(client)}check/")
    first = Lot.unscoped.get()
    draft = answer_all(client)

    assert "Is it one of these?" in client.get(f"{draft}check/").content.decode()
    asked = client.post(f"{draft}check/")
    assert asked.status_code == 422
    assert Lot.unscoped.count() == 1
    client.post(f"{draft}check/", {"decision": "different"})

    second = Lot.unscoped.exclude(pk=first.pk).get()
    decision = Event.objects.get(lot=second, verb=Verb.CHANGED)
    assert first.reference in decision.words


def test_a_serial_number_used_before_is_shown_whatever_the_day(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    client.post(f"{answer_all(client, state={'serial': 'SN-77'})}check/")
    draft = answer_all(client, amount={"quantity": "3"}, state={"serial": "SN-77"})

    assert "Is it one of these?" in client.get(f"{draft}check/").content.decode()


def test_a_rivals_lot_alike_is_never_shown(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    client.post(f"{answer_all(client, state={'serial': 'SN-77'})}check/")
    rival = as_person(cast.turbine_dismantler)
    draft = answer_all(rival, state={"serial": "SN-77"})

    assert "Is it one of these?" not in on_one_line(rival.get(f"{draft}check/"))
