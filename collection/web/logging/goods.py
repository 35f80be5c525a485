"""What the lot is: its source, product and state."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from collection.models import Condition, SourceKind, TurbineModel
from collection.rules.asking import when
from collection.web.kit.lookup import LookupField, Match
from collection.web.kit.widgets import Number, Radios, Text
from collection.web.logging.origins import serial_text
from collection.web.logging.page import LotPage
from collection.web.logging.products import find_product, resolve_product, turbine_of_value


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
    turbine: TurbineModel | None = None

    product = LookupField(
        label="What is it?",
        help_text="Search by what you call it, for example “hard drive” or “EV motor”. Wind turbines also by "
        "model, such as “V117”.",
        search=find_product,
        resolve=resolve_product,
        noun="product",
        url=reverse_lazy("product-search"),
    )

    def clean_product(self) -> Match:
        """A turbine model stands for its product; one without magnets is said to hold nothing."""
        match: Match = self.cleaned_data["product"]
        turbine = turbine_of_value(match.value)
        self.turbine = turbine
        if turbine is None:
            return match
        if turbine.product is None:
            raise ValidationError(
                f"{turbine} has no permanent magnets: its generator is wound ({turbine.generator}). There is "
                "nothing to log, unless it was refitted; then search for what is in it now"
            )
        return Match(turbine.product.code, turbine.product.name)

    def as_picked(self) -> dict[str, str]:
        """The answer as if it had been picked from the list, for the draft to keep."""
        match = self.cleaned_data["product"]
        picked = {"product": match.label, "product-picked": match.value}
        if (turbine := self.turbine) is not None:
            picked |= {"turbine-code": turbine.code, "megawatts": f"{turbine.rated_mw.normalize():f}"}
        return picked

    def lot_fields(self) -> dict[str, Any]:
        return {"product_code": self.cleaned_data["product"].value}


class StatePage(LotPage):
    slug, title = "state", "What state is it in?"
    problem_fields = {
        "condition": "condition",
        "is_magnetised": "is_magnetised",
        "build_year": "build_year",
        "serial": "serial",
    }
    # The pages of these sources ask for the number that tells the thing from all others.
    fields_when = {"serial": when(source_kind=("scrapyard", "weee", "medical", "industrial"))}

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
    serial = forms.CharField(label="Serial number", required=False, max_length=200, widget=Text(width=20))

    def clean_serial(self) -> str:
        return serial_text(self.cleaned_data["serial"])

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
        fields = {
            "condition": data["condition"],
            "build_year": data["build_year"],
            "is_magnetised": {"yes": True, "no": False}.get(data["is_magnetised"]),
        }
        return fields | ({"serial": data["serial"]} if "serial" in data else {})

    def summary(self) -> list[str]:
        data = self.cleaned_data
        lines = [Condition(data["condition"]).label]
        if data["build_year"]:
            lines.append(f"Built in {data['build_year']}")
        if data["is_magnetised"]:
            lines.append("Still magnetised" if data["is_magnetised"] == "yes" else "Not magnetised any more")
        return [*lines, f"Serial number {data['serial']}"] if data.get("serial") else lines
