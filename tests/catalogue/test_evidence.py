"""Evidence replaces an estimate and moves the ledger, once, and only by whoever has the lot in hand."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collection.actions.evidence import Evidence, record_evidence
from collection.models import AssessmentDue, CustodyEntry, Event, Lot
from collection.queries.custody import first_broken_chain, register_balances
from collection.rules.content.evidence import from_certificate
from collection.rules.lifecycle import LotState, Place, StateConflictError, Verb
from collection.rules.roles import NotPermittedError
from tests.cast import Cast, Person
from tests.journey.lots import NOW, log
from tests.pages import on_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
LATER = NOW + dt.timedelta(days=3)
CSV = b"Reading,Nd %,Pr %,Dy %,Tb %,Fe %,Ni %\n1,24.1,6.2,1.4,<LOD,66.0,0.4\n2,23.8,6.0,1.5,<LOD,66.3,0.5\n"


def _weigh(person: Person, lot: Lot, grams: int, submission_id: uuid.UUID | None = None) -> None:
    evidence = Evidence(words="Freed magnets weighed", magnet_grams=grams)
    record_evidence(person.viewer, lot.pk, evidence, submission_id=submission_id or uuid.uuid4(), at=LATER)


def _certify(person: Person, lot: Lot) -> None:
    alloy = from_certificate({"Nd": 0.24, "Pr": 0.06, "Dy": 0.01}, reference="C-1")
    evidence = Evidence(words="Certificate C-1", composition=alloy)
    record_evidence(person.viewer, lot.pk, evidence, submission_id=uuid.uuid4(), at=LATER)


def test_weighed_magnets_replace_the_estimate_and_both_are_kept(cast: Cast) -> None:
    lot = log(cast.scrapyard)
    before = lot.estimates.get()

    _weigh(cast.scrapyard, lot, 2_100)

    after = lot.estimates.get(is_current=True)
    assert (after.magnet_central_grams, after.evidence_class) == (2_100, "B")
    before.refresh_from_db()
    assert not before.is_current
    lot.refresh_from_db()
    assert lot.magnet_grams == 2_100
    assert Event.objects.filter(lot=lot, verb=Verb.REVISED).count() == 1
    assert AssessmentDue.objects.filter(lot=lot).exists()


@pytest.mark.parametrize("grams", [900, 2_100])
def test_mass_is_conserved_when_it_goes_up_and_when_it_goes_down(cast: Cast, grams: int) -> None:
    lot = log(cast.scrapyard)
    logged = lot.magnet_grams

    _weigh(cast.scrapyard, lot, grams)

    balances = register_balances()
    assert balances[Place.HELD] == grams
    assert balances[Place.REVISION] == logged - grams
    assert sum(balances.values()) == 0
    assert first_broken_chain() is None


def test_a_certificate_takes_all_mass_out_at_the_old_alloy_and_back_at_the_new(cast: Cast) -> None:
    lot = log(cast.scrapyard)
    before = lot.estimates.get()

    _certify(cast.scrapyard, lot)

    out, back = CustodyEntry.unscoped.filter(lot=lot).order_by("sequence")[1:]
    assert (out.from_place, out.to_place) == (Place.HELD, Place.REVISION)
    assert (back.from_place, back.to_place) == (Place.REVISION, Place.HELD)
    assert out.grams == back.grams == before.magnet_central_grams
    assert out.dy_ppm == before.dy_ppm
    assert back.dy_ppm == 10_000
    assert (back.nd_ppm, back.pr_ppm) == (240_000, 60_000)
    assert first_broken_chain() is None


def test_a_weight_after_a_certificate_keeps_the_certified_alloy(cast: Cast) -> None:
    lot = log(cast.scrapyard)
    _certify(cast.scrapyard, lot)

    _weigh(cast.scrapyard, lot, 2_000)

    after = lot.estimates.get(is_current=True)
    assert (after.magnet_central_grams, after.dy_ppm, after.evidence_class) == (2_000, 10_000, "A")


def test_a_certificate_after_a_weight_keeps_the_weight(cast: Cast) -> None:
    lot = log(cast.scrapyard)
    _weigh(cast.scrapyard, lot, 2_000)

    _certify(cast.scrapyard, lot)

    after = lot.estimates.get(is_current=True)
    assert (after.magnet_central_grams, after.dy_ppm, after.evidence_class) == (2_000, 10_000, "A")


def test_the_same_submission_twice_is_one(cast: Cast) -> None:
    lot, submission = log(cast.scrapyard), uuid.uuid4()

    _weigh(cast.scrapyard, lot, 2_100, submission)
    _weigh(cast.scrapyard, lot, 2_100, submission)

    assert lot.estimates.count() == 2
    assert Event.objects.filter(lot=lot, verb=Verb.REVISED).count() == 1
    assert register_balances()[Place.HELD] == 2_100


def test_nobody_else_may_record_evidence_on_a_held_lot(cast: Cast) -> None:
    lot = log(cast.scrapyard)

    with pytest.raises(NotPermittedError):
        _weigh(cast.short_loop_planner, lot, 2_100)
    with pytest.raises(NotPermittedError):
        _weigh(cast.national_regulator, lot, 2_100)
    with pytest.raises(Lot.DoesNotExist):
        _weigh(cast.turbine_dismantler, lot, 2_100)
    assert lot.estimates.count() == 1


def test_a_lot_on_the_road_is_no_longer_the_holders_to_weigh(cast: Cast) -> None:
    lot = log(cast.scrapyard)
    Lot.unscoped.filter(pk=lot.pk).update(
        state=LotState.IN_TRANSIT, reserved_by=cast.short_loop_planner.organisation
    )

    with pytest.raises(StateConflictError, match="in transit"):
        _weigh(cast.scrapyard, lot, 2_100)


def _kept(client: Client, lot: Lot, kind: str, answers: dict[str, object]) -> str:
    """Ask, look at what changes, and keep it: the text of the check page."""
    address = f"/lots/{lot.reference}/evidence/{kind}/"
    asked = client.get(address).content.decode()
    token = re.search(r'name="submission_id" value="([^"]+)"', asked)
    assert token is not None
    checked = client.post(address, {"submission_id": token[1]} | answers)
    assert checked.status_code == 200, checked.content.decode()
    hidden = dict(checked.context["sent_again"])
    assert lot.estimates.count() == 1, "nothing is kept before it was seen"
    assert client.post(address, hidden | {"save": "yes"}).status_code == 302
    return " ".join(checked.content.decode().split())


def test_weighing_shows_before_and_after_and_then_keeps_it(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)

    text = _kept(as_person(cast.scrapyard), lot, "weighed", {"magnets": "2.1", "how": "Yard scale"})

    assert "2.1 kg" in text
    assert "Class C: counted" in text
    assert "Class B: magnets weighed" in text
    assert lot.estimates.get(is_current=True).magnet_central_grams == 2_100


def test_a_certificate_is_read_in_per_cent(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    answers = {"reference": "LAB 7", "nd": "24", "pr": "6", "dy": "1", "tb": "", "sm": ""}

    _kept(as_person(cast.scrapyard), lot, "certificate", answers)

    after = lot.estimates.get(is_current=True)
    assert (after.nd_ppm, after.pr_ppm, after.dy_ppm) == (240_000, 60_000, 10_000)
    assert "Certificate LAB 7" in after.source


def test_xrf_readings_are_kept_with_their_warnings_seen_first(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    before = lot.estimates.get()
    answers = {"reference": "Gun 2", "readings": SimpleUploadedFile("xrf.csv", CSV)}

    text = _kept(as_person(cast.scrapyard), lot, "xrf", answers)

    assert "XRF cannot see boron" in text
    assert "Iron and dysprosium lines overlap" in text
    assert "read a broken or filed face" in text
    after = lot.estimates.get(is_current=True)
    assert after.dy_ppm > before.dy_ppm
    assert "XRF Gun 2" in after.source


@pytest.mark.parametrize(
    ("kind", "answers", "sentence"),
    [
        ("weighed", {"magnets": ""}, "Enter the weight of the freed magnets"),
        ("weighed", {"magnets": "500 kg"}, "The magnets cannot weigh more than the whole lot"),
        ("certificate", {"reference": "C", "nd": "lots"}, "Neodymium must be a number of per cent"),
        ("certificate", {"reference": "C", "nd": "80", "pr": "40"}, "add up to more than the total"),
        ("certificate", {"reference": "", "nd": "24"}, "Enter the number of the certificate"),
        ("xrf", {"reference": "G"}, "Choose the CSV file with the readings"),
        ("xrf", {"reference": "G", "csv_text": "a,b\n1,2"}, "no column for Nd, Sm or Fe was found"),
        ("xrf", {"reference": "G", "csv_text": "Nd %\nlots"}, "is not a number"),
        ("xrf", {"reference": "G", "csv_text": "Nd %,Ni %\n1,60"}, "nickel plating"),
    ],
)
def test_bad_input_is_told_apart_and_nothing_is_kept(
    cast: Cast, as_person: SignIn, kind: str, answers: dict[str, str], sentence: str
) -> None:
    lot = log(cast.scrapyard, gross_grams=72_000)
    address = f"/lots/{lot.reference}/evidence/{kind}/"

    answer = as_person(cast.scrapyard).post(
        address, {"submission_id": str(uuid.uuid4()), "save": "yes"} | answers
    )

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert lot.estimates.count() == 1


def test_what_was_entered_can_be_changed_after_looking(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard)
    answers = {"submission_id": str(uuid.uuid4()), "magnets": "2.1", "how": "", "change": "yes"}

    answer = as_person(cast.scrapyard).post(f"/lots/{lot.reference}/evidence/weighed/", answers)

    assert 'value="2.1"' in answer.content.decode()
    assert lot.estimates.count() == 1


def test_the_history_is_open_to_whoever_sees_the_lot_and_asks_the_same_for_more(
    cast: Cast, as_person: SignIn
) -> None:
    lot = log(cast.scrapyard)
    address = f"/lots/{lot.reference}/evidence/"
    planner = as_person(cast.short_loop_planner)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert planner.get(address).status_code == 200
        return len(queries)

    asked()
    few = asked()
    for grams in (1_900, 2_000, 2_100):
        _weigh(cast.scrapyard, lot, grams)

    assert asked() == few
    text = planner.get(address).content.decode()
    assert text.count("Class B") == 3
    assert "Freed magnets were weighed" not in on_one_line(text)


def test_the_lot_page_leads_to_its_evidence_only_for_who_has_it(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard, quantity=Decimal(10))

    words = "Record what was weighed or measured"
    assert words in as_person(cast.scrapyard).get(f"/lots/{lot.reference}/").content.decode()
    assert words not in as_person(cast.national_regulator).get(f"/lots/{lot.reference}/").content.decode()
