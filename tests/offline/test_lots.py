"""Lots that were logged on a phone without signal and are sent later: once, in the words of the journey."""

import datetime as dt
import io
import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from collection.actions.drafts import start_draft
from collection.models import CustodyEntry, Event, Lot, LotDraft, LotPhoto, ReservedReference
from tests.cast import Cast, Person
from tests.journey.answers import PAGES
from tests.journey.lots import log
from tests.offline.conftest import Phone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

OnPhone = Callable[[Person], Phone]


def test_a_queued_lot_is_the_same_lot_however_often_it_is_sent(phone: OnPhone, cast: Cast) -> None:
    sender, once = phone(cast.scrapyard), uuid.uuid4()

    first, again = sender.lot(submission_id=once), sender.lot(submission_id=once)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["reference"] == again.json()["reference"] == Lot.unscoped.get().reference
    assert (first.json()["is_new"], again.json()["is_new"]) == (True, False)
    assert CustodyEntry.unscoped.count() == 1


def test_it_happened_when_it_was_logged_and_was_recorded_when_it_came(phone: OnPhone, cast: Cast) -> None:
    assert phone(cast.scrapyard).lot(age_seconds=30 * 3600).status_code == 200

    lot, now = Lot.unscoped.get(), timezone.now()
    entry, event = CustodyEntry.unscoped.get(), Event.objects.get()
    for at, recorded_at in ((entry.at, entry.recorded_at), (event.at, event.recorded_at)):
        assert recorded_at - at == dt.timedelta(hours=30)
        assert now - recorded_at < dt.timedelta(minutes=1)
    assert lot.logged_at == entry.at
    assert lot.available_from_on == timezone.localdate(lot.logged_at), "“from today” was said that day"


def test_refused_answers_come_back_page_by_page_and_nothing_is_written(phone: OnPhone, cast: Cast) -> None:
    answer = phone(cast.scrapyard).lot(
        pages={"amount": {"unit": "items", "quantity": "a lot"}, "place": {"place": "other", "postcode": "X"}}
    )

    assert answer.status_code == 422
    problems = {problem["page"]: problem for problem in answer.json()["problems"]}
    assert set(problems) == {"amount", "place"}
    assert problems["amount"]["target"] == "id_quantity"
    assert "a lot" in problems["amount"]["message"]
    assert not Lot.unscoped.exists()


def test_what_the_rules_refuse_is_placed_beside_its_question(phone: OnPhone, cast: Cast) -> None:
    answer = phone(cast.scrapyard).lot(
        pages={
            "amount": {"unit": "items", "quantity": "120", "gross": "80 kg"},
            "weights": {"tare": "90 kg"},
        }
    )

    assert answer.status_code == 422
    assert [(p["page"], p["target"]) for p in answer.json()["problems"]] == [("weights", "id_tare")]


def test_a_page_never_answered_is_named(phone: OnPhone, cast: Cast) -> None:
    sender = phone(cast.scrapyard)
    pages = {slug: typed for slug, typed in PAGES.items() if slug != "intent"}

    answer = sender.json("/queue/lots/", submission_id=uuid.uuid4(), pages=pages)

    assert answer.status_code == 422
    assert [problem["page"] for problem in answer.json()["problems"]] == ["intent"]


def test_what_looks_the_same_is_decided_by_a_person(phone: OnPhone, cast: Cast) -> None:
    sender, second = phone(cast.scrapyard), uuid.uuid4()
    sender.lot()

    asked = sender.lot(submission_id=second)
    assert asked.status_code == 422
    assert [alike["reference"] for alike in asked.json()["alike"]] == [Lot.unscoped.get().reference]

    assert sender.lot(submission_id=second, is_different=True).status_code == 200
    assert Lot.unscoped.count() == 2


def test_nobody_else_signed_in_on_the_phone_sends_it(phone: OnPhone, cast: Cast) -> None:
    seat = phone(cast.scrapyard).seat
    other = phone(cast.turbine_dismantler)
    other.seat = seat

    answer = other.lot()

    assert (answer.status_code, answer.json()) == (409, {"refused": "other_seat"})
    assert not Lot.unscoped.exists()


def test_a_driver_cannot_send_lots(phone: OnPhone, cast: Cast) -> None:
    assert phone(cast.driver).lot().status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"submission_id": "x", "pages": {}}',
        '{"submission_id": 5, "pages": {}}',
        '{"submission_id": "00000000-0000-0000-0000-000000000001", "pages": {"source": {"source_kind": 5}}}',
        '{"submission_id": "00000000-0000-0000-0000-000000000001", "pages": [], "reference": "x"}',
        '{"submission_id": "00000000-0000-0000-0000-000000000001", "pages": {}, "reference": "LOT-1"}',
    ],
)
def test_what_no_phone_would_send_is_turned_away_in_a_sentence(phone: OnPhone, cast: Cast, body: str) -> None:
    sender = phone(cast.scrapyard)

    answer = sender.client.post(
        "/queue/lots/", body, content_type="application/json", headers={"X-Lodestone-Seat": sender.seat}
    )

    assert answer.status_code == 400
    assert answer.json()["message"]


def test_an_age_that_is_no_number_is_turned_away(phone: OnPhone, cast: Cast) -> None:
    assert phone(cast.scrapyard).lot(age_seconds="yesterday").status_code == 400


