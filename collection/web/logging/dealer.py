"""The scrap metal dealer's record: asked for where the law wants one; it may be put off, and then waits."""

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
from collection.web.kit.fields import optional_text
from collection.web.kit.widgets import Radios
from collection.web.logging.page import LotPage

LONDON = ZoneInfo("Europe/London")
_TIME = re.compile(r"^([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])$")
# The button that puts the record off. What was typed before stays for when somebody comes back to it.
LATER = "later"
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
    intro = (
        "The law wants one of all metal taken in by a scrapyard in England or Wales. Only your own organisation "
        "sees it. What you put off waits on your home."
    )
    later_label = "Record it later"
    asked_when = when(source_kind="scrapyard", nation=NATIONS)
    problem_fields = {f"dealer_record.{name}": name for name in (*_TEXTS, "received_at")} | {
        "dealer_record": "form",
        "dealer_record.received_at": "received_on",
    }

    form = optional_text(
        "Form of the metal", most=100, hint="For example: loose motors, baled, cut, on drums."
    )
    condition = optional_text("Condition", most=100, hint="For example: used, broken, burnt.")
    marks = optional_text(
        "Marks of earlier owners or anything that distinguishes it",
        most=300,
        hint="Write “none” where there are none.",
        rows=2,
    )
    received_on = DayField(label="Day it came in", required=False)
    received_time = optional_text("Time", most=10, hint="For example 14:30.", width=5)
    vehicle = optional_text(
        "Plate of the vehicle that brought it",
        most=20,
        hint="Leave it empty if it did not come on a vehicle.",
        width=10,
        attrs={"autocapitalize": "characters"},
    )
    seller_name = optional_text("Full name of the seller", most=120)
    seller_address = optional_text("Address of the seller", most=400, rows=3)
    document = forms.ChoiceField(
        label="How name and address were verified",
        required=False,
        choices=[(document.value, label) for document, label in DOCUMENT_LABELS.items()],
        widget=Radios(small=True),
    )
    document_reference = optional_text(
        "Number of the document", most=100, hint="Keep a copy of the document too."
    )
    paid_by = optional_text("Full name of whoever pays", most=120)
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
    payment_reference = optional_text(
        "Evidence of the payment", most=100, hint="Reference of the transfer, or number of the cheque."
    )

    def prepare(self) -> None:
        self.initial.setdefault("received_on", self.choices.today)
        # Whoever begins the record answers all of it; nobody has to begin it now.
        for name in set(self.fields) - {"vehicle", "payment_reference"}:
            cast(Any, self.fields[name].widget).says_optional = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.data.get(LATER):
            # What is put off is not looked at yet.
            self.errors.clear()
        elif not self.is_empty:
            for name, words in (("received_on", "day"), ("received_time", "time")):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, f"Enter the {words} it came in")
            self._check_clock(data)
        return data

    def _check_clock(self, data: dict[str, Any]) -> None:
        """On the Sunday summer time begins, an hour of the night is skipped; a time in it would be kept as another."""
        day, time = data.get("received_on"), data.get("received_time")
        if day is None or time is None:
            return
        typed = dt.datetime.combine(day, time, tzinfo=LONDON)
        if typed.astimezone(dt.UTC).astimezone(LONDON).replace(tzinfo=None) != typed.replace(tzinfo=None):
            self.add_error(
                "received_time",
                f"There was no {time:%H:%M} that night: the clocks went forward from 01:00 to 02:00. Check the time",
            )

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
        """Whether it is put off: said so, or nothing was typed. The day alone, filled in beforehand, says nothing."""
        return bool(self.data.get(LATER)) or not any(
            str(self.cleaned_data.get(name) or "").strip() for name in _TEXTS
        )

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
            return ["To be recorded later. It waits on your home"]
        record = self.record()
        return [
            f"From {record.seller_name}",
            PAYMENT_LABELS.get(Payment(record.payment), "") if record.payment else "",
        ]
