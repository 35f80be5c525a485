"""Forms of evidence on a lot: freed magnets weighed, a certificate, handheld XRF readings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from collection.actions.evidence import Evidence, believed_composition
from collection.models import Lot
from collection.rules.content.coefficients import RARE_EARTHS
from collection.rules.content.evidence import from_certificate, from_xrf
from collection.rules.content.xrf import XrfFile, XrfFileError, read_xrf
from collection.web.kit.files import FilesField
from collection.web.kit.forms import KitForm
from collection.web.kit.mass_field import MassField
from collection.web.kit.widgets import Checkbox, Number, Text

LARGEST_XRF_FILE = 500_000
ELEMENT_LABELS = {
    "Nd": "Neodymium",
    "Pr": "Praseodymium",
    "Dy": "Dysprosium",
    "Tb": "Terbium",
    "Sm": "Samarium",
}


class EvidenceForm(KitForm):
    """What all evidence has: an identity of its own, so that sending it twice records it once."""

    submission_id = forms.UUIDField(widget=forms.HiddenInput)

    def evidence(self, lot: Lot) -> tuple[Evidence, tuple[str, ...]]:
        """The evidence and what to know before trusting it. Raises ContentInputError."""
        raise NotImplementedError

    def to_send_again(self) -> list[tuple[str, str]]:
        """Everything typed, by field name, for the page that asks before it is kept."""
        return [(name, str(self.data.get(name, ""))) for name in self.fields if name in self.data]


class WeighedForm(EvidenceForm):
    magnets = MassField(
        label="Weight of the freed magnets",
        help_text="All the magnets of this lot, taken out and weighed on their own. For example: 41.5 kg",
        error_messages={"required": "Enter the weight of the freed magnets"},
    )
    how = forms.CharField(
        label="Scale or ticket (optional)", required=False, max_length=100, widget=Text(width=20)
    )

    def evidence(self, lot: Lot) -> tuple[Evidence, tuple[str, ...]]:
        how = self.cleaned_data["how"]
        words = f"Freed magnets weighed{f', {how}' if how else ''}"
        return Evidence(words=words, magnet_grams=self.cleaned_data["magnets"]), ()


class CertificateForm(EvidenceForm):
    reference = forms.CharField(
        label="Certificate number",
        max_length=60,
        widget=Text(width=20),
        error_messages={"required": "Enter the number of the certificate"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for element in RARE_EARTHS:
            label = ELEMENT_LABELS[element]
            self.fields[element.lower()] = forms.FloatField(
                label=label,
                required=False,
                min_value=0,
                max_value=100,
                widget=Number(suffix="%"),
                help_text="Per cent by mass of the magnet. Leave empty if none was found."
                if element == RARE_EARTHS[0]
                else "",
                error_messages={
                    "invalid": f"{label} must be a number of per cent, like 30.5",
                    "min_value": f"{label} cannot be below 0 %",
                    "max_value": f"{label} cannot be above 100 %",
                },
            )

    def evidence(self, lot: Lot) -> tuple[Evidence, tuple[str, ...]]:
        answers = self.cleaned_data
        fractions = {element: (answers[element.lower()] or 0.0) / 100 for element in RARE_EARTHS}
        composition = from_certificate(fractions, reference=answers["reference"])
        return Evidence(words=f"Certificate {answers['reference']}", composition=composition), ()


class XrfForm(EvidenceForm):
    reference = forms.CharField(
        label="What you call these readings",
        help_text="For example the instrument and the day: Gun 2, 12 May",
        max_length=60,
        widget=Text(width=20),
        error_messages={"required": "Enter a name for these readings"},
    )
    is_abraded = forms.BooleanField(
        label="Every reading was taken on a filed or broken face", required=False, widget=Checkbox()
    )
    readings = FilesField(
        label="Readings as a CSV file",
        help_text="One row for each reading, one column for each element, headed by its symbol, such as Nd %.",
        most_files=1,
        most_bytes=LARGEST_XRF_FILE,
        accept=".csv,text/csv",
        error_messages={"required": "Choose the CSV file with the readings"},
    )
    csv_text = forms.CharField(required=False, widget=forms.HiddenInput, max_length=LARGEST_XRF_FILE)

    parsed: XrfFile | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Readings sent before come back as text; a new file then replaces them.
        self.fields["readings"].required = not self.data.get("csv_text")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        files = answers.get("readings") or []
        text = _text_of(files[0]) if files else answers.get("csv_text", "")
        answers["csv_text"] = text
        if "readings" in self.errors:
            return answers
        if not text.strip():
            self.add_error("readings", "Choose the CSV file with the readings")
            return answers
        try:
            self.parsed = read_xrf(text.splitlines(), is_abraded=answers.get("is_abraded", False))
        except XrfFileError as refusal:
            self.add_error("readings", str(refusal))
        return answers

    def evidence(self, lot: Lot) -> tuple[Evidence, tuple[str, ...]]:
        reference = self.cleaned_data["reference"]
        file = self.parsed
        if file is None:
            raise ValueError("the form was not valid")
        alloy = from_xrf(believed_composition(lot), file.readings, reference=reference)
        words = f"XRF {reference}, {len(file.readings)} readings"
        return Evidence(words=words, composition=alloy.composition), alloy.warnings

    def to_send_again(self) -> list[tuple[str, str]]:
        typed = dict(super().to_send_again())
        return list((typed | {"csv_text": self.cleaned_data["csv_text"]}).items())


def _text_of(file: UploadedFile) -> str:
    """An instrument's file as text; old instruments write Latin-1."""
    content = file.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
