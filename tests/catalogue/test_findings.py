"""What is found out of a lot counts once: the same readings, the same piece, the same instrument's error."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from collection.actions.estimates import kept_findings
from collection.actions.evidence import Evidence, EvidenceError, record_evidence
from collection.models import Estimate, Lot
from collection.rules.content.xrf import XrfReading, by_piece, read_xrf
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
LATER = NOW + dt.timedelta(days=3)
FIRST = "Reading,Nd %,Pr %,Dy %,Fe %\n1,24.1,6.2,1.4,66.0\n2,23.8,6.0,1.5,66.3\n"
MORE = "Reading,Nd %,Pr %,Dy %,Fe %\n9,23.8,6.0,1.5,66.3\n10,24.4,6.1,1.3,66.1\n"


def _read(person: Person, lot: Lot, text: str, at: dt.datetime = LATER) -> Estimate:
    file = read_xrf(text.splitlines(), is_abraded=True)
    evidence = Evidence(words="XRF", readings=file.readings, reference="Gun 2")
    return record_evidence(person.viewer, lot.pk, evidence, submission_id=uuid.uuid4(), at=at)


def _width(estimate: Estimate) -> int:
    low, _, high = estimate.elements["Dy"]
    return high - low


def test_the_same_file_recorded_again_is_refused_and_sharpens_nothing(cast: Cast) -> None:
    lot = log(cast.scrapyard)
    once = _read(cast.scrapyard, lot, FIRST)

    with pytest.raises(EvidenceError, match="do not count twice"):
        _read(cast.scrapyard, lot, FIRST)
    assert lot.estimates.get(is_current=True) == once


def test_of_a_file_with_old_and_new_readings_only_the_new_count(cast: Cast) -> None:
    lot = log(cast.scrapyard)
    _read(cast.scrapyard, lot, FIRST)

    after = _read(cast.scrapyard, lot, MORE)

    assert len(kept_findings(after).readings) == 3


def test_two_files_say_what_one_file_of_all_readings_says(cast: Cast) -> None:
    """An instrument's own error is the same in every file, so it must not average away over files."""
    apart, together = log(cast.scrapyard), log(cast.scrapyard)
    _read(cast.scrapyard, apart, FIRST)
    in_two = _read(cast.scrapyard, apart, MORE)

    in_one = _read(cast.scrapyard, together, FIRST + "10,24.4,6.1,1.3,66.1\n")

    assert in_two.elements == in_one.elements
    assert _width(in_two) > 0


def test_readings_of_one_piece_count_as_one() -> None:
    file = read_xrf(["Piece,Nd %,Dy %,Fe %", "A,24,1.0,66", "a,26,2.0,66", "B,25,1.5,66"], is_abraded=False)
    pieces = by_piece(file.readings)
    assert [(each.piece, round(each.fractions["Dy"], 6)) for each in pieces] == [("A", 0.015), ("B", 0.015)]
    assert not any("No column names the piece" in words for words in file.warnings)
    unnamed = read_xrf(FIRST.splitlines())
    assert any("No column names the piece" in words for words in unnamed.warnings)
    assert len(by_piece([XrfReading("1", {"Nd": 0.2}), XrfReading("2", {"Nd": 0.2})])) == 2


def test_the_person_is_told_which_readings_are_known_already(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    _read(cast.scrapyard, lot, FIRST)
    client = as_person(cast.scrapyard)
    address = f"/lots/{lot.reference}/evidence/xrf/"
    answers = {"submission_id": str(uuid.uuid4()), "reference": "Gun 2"}

    again = client.post(address, answers | {"csv_text": FIRST})
    partly = client.post(address, answers | {"csv_text": MORE})

    assert again.status_code == 422
    assert "The same shots do not count twice" in again.content.decode()
    assert "1 of these readings are on record already" in partly.content.decode()


def test_opened_items_sharpen_this_lot_and_stay_with_it(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    before = lot.estimates.get()
    client = as_person(cast.scrapyard)
    address = f"/lots/{lot.reference}/evidence/opened/"
    answers = {"submission_id": str(uuid.uuid4()), "opened": "14.2 15.1\n13,8; 14.9", "save": "yes"}

    assert client.post(address, answers).status_code == 302

    after = lot.estimates.get(is_current=True)
    assert after.evidence_class == "C"
    assert after.coefficient is None
    assert after.magnet_high_grams - after.magnet_low_grams < 0.5 * (
        before.magnet_high_grams - before.magnet_low_grams
    )
    read = _read(cast.scrapyard, lot, FIRST)
    assert read.magnet_central_grams == after.magnet_central_grams
    assert kept_findings(read).opened_grams == (14.2, 15.1, 13.8, 14.9)
    page = client.get(f"/lots/{lot.reference}/").content.decode()
    assert "4 opened" in page


@pytest.mark.parametrize(
    ("opened", "words"),
    [
        ("", "at least one opened item"),
        ("many", "not a weight in grams"),
        ("0 0", "None of"),
        ("14.2 5000", "5,000 g of magnets is more than one"),
    ],
)
def test_weights_that_say_nothing_are_refused(cast: Cast, as_person: SignIn, opened: str, words: str) -> None:
    lot = log(cast.scrapyard)
    answers = {"submission_id": str(uuid.uuid4()), "opened": opened}

    answer = as_person(cast.scrapyard).post(f"/lots/{lot.reference}/evidence/opened/", answers)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_the_lot_page_says_what_would_make_it_surer_and_by_how_much(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard, product_code="ind_servo_motor", quantity=Decimal(10))
    text = " ".join(as_person(cast.scrapyard).get(f"/lots/{lot.reference}/").content.decode().split())

    assert "times narrower, to about ±3%" in text
    assert "Samarium and gadolinium are not valued" in text
    assert "of what the rare earths fetch once separated" in text
    assert "would be recovered" in text


def test_sampling_advice_is_worked_out_from_the_address(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    client = as_person(cast.scrapyard)
    address = f"/lots/{lot.reference}/sampling/"

    assert "Work it out" in client.get(address).content.decode()
    asked = {"wanted": "5", "name_1": "Sorted", "pieces_1": "1000", "mass_1": "15", "variation_1": "30"}
    text = client.get(address, asked).content.decode()
    assert "four times in five" in text
    refused = client.get(address, asked | {"pieces_2": "4"})
    assert refused.status_code == 422
    assert "Enter the weight of part 2" in refused.content.decode()
