"""Forms of the gate: weights from the ticket, and what the plant retained."""

from typing import Any

from django import forms

from collection.actions.receipts import Weighing
from collection.models import Facility
from collection.web.kit.forms import KitForm
from collection.web.kit.mass_field import MassField
from collection.web.kit.widgets import Select, Text


class WeighInForm(KitForm):
    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    facility = forms.ChoiceField(
        label="Plant", widget=Select, error_messages={"required": "Choose the plant"}
    )
    gross = MassField(
        label="Gross weight", error_messages={"required": "Enter the gross weight from the ticket"}
    )
    tare = MassField(
        label="Tare",
        help_text="Container and packing. Enter 0 if there is none.",
        may_be_zero=True,
        error_messages={"required": "Enter the tare; 0 if there is none"},
    )
    magnets = MassField(
        label="Magnets weighed on their own",
        required=False,
        help_text="Only where freed magnets were weighed: this replaces the estimate.",
    )
    difference_reason = forms.CharField(
        label="Why the weight differs",
        required=False,
        max_length=200,
        help_text="Needed when the net weight is more than 3% off what was collected.",
        widget=Text(),
    )
    weighbridge_ticket = forms.CharField(
        label="Weighbridge ticket", required=False, max_length=40, widget=Text(width=20)
    )

    def __init__(self, *args: Any, plants: list[Facility], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["facility"]
        field.choices = [(str(plant.pk), plant.name) for plant in plants]

    def weighing(self) -> Weighing:
        answers = self.cleaned_data
        return Weighing(
            gross_grams=answers["gross"],
            tare_grams=answers["tare"],
            magnet_grams=answers["magnets"],
            difference_reason=answers["difference_reason"],
            weighbridge_ticket=answers["weighbridge_ticket"],
        )


class ProcessForm(KitForm):
    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    retained = MassField(
        label="Magnet material retained",
        may_be_zero=True,
        error_messages={"required": "Enter how much was retained; 0 if nothing was"},
    )
    batch = forms.CharField(
        label="Output batch",
        max_length=60,
        widget=Text(width=20),
        error_messages={"required": "Enter the batch it went into"},
    )
