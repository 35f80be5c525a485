"""Where metal is taken in by a scrapyard in England or Wales the dealer's record is asked for, kept, and corrected."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from collection.actions.dealer_records import correct_receipt
from collection.models import DealerRecord, Lot
from collection.queries.dealer_records import dealer_records_between, dealer_records_page
from collection.rules.dealer_record import NewDealerRecord, check_dealer_record, kept_until
from tests.cast import Cast, Person
from tests.journey.answers import PAGES, answer_all, begin, errors_of
from tests.journey.lots import NOW, log
from tests.pages import on_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

SignIn = Callable[[Person], Client]
CARLISLE = {"place": "other", "postcode": "CA2 5AF"}
TYPED = {
    "form": "Loose motors",
    "condition": "Used",
    "marks": "none",
    "received_on-day": "1",
    "received_on-month": "6",
    "received_on-year": "2026",
    "received_time": "14:30",
    "vehicle": "ab12 cde",
    "seller_name": "=Seller One",
    "seller_address": "1 Sample Street",
    "document": "driving_licence",
    "document_reference": "D1",
    "paid_by": "The cashier",
    "payment": "transfer",
    "payment_reference": "T1",
}


def _record(**changes: Any) -> NewDealerRecord:
    answers: dict[str, Any] = {
        name: value for name, value in TYPED.items() if not name.startswith("received")
    } | {"received_at": dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)}
    return NewDealerRecord(**(answers | changes))


def test_cash_is_refused_with_the_reason() -> None:
    (problem,) = check_dealer_record(_record(payment="cash"), dt.date(2026, 6, 2))

    assert (problem.field, problem.code) == ("dealer_record.payment", "never_cash")


def test_metal_is_received_by_today_in_london() -> None:
    late = dt.datetime(2026, 6, 1, 23, 30, tzinfo=dt.UTC)  # half past midnight of 2 June in London
    assert not list(check_dealer_record(_record(received_at=late), dt.date(2026, 6, 2)))
    (problem,) = check_dealer_record(_record(received_at=late), dt.date(2026, 6, 1))
    assert (problem.field, problem.code) == ("dealer_record.received_at", "in_future")


def test_an_hour_that_the_clocks_skipped_is_asked_again(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard, site_id=None, postcode="CA2")
    address, client = f"/lots/{lot.reference}/dealer-record/", as_person(cast.scrapyard)
    spring = TYPED | {"received_on-day": "29", "received_on-month": "3", "received_time": "01:30"}

    assert "There was no 01:30 that night" in client.post(address, spring).content.decode()
    assert not DealerRecord.unscoped.exists()
    assert client.post(address, spring | {"received_time": "02:30"}).status_code == 302


def test_a_record_is_kept_three_years_also_from_a_leap_day() -> None:
    assert kept_until(dt.date(2028, 2, 29)) == dt.date(2031, 2, 28)


def test_it_is_asked_for_in_england_and_not_in_scotland(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    scottish = answer_all(client)
    assert client.get(f"{scottish}dealer/").status_code == 302
    assert "Dealer’s record" not in on_one_line(client.get(f"{scottish}check/"))

    english = answer_all(client, place=CARLISLE)
    assert "To be recorded later" in client.get(f"{english}check/").content.decode()
    client.post(f"{english}place/", CARLISLE | {"postcode": "G51 4BW"})
    assert "To be recorded later" not in on_one_line(client.get(f"{english}check/"))


def test_the_journey_does_not_pass_it_by(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = begin(client)
    for slug in list(PAGES)[1:]:
        answer = client.post(f"{draft}{slug}/", PAGES[slug] | (CARLISLE if slug == "place" else {}))

    assert answer.headers["Location"] == f"{draft}dealer/"
    assert client.get(f"{draft}check/").headers["Location"] == f"{draft}dealer/"
    assert "Record it later" in client.get(f"{draft}dealer/").content.decode()


def test_what_is_put_off_keeps_what_was_typed_and_waits_on_the_home(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    half = {"form": "Loose motors", "received_time": "about noon", "later": "yes"}
    draft = answer_all(client, place=CARLISLE, dealer=half)
    assert "about noon" in client.get(f"{draft}dealer/").content.decode()

    client.post(f"{draft}check/")

    lot = Lot.unscoped.get()
    assert not DealerRecord.unscoped.exists()
    assert "dealer’s record still to be made" in client.get("/home/collector/").content.decode()
    assert lot.reference in client.get("/dealer-records/").content.decode()
    client.post(f"/lots/{lot.reference}/dealer-record/", TYPED)
    assert "still to be made" not in on_one_line(client.get("/home/collector/"))
    assert "Still to be made" not in on_one_line(client.get("/dealer-records/"))


def test_a_begun_record_is_asked_for_whole_and_kept_with_the_lot(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    draft = answer_all(client, place=CARLISLE)

    begun = client.post(f"{draft}dealer/", {"form": "Loose motors"})
    assert begun.status_code == 422
    assert any("time it came in" in error for error in errors_of(begun))
    assert client.post(f"{draft}dealer/", TYPED).status_code == 302
    client.post(f"{draft}check/")

    kept = DealerRecord.unscoped.get()
    assert kept.lot == Lot.unscoped.get()
    assert (kept.vehicle, kept.keep_until) == ("AB12CDE", dt.date(2029, 6, 1))
    assert kept.received_at == dt.datetime(2026, 6, 1, 13, 30, tzinfo=dt.UTC)


def test_a_correction_is_a_new_entry_and_the_old_one_stays(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard, site_id=None, postcode="CA2", dealer_record=_record())
    first, client = DealerRecord.unscoped.get(), as_person(cast.scrapyard)
    address = f"/lots/{lot.reference}/dealer-record/{first.pk}/correct/"
    assert "Loose motors" in client.get(address).content.decode()
    changed = TYPED | {"vehicle": "AB12 CDF"}

    assert any("why" in error for error in errors_of(client.post(address, changed)))
    assert client.post(address, changed | {"reason": "The plate was misread"}).status_code == 302

    old, new = DealerRecord.unscoped.order_by("pk")
    assert (old.vehicle, old.is_current) == ("AB12CDE", False)
    assert (new.vehicle, new.is_current, new.replaces, new.reason) == (
        "AB12CDF", True, old, "The plate was misread",
    )  # fmt: skip
    page = client.get(f"/lots/{lot.reference}/dealer-record/").content.decode()
    assert page.index("AB12CDF") < page.index("AB12CDE")
    again = client.post(address, changed | {"reason": "Pressed twice"})
    assert again.status_code == 409
    assert DealerRecord.unscoped.count() == 2
    assert as_person(cast.turbine_dismantler).post(address, changed).status_code == 404


def test_the_file_for_an_inspection_has_corrections_beside_what_they_corrected(cast: Cast) -> None:
    viewer = cast.scrapyard.viewer
    lot = log(cast.scrapyard, site_id=None, postcode="CA2", dealer_record=_record())
    correct_receipt(
        viewer, lot.pk, _record(seller_name="Seller Two"), replaces_id=DealerRecord.unscoped.get().pk,
        reason="Name misspelt", at=NOW,
    )  # fmt: skip

    found = list(dealer_records_between(viewer, dt.date(2026, 5, 1), dt.date(2026, 7, 1)))

    assert [record.seller_name for record in found] == ["=Seller One", "Seller Two"]
    assert [record.seller_name for record in dealer_records_page(viewer).records] == ["Seller Two"]


def test_the_database_keeps_one_record_in_force_and_no_correction_without_a_reason(cast: Cast) -> None:
    log(cast.scrapyard, site_id=None, postcode="CA2", dealer_record=_record())
    kept = DealerRecord.unscoped.get()
    first = kept.pk
    for changes in ({}, {"is_current": False, "replaces_id": first}):
        kept.pk = None
        for name, value in changes.items():
            setattr(kept, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            kept.save(force_insert=True)


def test_it_can_be_kept_later_once_and_only_its_dealer_sees_it(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard, site_id=None, postcode="CA2")
    address = f"/lots/{lot.reference}/dealer-record/"

    assert as_person(cast.turbine_dismantler).get(address).status_code == 404
    client = as_person(cast.scrapyard)
    assert client.post(address, TYPED).status_code == 302
    assert "=Seller One" in client.get(address).content.decode()
    file = b"".join(client.get("/dealer-records/export/").streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(file))
    assert row["lot"] == lot.reference
    assert row["seller"] == "'=Seller One", "a spreadsheet must not take a name for a formula"
    assert as_person(cast.turbine_dismantler).get("/dealer-records/").content.decode().count("Seller") == 0


def test_the_database_knows_no_cash(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard, site_id=None, postcode="CA2", dealer_record=_record())

    with pytest.raises(IntegrityError), transaction.atomic():
        DealerRecord.unscoped.filter(lot=lot).update(payment="cash")
