"""Logging a lot, page by page."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from collection.models import CustodyEntry, Lot, LotDraft
from tests.cast import Cast, Person
from tests.journey.answers import HARD_DRIVES, PAGES, address_of, answer_all, begin, errors_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def test_a_lot_is_logged_from_the_first_question_to_its_page(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(client)

    checked = client.get(f"{draft}check/").content.decode()
    assert "120 items" in checked
    assert "Scrapyard" in checked

    answer = client.post(f"{draft}check/", follow=True)

    lot = Lot.unscoped.get()
    assert answer.redirect_chain[-1][0] == f"/lots/{lot.reference}/?logged=yes"
    assert "Lot logged" in answer.content.decode()
    assert (lot.product.code, lot.quantity, lot.build_year) == (HARD_DRIVES, 120, 2014)
    assert lot.outcode == "G51"
    assert CustodyEntry.unscoped.filter(lot=lot).count() == 1
    assert not LotDraft.objects.exists()


def test_a_saved_place_gives_its_point_to_the_lot(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    assert cast.scrapyard.site is not None
    draft = answer_all(client, place={"place": str(cast.scrapyard.site.pk), "postcode": ""})

    client.post(f"{draft}check/")

    assert Lot.unscoped.get().lat == cast.scrapyard.site.lat


def test_the_draft_exists_from_the_first_answer(cast: Cast, as_person: SignIn) -> None:
    begin(as_person(cast.scrapyard))

    assert LotDraft.objects.get().answers["pages"]["source"] == {"source_kind": "scrapyard"}


def test_a_refused_answer_is_kept_and_explained_beside_its_field(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = begin(client)
    client.post(f"{draft}product/", PAGES["product"])

    answer = client.post(f"{draft}amount/", {"unit": "items", "quantity": "minus twelve"})

    assert answer.status_code == 422
    assert any("minus twelve" in error for error in errors_of(answer))
    again = client.get(f"{draft}amount/").content.decode()
    assert 'value="minus twelve"' in again


def test_a_free_text_weight_is_read_and_echoed_back(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(client, amount={"unit": "items", "quantity": "3000", "gross": "1,5 t"})

    text = client.get(f"{draft}check/").content.decode()

    assert "Gross 1,500 kg" in text


def test_words_that_mean_one_product_need_no_script(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = begin(client)

    answer = client.post(f"{draft}product/", {"product": "disk", "product-picked": ""})

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Choose which product you mean by “disk”" in text
    assert f'value="{HARD_DRIVES}"' in text


def test_search_as_you_type_finds_everyday_names(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)

    for words in ("hard drive", "HDD", "disk"):
        found = client.get("/log/products/", {"q": words}).json()["results"]
        assert HARD_DRIVES in [match["value"] for match in found], words


def test_who_logged_before_begins_at_the_product_and_is_asked_only_what_changes(
    cast: Cast, as_person: SignIn
) -> None:
    client = as_person(cast.scrapyard)
    client.post(f"{answer_all(client)}check/")

    start = client.get("/log/").content.decode()
    assert "What you log most" in start
    draft = address_of(client.post("/log/", {"often": HARD_DRIVES}).headers["Location"])
    answer = client.post(f"{draft}amount/", PAGES["amount"])

    assert answer.headers["Location"] == f"{draft}check/"


def test_log_another_like_this_leaves_out_what_changes(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    client.post(f"{answer_all(client, state={'serial': 'SN-1', 'condition': 'damaged'})}check/")
    lot = Lot.unscoped.get()

    location = client.post(f"/log/like/{lot.reference}/").headers["Location"]

    assert location.endswith("/amount/")
    pages = LotDraft.objects.get().answers["pages"]
    assert pages["state"]["condition"] == "damaged"
    assert "serial" not in pages["state"]
    assert "amount" not in pages


def test_nobody_duplicates_or_reads_a_rivals_lot_or_draft(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    client.post(f"{answer_all(client)}check/")
    draft = begin(client)
    reference = Lot.unscoped.get().reference

    rival = as_person(cast.turbine_dismantler)

    assert rival.get(f"/lots/{reference}/").status_code == 404
    assert rival.post(f"/log/like/{reference}/").status_code == 404
    assert rival.get(f"{draft}product/").status_code == 404
    assert rival.post(f"{draft}product/", PAGES["product"]).status_code == 404
    assert rival.post(f"{draft}check/").status_code == 404
    assert rival.post(f"{draft}discard/").status_code == 404
    assert reference not in rival.get("/lots/").content.decode()


def test_pressing_the_button_twice_logs_one_lot(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(client)

    first = client.post(f"{draft}check/")
    second = client.post(f"{draft}check/")

    assert first.headers["Location"] == second.headers["Location"]
    assert Lot.unscoped.count() == 1


def test_a_draft_is_finished_on_another_device(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = begin(client)
    client.post(f"{draft}product/", PAGES["product"])

    phone = Client()
    phone.force_login(cast.scrapyard.user)
    home = phone.get("/").content.decode()

    assert f"{draft}check/" in home
    assert phone.get(f"{draft}check/").headers["Location"] == f"{draft}amount/"


def test_what_is_typed_while_signed_out_is_there_after_signing_in(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = begin(client)
    client.post(f"{draft}product/", PAGES["product"])
    client.post("/sign-out/")

    lost = client.post(f"{draft}amount/", {"unit": "items", "quantity": "777"})
    assert lost.headers["Location"] == f"/sign-in/?next={draft}amount/"
    client.force_login(cast.scrapyard.user)
    text = client.get(f"{draft}amount/").content.decode()

    assert 'value="777"' in text
    assert "You had been signed out" in text


def test_an_answer_that_no_longer_holds_is_asked_again(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(client)
    row = LotDraft.objects.get()
    row.answers["pages"]["when"] = {
        "when": "later", "day-day": "1", "day-month": "1", "day-year": "2020"
    }  # fmt: skip
    row.save()

    answer = client.get(f"{draft}check/", follow=True)

    assert answer.redirect_chain[-1][0] == f"{draft}when/"
    assert "is in the past" in answer.content.decode()


def test_changing_the_product_asks_the_amount_again_when_its_unit_no_longer_fits(
    cast: Cast, as_person: SignIn
) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(client)

    answer = client.post(f"{draft}product/", {"product": "", "product-picked": "wind_dd_pmsg_onshore"})

    assert answer.headers["Location"] == f"{draft}amount/"
    text = client.get(f"{draft}amount/").content.decode()
    assert "MW of nameplate" in text
    assert "There is a problem" in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("wind_dfig_auxiliary", "may hold no magnets at all"),
        ("med_mri_superconducting", "holds no permanent magnets"),
        ("weee_loudspeaker_hifi_ferrite", "hold no rare earths"),
        ("scrap_smco_production", "Samarium-cobalt magnets never join neodymium magnets"),
    ],
)
def test_what_is_likely_empty_or_must_be_kept_apart_is_said_before_logging(
    cast: Cast, as_person: SignIn, code: str, words: str
) -> None:
    client = as_person(cast.scrapyard)
    draft = begin(client)

    client.post(f"{draft}product/", {"product": "", "product-picked": code})

    assert words in client.get(f"{draft}amount/").content.decode()


def test_a_draft_can_be_thrown_away(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = begin(client)

    client.post(f"{draft}discard/")

    assert not LotDraft.objects.exists()


def test_an_unknown_draft_is_not_found(cast: Cast, as_person: SignIn) -> None:
    assert as_person(cast.scrapyard).get(f"/log/{uuid.uuid4()}/product/").status_code == 404


def test_products_counted_by_weight_are_logged_by_gross_weight(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(
        client,
        product={"product": "", "product-picked": "scrap_hdd_whole_3_5"},
        amount={"unit": "kg_gross", "quantity": "1,5 t"},
    )
    assert "You wrote “1,5 t”" in client.get(f"{draft}check/").content.decode()

    answer = client.post(f"{draft}check/")

    assert answer.status_code == 302, errors_of(answer)
    lot = Lot.unscoped.get()
    assert (lot.quantity, lot.unit) == (1500, "kg_gross")
    assert lot.magnet_grams > 0
