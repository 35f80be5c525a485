"""Where the lot is, when it may be fetched, and what its holder intends."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms

from collection.models import Intent
from collection.queries.reference import locate_postcode
from collection.web.kit.dates import DayField
from collection.web.kit.widgets import LongText, Radios, Text
from collection.web.logging.page import LotPage

OTHER_PLACE = "other"


class PlacePage(LotPage):
    slug, title = "place", "Where is it?"
    heading_field = "place"
    problem_fields = {"site": "place", "postcode": "postcode"}

    place = forms.ChoiceField(
        label="Where is it?",
        widget=Radios(reveals={OTHER_PLACE: "postcode"}),
        error_messages={"required": "Choose a place"},
    )
    postcode = forms.CharField(
        label="Postcode",
        help_text="For example G51 4BW. Its first half is enough; the place is then known to a few km.",
        required=False,
        max_length=60,
        widget=Text(width=10, autocomplete="postal-code"),
    )

    def prepare(self) -> None:
        field = cast(forms.ChoiceField, self.fields["place"])
        places = [(str(site.pk), site.name) for site in self.choices.places]
        field.choices = [*places, (OTHER_PLACE, "Somewhere else" if places else "At a postcode")]
        cast(Radios, field.widget).hints = {str(site.pk): _place_hint(site) for site in self.choices.places}
        if not places:
            self.initial.setdefault("place", OTHER_PLACE)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["point"] = None
        if data.get("place") != OTHER_PLACE:
            data["postcode"] = ""
        elif not data.get("postcode", "").strip():
            self.add_error("postcode", "Enter a postcode, or its first half such as G51")
        else:
            data["point"] = self.read("postcode", locate_postcode, data["postcode"])
        return data

    def lot_fields(self) -> dict[str, Any]:
        place = self.cleaned_data["place"]
        if place == OTHER_PLACE:
            return {"site_id": None, "postcode": self.cleaned_data["postcode"]}
        return {"site_id": int(place), "postcode": ""}


def _place_hint(site: Any) -> str:
    where = ", ".join(part for part in (site.address.replace("\n", ", "), site.postcode) if part)
    return f"{where}. Not on the map yet".lstrip(". ") if site.lat is None else where


class WhenPage(LotPage):
    slug, title = "when", "When may it be fetched?"
    heading_field = "when"
    problem_fields = {"available_from_on": "day"}

    when = forms.ChoiceField(
        label="When may it be fetched?",
        choices=[("now", "From today"), ("later", "From a later day")],
        widget=Radios(reveals={"later": "day"}),
        error_messages={"required": "Choose when it may be fetched"},
    )
    day = DayField(label="First day it may be fetched", required=False)

    def prepare(self) -> None:
        example = self.choices.today + dt.timedelta(days=14)
        self.fields["day"].help_text = f"For example, {example.day} {example.month} {example.year}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("when") == "now":
            # A date left over in the hidden boxes is not an answer, nor a reason to stop anybody.
            self.errors.pop("day", None)
            data["day"] = self.choices.today
        elif data.get("when") == "later" and data.get("day") is None and "day" not in self.errors:
            self.add_error("day", "Enter the first day it may be fetched")
        return data

    def lot_fields(self) -> dict[str, Any]:
        return {"available_from_on": self.cleaned_data["day"]}


class IntentPage(LotPage):
    slug, title = "intent", "What do you intend to do with it?"
    problem_fields = {"intent": "intent", "note": "note"}

    intent = forms.ChoiceField(
        label="Your intention",
        help_text="It helps recyclers to come in time. It binds you to nothing.",
        choices=Intent.choices,
        widget=Radios(),
        error_messages={"required": "Choose what you intend"},
    )
    note = forms.CharField(
        label="Anything the recycler or driver should know",
        required=False,
        max_length=4000,
        widget=LongText(rows=3),
    )

    def lot_fields(self) -> dict[str, Any]:
        return {"intent": self.cleaned_data["intent"], "note": self.cleaned_data["note"].strip()}