def test_a_draft_finished_on_the_phone_takes_its_photos_along(phone: OnPhone, cast: Cast) -> None:
    sender = phone(cast.scrapyard)
    draft = start_draft(cast.scrapyard.viewer, PAGES, at=timezone.now())
    sender.form(f"/log/{draft.submission_id}/photos/", photos=_photo("navy"))
    assert LotPhoto.objects.filter(draft=draft).count() == 1

    assert sender.lot(submission_id=draft.submission_id).status_code == 200

    assert LotPhoto.objects.get().lot == Lot.unscoped.get()
    assert not LotDraft.objects.exists()


def test_a_photo_sent_twice_is_one_photo(phone: OnPhone, cast: Cast) -> None:
    sender, lot = phone(cast.scrapyard), uuid.uuid4()
    sender.lot(submission_id=lot)

    for _ in range(2):
        assert sender.form(f"/queue/lots/{lot}/photos/", photo=_photo("teal")).status_code == 200

    assert LotPhoto.objects.filter(lot__submission_id=lot).count() == 1


def test_a_photo_whose_upload_broke_off_finds_its_draft(phone: OnPhone, cast: Cast) -> None:
    sender = phone(cast.scrapyard)
    draft = start_draft(cast.scrapyard.viewer, PAGES, at=timezone.now())

    sent = sender.form(f"/queue/lots/{draft.submission_id}/photos/", photo=_photo("teal"))

    assert sent.status_code == 200
    assert LotPhoto.objects.get().draft == draft


def test_a_photo_that_cannot_be_read_says_so(phone: OnPhone, cast: Cast) -> None:
    sender, lot = phone(cast.scrapyard), uuid.uuid4()
    sender.lot(submission_id=lot)

    answer = sender.form(f"/queue/lots/{lot}/photos/", photo=SimpleUploadedFile("a.jpg", b"no picture"))

    assert answer.status_code == 422
    assert "“a.jpg” is not a photo we can read" in answer.json()["problems"][0]["message"]


def test_a_photo_of_a_lot_nobody_sent_has_nowhere_to_go(phone: OnPhone, cast: Cast) -> None:
    other = log(cast.turbine_dismantler)

    answer = phone(cast.scrapyard).form(f"/queue/lots/{other.submission_id}/photos/", photo=_photo("teal"))

    assert answer.status_code == 422
    assert not LotPhoto.objects.exists()


def _photo(colour: str) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", buffer.getvalue(), "image/jpeg")


# --- Numbers given to a phone in advance --------------------------------------------------------------------


def test_two_phones_never_hold_the_same_number(phone: OnPhone, cast: Cast) -> None:
    sender = phone(cast.scrapyard)
    mine, yours = uuid.uuid4(), uuid.uuid4()

    held = [sender.references(mine), sender.references(yours)]
    online = log(cast.scrapyard).reference

    every = [*held[0], *held[1], online]
    assert len(set(every)) == len(every) == 41


def test_an_answer_lost_on_the_way_gives_the_same_numbers_again(phone: OnPhone, cast: Cast) -> None:
    sender, device = phone(cast.scrapyard), uuid.uuid4()

    assert sender.references(device) == sender.references(device)


def test_what_a_phone_has_spent_is_replaced_and_not_given_to_it_again(phone: OnPhone, cast: Cast) -> None:
    sender, device = phone(cast.scrapyard), uuid.uuid4()
    first = sender.references(device)

    then = sender.references(device, *first[:3])

    assert then[:17] == first[3:]
    assert len(then) == 20
    assert not set(then) & set(first[:3])


def test_a_lot_keeps_the_number_written_on_it(phone: OnPhone, cast: Cast) -> None:
    sender = phone(cast.scrapyard)
    written = sender.references(uuid.uuid4())[4]

    assert sender.lot(reference=written).json()["reference"] == written
    assert ReservedReference.objects.get(reference=written).used_at is not None


def test_a_number_that_ran_out_is_still_the_phone_s_own(phone: OnPhone, cast: Cast) -> None:
    sender, device = phone(cast.scrapyard), uuid.uuid4()
    written = sender.references(device)[0]
    ReservedReference.objects.update(expires_at=timezone.now() - dt.timedelta(days=1))

    assert sender.lot(reference=written).json()["reference"] == written
    assert not set(sender.references(device)) & {written}


def test_a_number_serves_one_lot(phone: OnPhone, cast: Cast) -> None:
    sender = phone(cast.scrapyard)
    written = sender.references(uuid.uuid4())[0]
    sender.lot(reference=written)

    answer = sender.lot(reference=written, pages={"amount": {"unit": "items", "quantity": "7"}})

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == "reference"
    assert Lot.unscoped.count() == 1


def test_another_person_s_number_is_refused(phone: OnPhone, cast: Cast) -> None:
    written = phone(cast.scrapyard).references(uuid.uuid4())[0]

    answer = phone(cast.turbine_dismantler).lot(reference=written)

    assert answer.status_code == 422
    assert "is not one of the numbers kept for you" in answer.json()["problems"][0]["message"]


def test_a_person_cannot_hoard_numbers(phone: OnPhone, cast: Cast) -> None:
    sender = phone(cast.scrapyard)

    held = [len(sender.references(uuid.uuid4())) for _ in range(22)]

    assert sum(held) == ReservedReference.objects.count() == 400


def test_a_stranger_learns_nothing_of_who_is_here(client: Client) -> None:
    assert client.get("/queue/here/").status_code == 302
