"""What only one kind of source is asked: a vehicle's drive, a turbine's model, a scanner's magnet, a stock number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from collection.models.source_details import DRIVES, SCANNER_MAGNETS
from collection.queries.intake import supply_class_of
from collection.rules.asking import when
from collection.rules.identities import is_vin, read_stock_number, read_vehicle_number
from collection.rules.mass_input import read_power_kw
from collection.rules.sources import DRIVE_LABELS, SCANNER_LABELS, Drive, ScannerMagnet
from collection.web.kit.lookup import LookupField
from collection.web.kit.widgets import Radios, Text
from collection.web.logging.page import LotPage
from collection.web.logging.products import find_turbine_model, resolve_turbine_model


def serial_text(value: Any) -> str:
    """A serial number with its blanks in order."""
    return " ".join(str(value or "").split())


class VehiclePage(LotPage):
    slug, title = "vehicle", "What vehicle does it come from?"
    problem_fields = {"drive": "drive", "serial": "serial"}
    asked_when = when(source_kind="vehicle")

    drive = forms.ChoiceField(
        label="Electric or hybrid?",
        choices=DRIVES,
        widget=Radios(),
        error_messages={"required": "Choose whether it is electric or hybrid"},
    )
    serial = forms.CharField(
        label="VIN or registration plate",
        help_text="Of the one vehicle it came from. Leave it empty for several.",
        required=False,
        max_length=200,
        widget=Text(width=20, attrs={"spellcheck": "false", "autocapitalize": "characters"}),
    )

    def clean_serial(self) -> str:
        text = serial_text(self.cleaned_data["serial"])
        return (self.read("serial", read_vehicle_number, text) or text) if text else ""

    def lot_fields(self) -> dict[str, Any]:
        return {"drive": self.cleaned_data["drive"], "serial": self.cleaned_data["serial"]}

    def summary(self) -> list[str]:
        lines, serial = [DRIVE_LABELS[Drive(self.cleaned_data["drive"])]], self.cleaned_data["serial"]
        return [*lines, f"{'VIN' if is_vin(serial) else 'Plate'} {serial}"] if serial else lines


class TurbinePage(LotPage):
    slug, title = "turbine", "Which turbine does it come from?"
    problem_fields = {"turbine_model": "model", "serial": "serial"}
    asked_when = when(source_kind="wind")

    model = LookupField(
        label="Model",
        help_text="Search by maker or model, such as “V117”. Drive train and magnets are known from it.",
        search=find_turbine_model,
        resolve=resolve_turbine_model,
        noun="turbine model",
        url=reverse_lazy("turbine-search"),
        required=False,
    )
    serial = forms.CharField(
        label="Turbine serial number",
        help_text="From the nameplate in the nacelle or the tower.",
        required=False,
        max_length=60,
        widget=Text(width=20),
    )

    def prepare(self) -> None:
        if self.known.turbine_code:
            self.initial.setdefault("model", self.known.turbine_code)

    def clean_serial(self) -> str:
        return serial_text(self.cleaned_data["serial"])

    def lot_fields(self) -> dict[str, Any]:
        model = self.cleaned_data["model"]
        return {"turbine_model": model.value if model else "", "serial": self.cleaned_data["serial"]}

    def summary(self) -> list[str]:
        model, serial = self.cleaned_data["model"], self.cleaned_data["serial"]
        lines = [model.label, model.hint] if model else ["Model not given"]
        return [*lines, f"Serial number {serial}"] if serial else lines


class ScannerPage(LotPage):
    slug, title = "scanner", "What makes the magnetic field?"
    heading_field = "scanner_magnet"
    problem_fields = {"scanner_magnet": "scanner_magnet"}
    asked_when = when(source_kind="medical")

    scanner_magnet = forms.ChoiceField(
        label="What makes the magnetic field?",
        choices=SCANNER_MAGNETS,
        widget=Radios(
            hints={
                "permanent": "An open scanner of 0.2 to 0.5 tesla that never needed helium",
                "superconducting": "A tunnel of 1.5 or 3 tesla, cooled with helium. It holds no permanent magnets",
                "not_a_scanner": "A pump, a drive, another device",
                "unknown": "Look for the field strength on the nameplate",
            }
        ),
        error_messages={"required": "Choose what makes the magnetic field"},
    )

    def lot_fields(self) -> dict[str, Any]:
        return {"scanner_magnet": self.cleaned_data["scanner_magnet"]}

    def summary(self) -> list[str]:
        return [SCANNER_LABELS[ScannerMagnet(self.cleaned_data["scanner_magnet"])]]


class DefencePage(LotPage):
    slug, title = "defence", "What does the stores record say?"
    problem_fields = {"stock_number": "stock_number", "serial": "serial"}
    asked_when = when(source_kind="defence")

    stock_number = forms.CharField(
        label="NATO stock number",
        help_text="13 figures, such as 5960-99-123-4567; the first four are the supply class.",
        required=False,
        max_length=60,
        widget=Text(width=20, inputmode="numeric"),
    )
    serial = forms.CharField(label="Serial number", required=False, max_length=60, widget=Text(width=20))

    def clean_stock_number(self) -> str:
        text = str(self.cleaned_data["stock_number"]).strip()
        number = self.read("stock_number", read_stock_number, text) if text else ""
        if number and supply_class_of(number) is None:
            raise ValidationError(f"{number[:4]} is not a NATO supply class. Check the first four figures")
        return number or text

    def clean_serial(self) -> str:
        return serial_text(self.cleaned_data["serial"])

    def lot_fields(self) -> dict[str, Any]:
        return {"stock_number": self.cleaned_data["stock_number"], "serial": self.cleaned_data["serial"]}

    def summary(self) -> list[str]:
        number, serial = self.cleaned_data["stock_number"], self.cleaned_data["serial"]
        lines = [f"Stock number {number}", f"Supply class {supply_class_of(number)}"] if number else []
        if serial:
            lines.append(f"Serial number {serial}")
        return lines or ["No stock number or serial number"]


class NameplatePage(LotPage):
    """Never asked, only offered: maker, model and power narrow what is inside."""

    slug, title = "nameplate", "What does the nameplate say?"
    problem_fields = {"maker": "maker", "model_name": "model_name", "power_kw": "power"}
    asked_when = when(source_kind=("industrial", "medical", "scrapyard", "weee", "defence"))

    maker = forms.CharField(label="Maker", required=False, max_length=60, widget=Text(width=20))
    model_name = forms.CharField(label="Model", required=False, max_length=80, widget=Text(width=20))
    power = forms.CharField(
        label="Rated power",
        help_text="For example 7.5 kW or 900 W.",
        required=False,
        max_length=40,
        widget=Text(width=10),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        text = data.get("power")
        data["power_kw"] = self.read("power", read_power_kw, text) if text else None
        return data

    def lot_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("maker", "model_name", "power_kw")}

    def summary(self) -> list[str]:
        data = self.cleaned_data
        name = " ".join(part for part in (data["maker"], data["model_name"]) if part)
        power = f"{data['power_kw'].normalize():f} kW" if data["power_kw"] is not None else ""
        return [line for line in (name, power) if line]
