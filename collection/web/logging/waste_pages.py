"""The waste code with its deciding question, and how the waste is packed. Offered, never asked."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.urls import reverse_lazy

from collection.rules.classification import CodeProposal, Hazard
from collection.rules.mass_input import read_items
from collection.rules.waste_terms import (
    CONTAINERS,
    FORM_LABELS,
    HAZARDOUS_PROPERTIES,
    LIKELY_PROPERTIES,
    PhysicalForm,
    property_name,
)
from collection.web.kit.lookup import LookupField, Match
from collection.web.kit.widgets import Checkboxes, Radios, Select, Text
from collection.web.logging.page import LotPage
from collection.web.logging.waste import find_code, propose, resolve_code

_HAZARDS = frozenset(hazard.value for hazard in Hazard)
_FORM_HINTS = {"Powder": "May catch fire: never wet it down", "Sludge": "Needs a vented container"}


class WastePage(LotPage):
    """The proposal stands until somebody wants another code."""

    slug, title = "waste", "Waste code"
    problem_fields = {
        "ewc_code": "code",
        "hazard": "hazard",
        "hazardous_properties": "hazardous_properties",
    }

    hazard = forms.ChoiceField(
        label="Does it still hold anything hazardous?",
        required=False,
        choices=[
            (Hazard.NONE.value, "No"),
            (Hazard.PRESENT.value, "Yes"),
            (Hazard.UNKNOWN.value, "I do not know"),
        ],
        widget=Radios(inline=True, small=True),
    )
    code = LookupField(
        label="Another code",
        help_text="Search by number, such as 16 02 16, or by words. Leave it empty to take the proposal.",
        search=find_code,
        resolve=resolve_code,
        noun="waste code",
        url=reverse_lazy("waste-code-search"),
        required=False,
    )
    hazardous_properties = forms.MultipleChoiceField(
        label="If the code is hazardous: in what way?",
        help_text="Tick all that apply. The consignment note asks for them.",
        required=False,
        choices=[(code, property_name(code)) for code in HAZARDOUS_PROPERTIES],
        widget=Checkboxes(
            small=True, hints={code: where for code, (_, where) in HAZARDOUS_PROPERTIES.items()}
        ),
    )

    def prepare(self) -> None:
        proposal = propose(self.known)
        likely = LIKELY_PROPERTIES.get(self._code_before_checks, ())
        cast(Checkboxes, self.fields["hazardous_properties"].widget).first = likely
        if proposal is None or not proposal.question:
            del self.fields["hazard"]
        else:
            self.fields["hazard"].label = proposal.question
            self.initial.setdefault("hazard", Hazard.UNKNOWN.value)

    @property
    def _code_before_checks(self) -> str:
        """The code picked on the page, else the proposed one, whether or not the page is right."""
        picked = self.data.get("code-picked", "") if self.is_bound else ""
        return str(picked) or (self.proposal.ewc_code if self.proposal else "")

    @property
    def proposal(self) -> CodeProposal | None:
        """What fits the answers so far; None before a product is chosen."""
        typed = self.data.get("hazard", "") if self.is_bound else ""
        return propose(self.known, Hazard(typed) if typed in _HAZARDS else Hazard.UNKNOWN)

    @property
    def chosen(self) -> str:
        """The code picked, else the proposed one. Only for a valid form."""
        picked: Match | None = self.cleaned_data.get("code")
        if picked is not None:
            return picked.value
        return self.proposal.ewc_code if self.proposal else ""

    @property
    def is_hazardous(self) -> bool | None:
        """What the list says of the chosen code; None without one. Only for a valid form."""
        picked: Match | None = self.cleaned_data.get("code")
        if picked is not None:
            return picked.label.endswith("*")
        return self.proposal.is_hazardous if self.proposal else None

    def lot_fields(self) -> dict[str, Any]:
        return {
            "ewc_code": self.chosen,
            "hazard": self.cleaned_data.get("hazard", ""),
            "hazardous_properties": tuple(self.cleaned_data["hazardous_properties"]),
        }

    def summary(self) -> list[str]:
        """The code as the list prints it, with our words for it and why; what is still to be answered."""
        code = resolve_code(self.chosen)
        if code is None:
            return ["Not known yet"]
        lines = [code.label, code.hint]
        proposal = self.proposal
        if proposal is not None and proposal.ewc_code == code.value:
            lines += [proposal.why, *([proposal.question] if proposal.needs_answer else [])]
        return lines + [property_name(one) for one in self.cleaned_data["hazardous_properties"]]


class PackingPage(LotPage):
    slug, title = "packing", "How is it packed?"
    problem_fields = {
        "physical_form": "physical_form",
        "container_type": "container_type",
        "container_count": "container_count",
    }

    physical_form = forms.ChoiceField(
        label="What is it like?",
        required=False,
        choices=[(form.value, FORM_LABELS[form]) for form in PhysicalForm if form is not PhysicalForm.GAS],
        widget=Radios(small=True, hints=_FORM_HINTS),
    )
    container_type = forms.ChoiceField(
        label="Container", required=False, choices=[("", "Choose"), *CONTAINERS.items()], widget=Select()
    )
    container_count = forms.CharField(
        label="How many containers?", required=False, max_length=20, widget=Text(width=4, inputmode="numeric")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        text = data.get("container_count")
        read = self.read("container_count", read_items, text, label="How many containers") if text else None
        data["count"] = int(read.amount) if read else None
        return data

    def lot_fields(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "physical_form": data["physical_form"],
            "container_type": data["container_type"],
            "container_count": data["count"],
        }

    def summary(self) -> list[str]:
        data = self.cleaned_data
        lines = [FORM_LABELS[PhysicalForm(data["physical_form"])]] if data["physical_form"] else []
        return lines + containers_text(data["container_type"], data["count"])


def containers_text(container_type: str, count: int | None) -> list[str]:
    """ "3 × Drum" as lines; none without a container."""
    if not container_type:
        return []
    name = CONTAINERS[container_type]
    return [name if count is None else f"{count} × {name}"]
