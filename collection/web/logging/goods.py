"""What the lot is: its source, product, amount and state."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from collection.models import Condition, SourceKind, TurbineModel
from collection.rules.mass_input import read_items, read_mass, read_megawatts
from collection.rules.new_lot import Unit
from collection.web.kit.lookup import LookupField, Match
from collection.web.kit.widgets import Number, Radios, Text
from collection.web.logging.identities import IDENTITIES, supply_class_of
from collection.web.logging.page import LotPage
from collection.web.logging.products import find_product, resolve_product, turbine_of_value, units_for


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
            picked |= {"turbine": str(turbine), "megawatts": f"{turbine.rated_mw.normalize():f}"}
        return picked

    def lot_fields(self) -> dict[str, Any]:
        return {"product_code": self.cleaned_data["product"].value}

    def notes(self) -> list[str]:
        turbine = self.data.get("turbine", "")
        return [f"Turbine model: {turbine[:100]}"] if turbine else []


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
        units = units_for(self.known.facts)
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
        megawatts = self.known.turbine_megawatts
        if megawatts and units[0][0] == Unit.MEGAWATTS:
            self.initial.setdefault("quantity", f"{megawatts} MW")
            self.fields["quantity"].help_text = f"One turbine of this model is {megawatts} MW."

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

    drive = forms.ChoiceField(
        label="Electric or hybrid?",
        choices=[
            ("battery electric", "Battery electric"),
            ("plug-in hybrid", "Plug-in hybrid"),
            ("full hybrid", "Full hybrid"),
            ("petrol or diesel", "Petrol or diesel only"),
            ("several kinds", "Several kinds of vehicle"),
        ],
        widget=Radios(),
        error_messages={"required": "Choose whether it is electric or hybrid"},
    )

    def prepare(self) -> None:
        """Ask what this kind of source can tell: a vehicle's drive and plate, a stock number."""
        identity = IDENTITIES.get(self.known.source_kind)
        if identity is not None:
            self.fields["serial"].label, self.fields["serial"].help_text = identity.label, identity.hint
        if self.known.source_kind != "vehicle":
            del self.fields["drive"]
        else:
            self.order_fields(["condition", "drive"])

    def clean_serial(self) -> str:
        text = " ".join(str(self.cleaned_data["serial"]).split())
        identity = IDENTITIES.get(self.known.source_kind)
        return identity.read(text) if identity is not None and text else text

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
            "serial": data["serial"],
        }

    def notes(self) -> list[str]:
        lines = []
        if self.cleaned_data.get("drive"):
            lines.append(f"Vehicle: {self.cleaned_data['drive']}")
        if self.known.source_kind == "defence" and self.cleaned_data["serial"]:
            lines.append(f"Supply class {supply_class_of(self.cleaned_data['serial'])}")
        return lines
