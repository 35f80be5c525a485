"""What is asked about an offer, a bid, or what was seen at a site."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from collection.models import DestinationClass
from collection.rules.offers import HIGHEST_PENCE, LONGEST_DAYS, SITE_EVENT_WORDS, USUAL_DAYS
from collection.web.kit.dates import DayField
from collection.web.kit.forms import KitForm
from collection.web.kit.number_field import NumberField
from collection.web.kit.widgets import Checkbox, LongText, Number, Radios, Text

HIGHEST = Decimal(HIGHEST_PENCE) / 100


def _price(label: str, hint: str) -> NumberField:
    return NumberField(
        label=label,
        help_text=hint,
        min_value=Decimal("0.01"),
        max_value=HIGHEST,
        decimal_places=2,
        widget=Number(prefix="£", suffix="per kg", width=5),
        error_messages={"required": "Enter a price for a kilogram"},
    )


class PricedForm(KitForm):
    @property
    def pence(self) -> int:
        return int(self.cleaned_data["price"] * 100)


class OfferForm(PricedForm):
    price = _price("Your price", "For a kilogram of the lot as it lies, excluding VAT.")
    days = forms.IntegerField(
        label="How long it stands",
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=USUAL_DAYS,
        widget=Number(whole=True, suffix="days", width=3),
        error_messages={"required": "Enter how many days the offer stands"},
    )
    note = forms.CharField(
        label="Anything to add",
        help_text="For example: we collect, or price for intact drives only.",
        required=False,
        max_length=200,
        widget=Text(),
    )


class AnswerForm(KitForm):
    answer = forms.CharField(
        label="Anything to say to the recycler",
        help_text="They read this with your answer.",
        required=False,
        max_length=200,
        widget=LongText(rows=2),
    )


class BidForm(PricedForm):
    price = _price(
        "What they would pay",
        "For a kilogram of the lot as it lies. Recyclers who can see the lot see this figure, so that they "
        "can match it.",
    )
    bid_on = DayField(label="Day of the bid", error_messages={"required": "Enter the day of the bid"})
    destination_class = forms.ChoiceField(
        label="Where would it go?",
        choices=DestinationClass.choices,
        initial=DestinationClass.UNKNOWN,
        widget=Radios(),
        error_messages={"required": "Choose where it would go"},
    )
    through_broker = forms.BooleanField(
        label="It came through a broker or a buyer who visited", required=False, widget=Checkbox
    )
    note = forms.CharField(label="Anything to add", required=False, max_length=200, widget=Text())

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"bid_on": today, "destination_class": DestinationClass.UNKNOWN})
        super().__init__(*args, **kwargs)


class SeenForm(KitForm):
    kind = forms.ChoiceField(
        label="What was seen?",
        choices=[(kind.value, words) for kind, words in SITE_EVENT_WORDS.items()],
        widget=Radios(),
        error_messages={"required": "Choose what was seen"},
    )
    happened_on = DayField(label="Day", error_messages={"required": "Enter the day"})
    note = forms.CharField(label="Anything to add", required=False, max_length=200, widget=Text())

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"happened_on": today})
        super().__init__(*args, **kwargs)
