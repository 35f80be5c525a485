"""The scrap metal dealer's record: offered where the law wants one, empty until somebody fills it in."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from collection.rules.asking import when
from collection.rules.dealer_record import (
    DOCUMENT_LABELS,
    NATIONS,
    PAYMENT_LABELS,
    NewDealerRecord,
    Payment,
)
from collection.web.kit.dates import DayField
from collection.web.kit.widgets import LongText, Radios, Text
from collection.web.logging.page import LotPage

LONDON = ZoneInfo("Europe/London")
_TIME = re.compile(r"^([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])$")
_TEXTS = (
    "form",
    "condition",
    "marks",
    "vehicle",
    "seller_name",
    "seller_address",
    "document",
    "document_reference",
    "paid_by",
    "payment",
    "payment_reference",
)


class DealerPage(LotPage):
    slug, title = "dealer", "Scrap metal dealer’s record"
    intro = "Recorded once and kept for three years. Leave everything empty to record it later."
    asked_when = when(source_kind="scrapyard", nation=NATIONS)
    problem_fields = {f"dealer_record.{name}": name for name in (*_TEXTS, "received_at")} | {
        "dealer_record": "form",
        "dealer_record.received_at": "received_on",
    }

    form = forms.CharField(
        label="Form of the metal",
        help_text="For example: loose motors, baled, cut, on drums.",
        required=False,
        max_length=100,
        widget=Text(width=20),
    )
    condition = forms.CharField(
        label="Condition",
        help_text="For example: used, broken, burnt.",
        required=False,
        max_length=100,
        widget=Text(width=20),
    )
    marks = forms.CharField(
        label="Marks of earlier owners or anything that distinguishes it",
        help_text="Write “none” where there are none.",
        required=False,
        max_length=300,
        widget=LongText(rows=2),
    )
    received_on = DayField(label="Day it came in", required=False)
    received_time = forms.CharField(
        label="Time",
        help_text="For example 14:30.",
        required=False,
        max_length=10,
        widget=Text(width=5),
    )
    vehicle = forms.CharField(
        label="Plate of the vehicle that brought it",
        help_text="Leave it empty if it did not come on a vehicle.",
        required=False,
        max_length=20,
        widget=Text(width=10, attrs={"autocapitalize": "characters"}),
    )
    seller_name = forms.CharField(
        label="Full name of the seller", required=False, max_length=120, widget=Text(width=20)
    )
    seller_address = forms.CharField(
        label="Address of the seller", required=False, max_length=400, widget=LongText(rows=3)
    )
    document = forms.ChoiceField(
        label="How name and address were verified",
        required=False,
        choices=[(document.value, label) for document, label in DOCUMENT_LABELS.items()],
        widget=Radios(small=True),
    )
    document_reference = forms.CharField(
        label="Number of the document",
        help_text="Keep a copy of the document too.",
        required=False,
        max_length=100,
        widget=Text(width=20),
    )
    paid_by = forms.CharField(
        label="Full name of whoever pays", required=False, max_length=120, widget=Text(width=20)
    )
    payment = forms.ChoiceField(
        label="How it was paid",
        help_text="Never in cash: that is an offence in England and Wales.",
        required=False,
        choices=[(payment.value, label) for payment, label in PAYMENT_LABELS.items()],
        widget=Radios(small=True),
        error_messages={
            "invalid_choice": "Scrap metal may not be paid for in cash. Choose transfer or crossed cheque"
        },
    )
    payment_reference = forms.CharField(
        label="Evidence of the payment",
        help_text="Reference of the transfer, or number of the cheque.",
        required=False,
        max_length=100,
        widget=Text(width=20),
    )

    def prepare(self) -> None:
        self.initial.setdefault("received_on", self.choices.today)
        # Whoever begins the record answers all of it; nobody has to begin it here.
        for name in set(self.fields) - {"vehicle", "payment_reference"}:
            cast(Any, self.fields[name].widget).says_optional = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.is_empty:
            for name, words in (("received_on", "day"), ("received_time", "time")):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, f"Enter the {words} it came in")
        return data

    def clean_received_time(self) -> dt.time | None:
        text = str(self.cleaned_data["received_time"]).strip()
        if not text:
            return None
        match = _TIME.match(text)
        if match is None:
            raise ValidationError(f"“{text}” is not a time of day. Write it like 14:30")
        return dt.time(int(match[1]), int(match[2]))

    @property
    def is_empty(self) -> bool:
        """Whether nobody said anything yet. The day alone, which is filled in beforehand, says nothing."""
        return not any(str(self.cleaned_data.get(name) or "").strip() for name in _TEXTS)

    def record(self) -> NewDealerRecord:
        """The answers as a record, right or wrong. Only for a valid form."""
        data = self.cleaned_data
        texts = {name: str(data[name] or "").strip() for name in _TEXTS}
        received_at = dt.datetime.combine(data["received_on"], data["received_time"], tzinfo=LONDON)
        return NewDealerRecord(received_at=received_at, **texts)

    def lot_fields(self) -> dict[str, Any]:
        return {"dealer_record": None if self.is_empty else self.record()}

    def summary(self) -> list[str]:
        if self.is_empty:
            return ["Not recorded yet. The law wants one for metal taken in"]
        record = self.record()
        return [
            f"From {record.seller_name}",
            PAYMENT_LABELS.get(Payment(record.payment), "") if record.payment else "",
        ]
