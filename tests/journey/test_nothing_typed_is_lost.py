"""What was typed on one device is on the next, and a session that ran out loses none of it: every page of stock."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from collection.models import Lot, LotTemplate, WeightReading
from tests.cast import Cast, Person
from tests.journey.answers import answer_all
from tests.journey.lots import log
from tests.journey.test_dealer_records import CARLISLE
from tests.watched.sources import typed, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]

# Page of the draft → what is typed on it, and words of it that can be found again. Some of it is wrong, on purpose:
# what is wrong is kept as well, or nobody could mend it.
TYPED: dict[str, tuple[dict[str, str], str]] = {
    "dealer": ({"form": "Loose motors", "received_time": "about noon"}, "about noon"),
    "weights": ({"tare": "12 stone", "pallet": "22 kg"}, "12 stone"),
    "waste": (
        {"hazard": "present", "code": "wharf sweepings", "hazardous_properties": "HP_9"},
        "wharf sweepings",
    ),
    "packing": ({"container_type": "DRU", "container_count": "some"}, "some"),
    "nameplate": ({"maker": "Alder", "power": "plenty"}, "plenty"),
}


@pytest.mark.parametrize("slug", TYPED)
def test_what_is_typed_on_one_device_is_on_the_other(cast: Cast, as_person: SignIn, slug: str) -> None:
    answers, words = TYPED[slug]
    desk = as_person(cast.scrapyard)
    draft = answer_all(desk, place=CARLISLE)
    desk.post(f"{draft}{slug}/", answers)

    phone = Client()
    phone.force_login(cast.scrapyard.user)

    assert words in phone.get(f"{draft}{slug}/").content.decode()


@pytest.mark.parametrize("slug", TYPED)
def test_a_page_of_a_draft_sent_after_the_session_ran_out_is_kept(
    cast: Cast, as_person: SignIn, slug: str
) -> None:
    answers, words = TYPED[slug]
    client = as_person(cast.scrapyard)
    draft = answer_all(client, place=CARLISLE)

    _sent_signed_out_is_there(client, cast.scrapyard, f"{draft}{slug}/", answers, words)


def _sent_signed_out_is_there(
    client: Client, person: Person, address: str, answers: dict[str, str], words: str
) -> None:
    client.post("/sign-out/")
    sent = client.post(address, answers)
    assert sent.status_code == 302, "it asks to sign in first"
    assert sent.headers["Location"].startswith("/sign-in/?next="), sent.headers["Location"]
    client.force_login(person.user)
    page = client.get(address).content.decode()
    assert words in page
    assert "You had been signed out" in page


def test_what_was_typed_is_not_shown_to_the_next_person_on_that_device(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    client.post("/sign-out/")
    client.post("/places/new/", {"name": "Yard behind the ropeworks"})
    client.force_login(cast.turbine_dismantler.user)

    page = client.get("/places/new/").content.decode()

    assert "ropeworks" not in page
    client.force_login(cast.scrapyard.user)
    assert "ropeworks" not in client.get("/places/new/").content.decode(), "nor is it kept any longer"


def _defence_lot(cast: Cast) -> Lot:
    return log(
        cast.defence_officer, source_kind="defence", product_code="def_gyro_torquer", quantity=Decimal(4)
    )


def test_hold_points_are_kept(cast: Cast, as_person: SignIn) -> None:
    address = f"/lots/{_defence_lot(cast).reference}/hold-points/explosives/"
    answers = {"evidence": "Certificate 4711", "checked_by": "Stores officer"}

    client = as_person(cast.defence_officer)
    _sent_signed_out_is_there(client, cast.defence_officer, address, answers, "Certificate 4711")


def test_weighings_dealers_records_and_template_names_are_kept(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard, site_id=None, postcode="CA2 5AF", gross_grams=90_000, weight_method="told")
    client, address = as_person(cast.scrapyard), f"/lots/{lot.reference}/"
    for page, answers, words in (
        ("weigh/", {"method": "platform", "gross": "84.5 kg", "ticket": "T 4711"}, "T 4711"),
        ("dealer-record/", TYPED["dealer"][0], "about noon"),
        ("template/", {"name": "Drives of the week"}, "Drives of the week"),
    ):
        _sent_signed_out_is_there(client, cast.scrapyard, address + page, answers, words)
    client.post(f"{address}template/", {"name": "Drives"})
    template = LotTemplate.objects.get()
    renamed = f"/log/templates/{template.pk}/"
    _sent_signed_out_is_there(
        client, cast.scrapyard, renamed, {"name": "Drives, 3.5 inch"}, "Drives, 3.5 inch"
    )
    owner = f"/weights/{WeightReading.objects.get(lot=lot).pk}/owner/"
    chosen = {"owner": str(cast.scrapyard.user.pk)}
    _sent_signed_out_is_there(client, cast.scrapyard, owner, chosen, "checked")


def test_places_and_watched_sources_are_kept(cast: Cast, as_person: SignIn) -> None:
    person = cast.turbine_dismantler
    watched, client = watch(person), as_person(person)
    assert person.site is not None
    for address, answers, words in (
        ("/places/new/", {"name": "Quay 4711", "postcode": "nowhere"}, "Quay 4711"),
        (f"/places/{person.site.pk}/", {"name": "Quay 4712"}, "Quay 4712"),
        (f"/places/{person.site.pk}/map/", {"lat": "55.01234", "lon": "-1.54321", "c_lat": "55", "c_lon": "-1",
                                            "step": "3", "save": "yes"}, "55.01234"),
        ("/watched/new/", typed(name="Turbine 4711"), "Turbine 4711"),
        (f"/watched/{watched.reference}/change/", typed(name="Turbine 4712"), "Turbine 4712"),
        (f"/watched/{watched.reference}/close/", {"why": "Life extended to 2035"}, "Life extended to 2035"),
    ):  # fmt: skip
        client.post("/sign-out/")
        assert client.post(address, answers).status_code == 302
        client.force_login(person.user)
        assert words in client.get(address).content.decode(), address


def test_who_was_signed_out_when_pressing_a_button_comes_back_to_its_page(
    cast: Cast, as_person: SignIn
) -> None:
    watched = watch(cast.scrapyard)
    client, page = as_person(cast.scrapyard), f"/watched/{watched.reference}/"
    client.logout()
    address = client.post(f"{page}arisen/")["Location"].partition("next=")[2]
    client.force_login(cast.scrapyard.user)

    shown = client.get(address, follow=True)

    assert shown.redirect_chain == [(page, 302)]
    assert "Nothing was done" in shown.content.decode()
    assert not Lot.unscoped.exists()
