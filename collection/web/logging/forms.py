"""The questions of a new lot, a form a page.

Every form says which page of the journey it is (`slug`), turns its answers into fields of a `NewLot`
(`lot_fields`), and names where problems found by the rules are shown (`problem_fields`: the rule's field →
the form's).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from collection.models import Condition, Intent, SourceKind
from collection.queries.reference import locate_postcode
from collection.rules.answers import RefusedAnswerError
from collection.rules.mass_input import read_items, read_mass, read_megawatts
from collection.rules.new_lot import Unit
from collection.rules.plausibility import ProductFacts
from collection.web.kit.dates import DayField
from collection.web.kit.forms import KitForm
from collection.web.kit.lookup import LookupField
from collection.web.kit.widgets import LongText, Number, Radios, Text
from collection.web.logging.choices import LotChoices
from collection.web.logging.products import find_product, resolve_product, units_for

OTHER_PLACE = "other"


class LotPage(KitForm):
    """One page of the journey."""

    slug: ClassVar[str]
    title: ClassVar[str]
    problem_fields: ClassVar[Mapping[str, str]] = {}
    is_optional: ClassVar[bool] = False

    def __init__(self, *args: Any, choices: LotChoices, facts: ProductFacts | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices, self.facts = choices, facts
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the person and the product."""

    def lot_fields(self) -> dict[str, Any]:
        """The answers as fields of a `NewLot`. Only for a valid form."""
        raise NotImplementedError

    def read(self, field: str, reader: Callable[..., Any], text: str, **options: Any) -> Any:
        """What a rule reads from a text; a refusal becomes the field's error and the answer None."""
        try:
            return reader(text, field=field, **options)
        except RefusedAnswerError as refused:
            self.add_error(field, str(refused.problem))
            return None


class SourcePage(LotPage):
    slug, title = "source", "Where does it come from?"
    heading_field = "source_kind"
    problem_fields = {"source_kind": "source_kind"}

    source_kind = forms.ChoiceField(
        label="Where does it come from?",
        choices=SourceKind.choices,
        widget=Radios(
            hints={
                "scrapyard": "Bought or taken in over the weighbridge",
                "vehicle": "Motors and parts from cars, vans, e-bikes",
                "weee": "Drives, loudspeakers, appliances, heat pumps",
                "wind": "Generators and nacelle parts",
                "medical": "Scanners and hospital equipment",
                "industrial": "Servo motors, lifts, separators, pumps",
                "defence": "Need-to-know rules and hold points apply",
            }
        ),
        error_messages={"required": "Choose where it comes from"},
    )

    def lot_fields(self) -> dict[str, Any]:
        return {"source_kind": self.cleaned_data["source_kind"]}


class ProductPage(LotPage):
    slug, title = "product", "What is it?"
    heading_field = "product"
    problem_fields = {"product_code": "product"}

    product = LookupField(
        label="What is it?",
        help_text="Search by what you call it, for example “hard drive”, “EV motor” or “turbine”.",
        search=find_product,
        resolve=resolve_product,
        noun="product",
        url=reverse_lazy("product-search"),
    )

    def lot_fields(self) -> dict[str, Any]:
        return {"product_code": self.cleaned_data["product"].value}


class AmountPage(LotPage):
    slug, title = "amount", "How much is there?"
    problem_fields = {"quantity": "quantity", "unit": "unit", "gross": "gross", "tare": "tare"}

    unit = forms.ChoiceField(
        label="Counted in",
        widget=Radios(inline=True, small=True),
        error_messages={"required": "Choose what you count it in"},
    )
    quantity = forms.CharField(
        label="How much?",
        max_length=200,
        widget=Text(width=10, attrs={"autofocus": True, "spellcheck": "false"}),
        error_messages={"required": "Enter how much there is, for example 120 or 1.5 t"},
    )
    gross = forms.CharField(
        label="Gross weight, with pallet and packing",
        required=False,
        max_length=200,
        widget=Text(width=10),
    )
    tare = forms.CharField(
        label="Tare: the pallet and packing alone", required=False, max_length=200, widget=Text(width=10)
    )

    def prepare(self) -> None:
        units = units_for(self.facts)
        field = cast(forms.ChoiceField, self.fields["unit"])
        field.choices = units
        self.initial.setdefault("unit", units[0][0])
        examples = {
            Unit.ITEMS: "For example 120.",
            Unit.MEGAWATTS: "For example 3.6 MW or 850 kW.",
            Unit.KG_GROSS: "For example 850 kg or 1.5 t.",
            Unit.KG_MAGNETS: "For example 12.5 kg.",
        }
        self.fields["quantity"].help_text = examples[Unit(units[0][0])]
        self.fields["gross"].help_text = "In kg, or write the unit: 1.5 t."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("unit") and data.get("quantity"):
            data["amount"], data["understood"] = self._amount(data["unit"], data["quantity"])
        for field, label in (("gross", "Gross weight"), ("tare", "Tare")):
            text = data.get(field)
            mass = self.read(field, read_mass, text, label=label) if text else None
            data[f"{field}_grams"] = mass.grams if mass else None
        return data

    def _amount(self, unit: str, text: str) -> tuple[Decimal | None, str]:
        label = "How much"
        if unit == Unit.ITEMS:
            read = self.read("quantity", read_items, text, label=label)
        elif unit == Unit.MEGAWATTS:
            read = self.read("quantity", read_megawatts, text, label=label)
        else:
            mass = self.read("quantity", read_mass, text, label=label)
            return (Decimal(mass.grams) / 1000, mass.understood) if mass else (None, "")
        return (read.amount, read.understood) if read else (None, "")

    def lot_fields(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "quantity": data["amount"],
            "unit": data["unit"],
            "gross_grams": data["gross_grams"],
            "tare_grams": data["tare_grams"],
        }


class StatePage(LotPage):
    slug, title = "state", "What state is it in?"
    problem_fields = {
        "condition": "condition",
        "is_magnetised": "is_magnetised",
        "build_year": "build_year",
        "serial": "serial",
    }

    condition = forms.ChoiceField(
        label="State",
        choices=Condition.choices,
        widget=Radios(),
        error_messages={"required": "Choose what state it is in"},
    )
    build_year = forms.CharField(
        label="Build year",
        help_text="From the nameplate, for example 2014. It narrows which magnet grade is inside.",
        required=False,
        max_length=20,
        widget=Number(whole=True, width=4),
    )
    is_magnetised = forms.ChoiceField(
        label="Are the magnets still magnetised?",
        required=False,
        choices=[("yes", "Yes"), ("no", "No"), ("", "I do not know")],
        widget=Radios(inline=True, small=True),
    )
    serial = forms.CharField(
        label="Serial number or plate", required=False, max_length=200, widget=Text(width=20)
    )

    def clean_build_year(self) -> int | None:
        text = str(self.cleaned_data["build_year"]).strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise ValidationError(
                f"Build year: “{text}” is not a year. Write four digits such as 2014, or leave it empty"
            )
        return int(text)

    def lot_fields(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "condition": data["condition"],
            "build_year": data["build_year"],
            "is_magnetised": {"yes": True, "no": False}.get(data["is_magnetised"]),
            "serial": data["serial"].strip(),
        }


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


PAGES: tuple[type[LotPage], ...] = (
    SourcePage,
    ProductPage,
    AmountPage,
    StatePage,
    PlacePage,
    WhenPage,
    IntentPage,
)
PAGE_OF_SLUG: dict[str, type[LotPage]] = {page.slug: page for page in PAGES}
PHOTOS = "photos"
