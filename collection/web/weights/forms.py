"""Forms of the queue: a colleague chosen, a weighing written down."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from collection.actions.weights import NewWeighing
from collection.models import User, WeightMethod
from collection.rules.weighing import WEIGHED
from collection.web.kit.forms import KitForm
from collection.web.kit.mass_field import MassField
from collection.web.kit.widgets import Radios, Text

NOBODY = ""


class OwnerForm(KitForm):
    heading_field = "owner"

    owner = forms.ChoiceField(label="Who sees to it?", required=False, widget=Radios())

    def __init__(self, *args: Any, colleagues: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(user.pk), user.name or user.email) for user in colleagues]
        cast(forms.ChoiceField, self.fields["owner"]).choices = [*names, (NOBODY, "Nobody in particular")]

    @property
    def owner_id(self) -> int | None:
        chosen = self.cleaned_data["owner"]
        return int(chosen) if chosen != NOBODY else None


class WeighingForm(KitForm):
    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    method = forms.ChoiceField(
        label="Where was it weighed?",
        choices=[(one.value, one.label) for one in WeightMethod if one.value in WEIGHED],
        widget=Radios(inline=True, small=True),
        error_messages={"required": "Choose where it was weighed"},
    )
    gross = MassField(label="Gross weight", help_text="In kg, or write the unit: 1.5 t.", required=False)
    tare = MassField(label="Tare: the empty vehicle or container", required=False)
    pallet = MassField(label="Pallet and packing", required=False)
    net = MassField(label="Net weight", help_text="Leave it empty and we work it out.", required=False)
    ticket = forms.CharField(label="Ticket or scale", required=False, max_length=60, widget=Text(width=20))

    # Problems of the rules → the fields that show them.
    problem_fields = {
        "gross": "gross",
        "tare": "tare",
        "pallet": "pallet",
        "net": "net",
        "weight_method": "method",
    }

    def weighing(self) -> NewWeighing:
        """Only for a valid form."""
        data = self.cleaned_data
        masses = {f"{name}_grams": data[name] for name in ("gross", "tare", "pallet", "net")}
        return NewWeighing(method=data["method"], ticket=data["ticket"], **masses)
