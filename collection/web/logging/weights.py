"""How much there is: counted or weighed, and the weights behind it."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from collection.models import WeightMethod
from collection.rules.mass_input import format_mass, read_amount, read_mass
from collection.rules.new_lot import Unit
from collection.web.kit.fields import optional_mass
from collection.web.kit.widgets import Radios, Text
from collection.web.logging.page import LotPage
from collection.web.logging.products import units_for

METHOD_HINTS = {
    "weighbridge": "In steps of about 20 kg, for loads",
    "platform": "Pallets, boxes, drums",
    "counted": "It stays on your list of estimates to replace",
    "told": "It stays on your list of estimates to replace",
}


def method_field() -> forms.ChoiceField:
    """How a weight came about; may be left open."""
    return forms.ChoiceField(
        label="How was it weighed?",
        required=False,
        choices=WeightMethod.choices,
        widget=Radios(small=True, hints=METHOD_HINTS),
    )


class AmountPage(LotPage):
    slug, title = "amount", "How much is there?"
    problem_fields = {
        "quantity": "quantity",
        "unit": "unit",
        "gross": "gross",
        "weight_method": "weight_method",
    }

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
    gross = optional_mass("Gross weight, with pallet and packing")
    weight_method = method_field()

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
        self.fields[
            "gross"
        ].help_text = "In kg, or write the unit: 1.5 t. Tare and pallet can be added later."
        megawatts = self.known.turbine_megawatts
        if megawatts and units[0][0] == Unit.MEGAWATTS:
            self.initial.setdefault("quantity", f"{megawatts} MW")
            self.fields["quantity"].help_text = f"One turbine of this model is {megawatts} MW."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("unit") and data.get("quantity"):
            read = self.read("quantity", read_amount, data["quantity"], unit=data["unit"], label="How much")
            data["amount"], data["understood"] = (read.amount, read.understood) if read else (None, "")
        data["gross_grams"] = self.read_mass("gross", read_mass, "Gross weight")
        return data

    def lot_fields(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "quantity": data["amount"],
            "unit": data["unit"],
            "gross_grams": data["gross_grams"],
            "weight_method": data["weight_method"],
        }

    def summary(self) -> list[str]:
        """The amount as understood, with what was typed where that looks different, and the weight."""
        data = self.cleaned_data
        typed, understood = data["quantity"].strip(), data["understood"]
        lines = [understood if data["unit"] != "kg_magnets" else f"{understood} of freed magnets"]
        if typed.casefold() not in (
            understood.casefold(),
            understood.split(" ")[0].replace(",", "").casefold(),
        ):
            lines.append(f"You wrote “{typed}”")
        if data["gross_grams"] is not None:
            lines.append(f"Gross {format_mass(data['gross_grams'])}")
        if data["weight_method"]:
            lines.append(WeightMethod(data["weight_method"]).label)
        return lines


class WeightsPage(LotPage):
    """Never asked, only offered: what of the gross weight is not the goods, and what a ticket says is left."""

    slug, title = "weights", "Tare, pallet and net weight"
    problem_fields = {"tare": "tare", "pallet": "pallet", "net": "net"}

    tare = optional_mass("Tare: the empty vehicle or container")
    pallet = optional_mass("Pallet and packing", hint="A wooden pallet is about 22 kg.")
    net = optional_mass(
        "Net weight, if the ticket gives it",
        hint="Gross less tare less pallet. Leave it empty and we work it out.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for field, label in (("tare", "Tare"), ("pallet", "Pallet"), ("net", "Net weight")):
            data[f"{field}_grams"] = self.read_mass(field, read_mass, label)
        return data

    def lot_fields(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "tare_grams": data["tare_grams"],
            "pallet_grams": data["pallet_grams"],
            "stated_net_grams": data["net_grams"],
        }
