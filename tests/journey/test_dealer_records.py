"""Where metal is taken in by a scrapyard in England or Wales the dealer's record is kept once, and never for cash."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from collection.models import DealerRecord, Lot
from collection.rules.dealer_record import NewDealerRecord, check_dealer_record, kept_until
from tests.cast import Cast, Person
from tests.journey.answers import answer_all, errors_of
from tests.journey.lots import log

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


def test_a_record_is_kept_three_years_also_from_a_leap_day() -> None:
    assert kept_until(dt.date(2028, 2, 29)) == dt.date(2031, 2, 28)


def test_it_is_offered_in_england_and_not_in_scotland(cast: Cast, as_person: SignIn) -> None:
    client = as_person(cast.scrapyard)
    english, scottish = answer_all(client, place=CARLISLE), answer_all(client)

    assert "Dealer’s record" in client.get(f"{english}check/").content.decode()
    assert "Dealer’s record" not in client.get(f"{scottish}check/").content.decode()
    assert client.get(f"{scottish}dealer/").status_code == 302


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


def test_it_can_be_kept_later_once_and_only_its_dealer_sees_it(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard, site_id=None, postcode="CA2")
    address = f"/lots/{lot.reference}/dealer-record/"

    assert as_person(cast.turbine_dismantler).get(address).status_code == 404
    client = as_person(cast.scrapyard)
    assert client.post(address, TYPED).status_code == 302
    assert "=Seller One" in client.get(address).content.decode()
    kept = DealerRecord.unscoped.get()
    kept.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.save(force_insert=True)

    file = b"".join(client.get("/dealer-records/export/").streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(file))
    assert row["lot"] == lot.reference
    assert row["seller"] == "'=Seller One", "a spreadsheet must not take a name for a formula"
    assert as_person(cast.turbine_dismantler).get("/dealer-records/").content.decode().count("Seller") == 0


def test_the_database_knows_no_cash(cast: Cast, as_person: SignIn) -> None:
    lot = log(cast.scrapyard, site_id=None, postcode="CA2", dealer_record=_record())

    with pytest.raises(IntegrityError), transaction.atomic():
        DealerRecord.unscoped.filter(lot=lot).update(payment="cash")
