"""Labels: what they say, that a phone reads them, and that scanning one tells strangers nothing."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from collection.actions.keys import issue_key
from collection.models import Lot, LotLabel
from collection.rules.labels import SHEETS, LabelSheet, Mark, marks_of
from collection.rules.spoken_mass import mass
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log
from tests.papers import pictures_of, qr_texts, sizes_of, words_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]


def _print(client: Client, lot: Lot, **changes: str) -> Any:
    wanted = {"sheet": "a4-8", "containers": "1", "first_free": ""} | changes
    return client.post(f"/lots/{lot.reference}/labels/", wanted)


def _path(address: str) -> str:
    return address.removeprefix("http://localhost:8000")


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.code)
def test_every_container_gets_a_label_that_opens_the_lot(
    cast: Cast, as_person: SignIn, sheet: LabelSheet
) -> None:
    lot, client = log(cast.scrapyard, ewc_code="160214"), as_person(cast.scrapyard)

    answer = _print(client, lot, sheet=sheet.code, containers="3")

    assert answer.headers["Content-Type"] == "application/pdf"
    words = " ".join(" ".join(words_on(answer.content)).split())
    for number in (1, 2, 3):
        assert f"Container {number} of 3" in words
    for said in (lot.reference, "NdFeB", "EWC 16 02 14", "Clyde Metals Group", "Strong magnets", "120 items"):
        assert said in words, said
    addresses = qr_texts(pictures_of(answer.content))
    assert len(set(addresses)) == 3
    for address in addresses:
        assert client.get(_path(address)).headers["Location"] == f"/lots/{lot.reference}/"


def test_a_label_says_the_mass_with_its_interval(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    estimate = lot.estimates.get()

    [words] = words_on(_print(as_person(cast.scrapyard), lot).content)

    assert f"{mass(estimate.magnet_central_grams)} magnets" in words
    low, high = mass(estimate.magnet_low_grams), mass(estimate.magnet_high_grams)
    assert f"{low} to {high}" in words


def test_printing_again_gives_the_same_symbol(cast: Cast, as_person: SignIn) -> None:
    lot, client = log(cast.scrapyard), as_person(cast.scrapyard)

    first, again = (qr_texts(pictures_of(_print(client, lot).content)) for _ in range(2))

    assert first == again
    assert LotLabel.objects.count() == 1


def test_a_partly_used_sheet_is_used_up(cast: Cast, as_person: SignIn) -> None:
    lot, client = log(cast.scrapyard), as_person(cast.scrapyard)

    answer = _print(client, lot, sheet="a4-8", containers="3", first_free="7")

    assert [words.count("Container") for words in words_on(answer.content)] == [2, 1]


def test_a_roll_has_a_label_a_page_as_wide_as_the_roll(cast: Cast, as_person: SignIn) -> None:
    answer = _print(as_person(cast.scrapyard), log(cast.scrapyard), sheet="roll-62", containers="2")

    assert sizes_of(answer.content) == [(62.0, 100.0)] * 2


def test_several_lots_are_labelled_at_once(cast: Cast, as_person: SignIn) -> None:
    lots, client = [log(cast.scrapyard) for _ in range(3)], as_person(cast.scrapyard)
    assert lots[0].reference in client.get("/labels/").content.decode()

    wanted = {"lots": [lot.reference for lot in lots[:2]], "sheet": "a4-21"}
    words = " ".join(words_on(client.post("/labels/", wanted).content))

    assert [lot.reference in words for lot in lots] == [True, True, False]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"containers": "0"}, "Enter how many containers the lot is in"),
        ({"containers": "100"}, "At most 99 labels can be printed at once"),
        ({"containers": "two"}, "Containers must be a whole number, like 3"),
        ({"containers": ""}, "Enter how many containers the lot is in"),
        ({"sheet": "a4-99"}, "Label paper"),
        ({"first_free": "9"}, "That sheet has 8 labels"),
    ],
)
def test_labels_that_cannot_be(cast: Cast, as_person: SignIn, changes: dict[str, str], sentence: str) -> None:
    answer = _print(as_person(cast.scrapyard), log(cast.scrapyard), **changes)

    assert answer.status_code == 422
    assert sentence in html.unescape(answer.content.decode())


# --- Scanning ---


def _token(person: Person, lot: Lot) -> str:
    return LotLabel.objects.create(lot=lot, made_at=NOW, made_by=person.user).token


def test_a_stranger_is_asked_to_sign_in_and_then_taken_there(cast: Cast, client: Client) -> None:
    token = _token(cast.scrapyard, log(cast.scrapyard))

    answer = client.get(f"/q/{token}/")

    assert answer.headers["Location"] == f"/sign-in/?next=/q/{token}/"


def test_a_rival_gets_the_same_answer_as_for_a_label_that_never_was(cast: Cast, as_person: SignIn) -> None:
    token = _token(cast.scrapyard, log(cast.scrapyard))
    rival = as_person(cast.turbine_dismantler)

    theirs, nobodys = rival.get(f"/q/{token}/"), rival.get("/q/AAAAAAAAAAAAAAAA/")

    assert theirs.status_code == nobodys.status_code == 404
    csrf = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
    assert csrf.sub(b"", theirs.content) == csrf.sub(b"", nobodys.content)


def test_a_recycler_scans_what_it_may_fetch_and_no_longer_what_a_rival_booked(
    cast: Cast, as_person: SignIn
) -> None:
    lot = log(cast.scrapyard)
    token = _token(cast.scrapyard, lot)
    assert as_person(cast.short_loop_planner).get(f"/q/{token}/").status_code == 302
    Lot.unscoped.filter(pk=lot.pk).update(state="reserved", reserved_by=cast.short_loop_planner.organisation)

    assert as_person(cast.long_loop_planner).get(f"/q/{token}/").status_code == 404
    assert as_person(cast.short_loop_planner).get(f"/q/{token}/").status_code == 302


def test_a_defence_label_is_for_the_cleared_only(cast: Cast, as_person: SignIn) -> None:
    token = _token(cast.defence_officer, log(cast.defence_officer, source_kind="defence"))

    assert as_person(cast.short_loop_planner).get(f"/q/{token}/").status_code == 404
    assert as_person(cast.defence_officer).get(f"/q/{token}/").status_code == 302


def test_nobody_prints_labels_of_a_lot_they_may_not_see(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)

    assert _print(as_person(cast.turbine_dismantler), lot).status_code == 404
    assert (
        as_person(cast.turbine_dismantler)
        .post("/labels/", {"lots": [lot.reference], "sheet": "a4-8"})
        .status_code
        == 422
    )
    assert LotLabel.objects.count() == 0


def test_software_prints_labels_and_reads_scanned_ones(cast: Cast) -> None:
    lot = log(cast.scrapyard)
    _, key = issue_key(cast.scrapyard.user.pk, cast.scrapyard.organisation.pk, "scanner", at=NOW)
    software = APIClient(HTTP_AUTHORIZATION=f"Token {key}")

    pdf = software.post(f"/api/v1/lots/{lot.reference}/labels/", {"containers": 2, "sheet": "roll-62"})
    tokens = [address.rstrip("/").rsplit("/", 1)[1] for address in qr_texts(pictures_of(pdf.content))]

    found = [software.get(f"/api/v1/labels/{token}/").json() for token in tokens]
    assert found == [{"lot": lot.reference, "container": number} for number in (1, 2)]
    refused = software.post(f"/api/v1/lots/{lot.reference}/labels/", {"containers": 0})
    assert refused.json()["errors"][0]["field"] == "containers"


# --- Rules ---


@given(sheet=st.sampled_from(list(SHEETS.values())))
def test_labels_lie_on_their_page_and_never_on_each_other(sheet: LabelSheet) -> None:
    corners = list(sheet.corners())
    across, down = sheet.page
    assert len(corners) == sheet.on_one_page
    for x, y in corners:
        assert -0.001 <= x <= across - sheet.width + 0.001
        assert -0.001 <= y <= down - sheet.height + 0.001
    for number, (x, y) in enumerate(corners):
        for other_x, other_y in corners[number + 1 :]:
            assert abs(x - other_x) >= sheet.width - 0.001 or abs(y - other_y) >= sheet.height - 0.001


@pytest.mark.parametrize(
    ("changes", "marks"),
    [
        ({}, (Mark.MAGNETISED,)),
        ({"is_magnetised": None}, (Mark.MAGNETISED,)),
        ({"is_magnetised": False}, ()),
        ({"magnet_grams": 0}, ()),
        ({"holds_battery": True}, (Mark.MAGNETISED, Mark.BATTERY)),
        ({"is_hazardous": True}, (Mark.MAGNETISED, Mark.HAZARDOUS)),
    ],
)
def test_what_a_label_warns_of(changes: dict[str, Any], marks: tuple[Mark, ...]) -> None:
    lot = {
        "holds_battery": False,
        "magnet_grams": 1400,
        "is_magnetised": True,
        "is_hazardous": False,
    }
    assert marks_of(**(lot | changes)) == marks


def test_the_form_proposes_as_many_labels_as_the_packing_says_containers(
    cast: Cast, as_person: SignIn
) -> None:
    packed = log(cast.scrapyard, container_type="DRU", container_count=7)
    unpacked, client = log(cast.scrapyard), as_person(cast.scrapyard)

    def proposed(lot: Lot) -> str:
        page = client.get(f"/lots/{lot.reference}/labels/").content.decode()
        found = re.search(
            r'<input[^>]*name="containers"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="containers"', page
        )
        assert found, page
        return found[1] or found[2]

    assert (proposed(packed), proposed(unpacked)) == ("7", "1")


def test_which_goods_come_with_their_battery_is_said_in_the_product_list(cast: Cast) -> None:
    lot = log(cast.scrapyard, product_code="weee_laptop_tablet")
    assert lot.product.holds_battery
    assert not log(cast.scrapyard).product.holds_battery
