"""What a scrap metal dealer in England or Wales must record of metal received: Scrap Metal Dealers Act 2013, s.13.

The description (form, condition, marks of earlier owners), when it came, the vehicle that brought it, who it
came from and how their name and address were verified, who paid and how. Weight and type are the lot's own.
Cash may never be paid (s.12). The record is kept three years from the day of receipt (s.15).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from collection.rules.answers import Problem, RefusedAnswerError, error
from collection.rules.appointments import LONDON
from collection.rules.identities import read_plate

NATIONS = ("England", "Wales")
KEPT_YEARS = 3
LONGEST = {
    "form": 100,
    "condition": 100,
    "marks": 300,
    "vehicle": 10,
    "seller_name": 120,
    "seller_address": 400,
    "document_reference": 100,
    "paid_by": 120,
    "payment_reference": 100,
}


class IdentityDocument(StrEnum):
    """What the seller's name and address were verified by."""

    DRIVING_LICENCE = "driving_licence"
    PASSPORT_AND_BILL = "passport_and_bill"
    IDENTITY_CARD_AND_BILL = "identity_card_and_bill"
    COMPANY_PAPERS = "company_papers"


class Payment(StrEnum):
    """How the seller was paid. Cash is among the answers only to be refused with the reason."""

    TRANSFER = "transfer"
    CHEQUE = "cheque"
    NOT_PAID = "not_paid"
    CASH = "cash"


DOCUMENT_LABELS = {
    IdentityDocument.DRIVING_LICENCE: "UK photocard driving licence with the present address",
    IdentityDocument.PASSPORT_AND_BILL: "Passport, and a bill or statement with the address",
    IdentityDocument.IDENTITY_CARD_AND_BILL: "National identity card, and a bill or statement with the address",
    IdentityDocument.COMPANY_PAPERS: "Company registration and proof of who acts for it",
}
PAYMENT_LABELS = {
    Payment.TRANSFER: "Bank transfer",
    Payment.CHEQUE: "Crossed cheque that cannot be passed on",
    Payment.NOT_PAID: "Nothing was paid",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDealerRecord:
    """One receipt of metal as a person or a program gives it. `received_at` is an aware instant; enumerated
    answers are their plain values; `vehicle` is empty where it did not come on one."""

    form: str
    condition: str
    marks: str
    received_at: dt.datetime
    vehicle: str
    seller_name: str
    seller_address: str
    document: str
    document_reference: str
    paid_by: str
    payment: str
    payment_reference: str


def is_wanted(*, source_kind: str, nation: str) -> bool:
    """Whether the law wants a dealer's record: the lot was taken in by a scrapyard in England or Wales."""
    return source_kind == "scrapyard" and nation in NATIONS


def kept_until(received_on: dt.date) -> dt.date:
    """The first day on which the record need not be kept any more."""
    is_leap_day = (received_on.month, received_on.day) == (2, 29)
    return received_on.replace(year=received_on.year + KEPT_YEARS, day=28 if is_leap_day else received_on.day)


_REQUIRED = (
    ("form", "What form the metal has was not answered.", "For example: loose motors, baled, cut."),
    ("condition", "What condition the metal is in was not answered.", "For example: used, broken, burnt."),
    ("marks", "Distinguishing marks were not answered.", "Write “none” where there are none."),
    ("seller_name", "The seller's full name is missing.", "Copy it from the document."),
    ("seller_address", "The seller's address is missing.", "Copy it from the document, with the postcode."),
    ("document_reference", "The number of the identity document is missing.", "Copy it from the document."),
    ("paid_by", "Who pays is missing.", "Give the full name of the person who makes the payment."),
)


def check_dealer_record(record: NewDealerRecord, today: dt.date) -> Iterator[Problem]:
    """Every problem of a record, its fields written `dealer_record.<field>`. `today` is local to London."""
    for field, missing, way_out in _REQUIRED:
        if not getattr(record, field).strip():
            yield error(_path(field), "missing", missing, way_out)
    for field, most in LONGEST.items():
        if len(getattr(record, field)) > most:
            words = field.replace("_", " ")
            yield error(
                _path(field), "too_long", f"The {words} is longer than {most} characters.", "Shorten it."
            )
    if record.vehicle.strip():
        try:
            read_plate(record.vehicle, field=_path("vehicle"))
        except RefusedAnswerError as refused:
            yield refused.problem
    if record.received_at.astimezone(LONDON).date() > today:
        yield error(
            _path("received_at"), "in_future", "The metal cannot come in the future.", "Check the day."
        )
    if record.document not in tuple(IdentityDocument):
        yield error(
            _path("document"),
            "not_a_choice",
            "How the seller's name and address were verified was not answered.",
            f"Choose one of: {', '.join(IdentityDocument)}.",
        )
    yield from _check_payment(record)


def _check_payment(record: NewDealerRecord) -> Iterator[Problem]:
    allowed = [payment for payment in Payment if payment is not Payment.CASH]
    if record.payment == Payment.CASH:
        yield error(
            _path("payment"),
            "never_cash",
            "Scrap metal may not be paid for in cash: it is an offence in England and Wales.",
            "Pay by transfer or crossed cheque, and record that.",
        )
    elif record.payment not in allowed:
        yield error(
            _path("payment"),
            "not_a_choice",
            "How it was paid was not answered.",
            f"Choose one of: {', '.join(allowed)}.",
        )
    elif record.payment != Payment.NOT_PAID and not record.payment_reference.strip():
        yield error(
            _path("payment_reference"),
            "missing",
            "The evidence of the payment is missing.",
            "Give the reference of the transfer or the number of the cheque.",
        )


def _path(field: str) -> str:
    return f"dealer_record.{field}"
