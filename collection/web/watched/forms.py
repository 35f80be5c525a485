"""The form of a watched source."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.urls import reverse_lazy

from collection.actions.watched import NewWatched
from collection.models import Site, Source, SourceKind, Unit, WatchedSource
from collection.queries.expected import farm_of, find_farms
from collection.queries.reference import locate_postcode, product_facts
from collection.rules.answers import RefusedAnswerError
from collection.rules.mass_input import read_amount
from collection.rules.watching import Window, expected_window
from collection.web.kit.forms import KitForm
from collection.web.kit.lookup import LookupField, Match
from collection.web.kit.widgets import LongText, Number, Radios, Select, Text
from collection.web.logging.products import (
    current_product,
    find_product,
    resolve_product,
    turbine_of_value,
    units_for,
)

MONTHS = [("", "Not known")] + [(str(number), f"{dt.date(2000, number, 1):%B}") for number in range(1, 13)]

_UNIT_TYPED = {Unit.ITEMS: "", Unit.MW: "MW", Unit.KG_GROSS: "kg", Unit.KG_MAGNETS: "kg"}


def _farm_match(source: Source) -> Match:
    year = source.expected_decommissioning_year
    return Match(source.code, source.name, f"{source.data.get('turbine_model_name', '')}, about {year}")


def search_farms(words: str) -> list[Match]:
    return [_farm_match(source) for source in find_farms(words)]


def _resolve_farm(code: str) -> Match | None:
    source = farm_of(code)
    return _farm_match(source) if source else None


class WatchForm(KitForm):
    """What is expected, how much of it, when and where."""

    submission_id = forms.UUIDField(widget=forms.HiddenInput())
    name = forms.CharField(
        label="What is it called?",
        max_length=160,
        help_text="So that others know it: a turbine and its site, a ship, a scanner and its hospital.",
        widget=Text(autocomplete="off"),
        error_messages={"required": "Enter a name for it"},
    )
    source_kind = forms.ChoiceField(
        label="What kind of source is it?",
        choices=SourceKind.choices,
        widget=Radios(small=True),
        error_messages={"required": "Choose the kind of source"},
    )
    product = LookupField(
        label="What will arise?",
        help_text="Type what you call it, or a turbine model.",
        search=find_product,
        resolve=resolve_product,
        noun="product",
        url=reverse_lazy("product-search"),
    )
    quantity = forms.CharField(
        label="How much?",
        max_length=60,
        help_text="Items as a number; turbines by their power, for example 3.6 MW; loose goods by weight, "
        "for example 1.5 t.",
        widget=Text(width=10, autocomplete="off"),
        error_messages={"required": "Enter how much is expected, for example 12 or 3.6 MW"},
    )
    year = forms.IntegerField(
        label="Year it is expected",
        widget=Number(whole=True, width=4),
        error_messages={"required": "Enter the year it is expected, for example 2028"},
    )
    month = forms.TypedChoiceField(
        label="Month, if known", choices=MONTHS, required=False, coerce=int, empty_value=None, widget=Select()
    )
    day = forms.IntegerField(label="Day, if known", required=False, widget=Number(whole=True, width=2))
    place = forms.ChoiceField(label="Where is it?", required=False, widget=Select())
    postcode = forms.CharField(
        label="Postcode, if it is none of your places",
        required=False,
        max_length=60,
        widget=Text(width=10, autocomplete="off"),
    )
    farm = LookupField(
        label="Wind farm of the public register, if it is one",
        required=False,
        help_text="Its power is then not counted twice in the years ahead.",
        search=search_farms,
        resolve=_resolve_farm,
        noun="wind farm",
        url=reverse_lazy("watched-farm-search"),
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=2000,
        widget=LongText(rows=3),
        help_text="How it is known, who decides, what could change.",
    )

    def __init__(self, *args: Any, places: Sequence[Site], today: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.window: Window | None = None
        place = cast(forms.ChoiceField, self.fields["place"])
        place.choices = [("", "Not one of your saved places"), *((str(one.pk), one.name) for one in places)]
        self.initial.setdefault("submission_id", uuid.uuid4())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._read_product(data)
        if data.get("year") and not self.errors.keys() & {"month", "day"}:
            self._try("year", lambda: self._read_window(data))
        if data.get("postcode") and not data.get("place"):
            self._try("postcode", lambda: locate_postcode(data["postcode"]))
        return data

    def _read_product(self, data: dict[str, Any]) -> None:
        match = data.get("product")
        if match is None:
            return
        turbine = turbine_of_value(match.value)
        if turbine is not None and turbine.product is None:
            self.add_error(
                "product",
                f"{turbine} has no permanent magnets: its generator is wound. There is nothing to watch, "
                "unless it was refitted",
            )
            return
        code = turbine.product.code if turbine and turbine.product else match.value
        product = current_product(code)
        if product is None:
            self.add_error("product", "We do not know that product. Search for it by another word")
            return
        data["product_code"] = code
        data["unit"] = units_for(product_facts(product))[0][0]
        if data.get("quantity"):
            self._try("quantity", lambda: self._read_quantity(data))

    def _read_quantity(self, data: dict[str, Any]) -> None:
        data["amount"] = read_amount(
            data["quantity"], data["unit"], field="quantity", label="How much"
        ).amount

    def _read_window(self, data: dict[str, Any]) -> None:
        self.window = expected_window(data["year"], data.get("month"), data.get("day"), today=self.today)

    def _try(self, field: str, read: Any) -> None:
        try:
            read()
        except RefusedAnswerError as refused:
            named = refused.problem.field
            self.add_error(named if named in self.fields else field, str(refused.problem))

    def new_watched(self) -> NewWatched:
        """What was said. Only for a valid form."""
        data = self.cleaned_data
        farm = farm_of(data["farm"].value) if data.get("farm") else None
        if self.window is None:
            raise ValueError("The form is not valid.")
        return NewWatched(
            submission_id=data["submission_id"],
            name=data["name"],
            source_kind=data["source_kind"],
            product_code=data["product_code"],
            quantity=data["amount"],
            unit=data["unit"],
            window=self.window,
            source_id=farm.pk if farm else None,
            site_id=int(data["place"]) if data["place"] else None,
            postcode="" if data["place"] else data["postcode"],
            build_year=farm.commissioned_on.year if farm and farm.commissioned_on else None,
            note=data["note"],
        )


def initial_of(watched: WatchedSource) -> dict[str, Any]:
    """What a change begins with: what was said before."""
    window = Window(watched.expected_from_on, watched.expected_to_on)
    is_month = window.from_on.month == window.to_on.month and window.from_on.year == window.to_on.year
    is_day = window.from_on == window.to_on
    number = f"{watched.quantity.normalize():f}"
    return {
        "name": watched.name,
        "source_kind": watched.source_kind,
        "product": Match(watched.product.code, watched.product.name),
        "quantity": f"{number} {_UNIT_TYPED[Unit(watched.unit)]}".strip(),
        "year": window.from_on.year,
        "month": window.from_on.month if is_month else "",
        "day": window.from_on.day if is_day else None,
        "place": str(watched.site_id or ""),
        "farm": _farm_match(watched.source) if watched.source else None,
        "note": watched.note,
    }


def initial_of_farm(source: Source) -> dict[str, Any]:
    """A wind farm of the register, as a start."""
    product = source.product
    return {
        "name": source.name,
        "source_kind": SourceKind.WIND,
        "product": Match(product.code, product.name) if product else None,
        "quantity": f"{source.capacity_mw.normalize():f} MW" if source.capacity_mw else "",
        "year": source.expected_decommissioning_year,
        "farm": _farm_match(source),
    }
