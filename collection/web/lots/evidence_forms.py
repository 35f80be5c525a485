"""Forms of evidence on a lot: freed magnets weighed, a certificate, handheld XRF readings."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from collection.actions.evidence import Evidence, EvidenceError, readings_not_counted
from collection.models import Lot, Unit
from collection.rules.content.coefficients import RARE_EARTHS
from collection.rules.content.evidence import from_certificate
from collection.rules.content.xrf import XrfFile, XrfFileError, read_xrf
from collection.web.kit.files import FilesField
from collection.web.kit.forms import KitForm
from collection.web.kit.mass_field import MassField
from collection.web.kit.numbers import counted
from collection.web.kit.widgets import Checkbox, LongText, Number, Text

LARGEST_XRF_FILE = 500_000
MOST_GRAMS_OPENED = 10_000_000
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
        """The evidence and what to know before trusting it. Raises ContentInputError. Every kind its own."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it is evidence of")

    def to_send_again(self) -> list[tuple[str, str]]:
        """Everything typed, by field name, for the page that asks before it is kept."""
        return [(name, str(self.data.get(name, ""))) for name in self.fields if name in self.data]


class WeighedForm(EvidenceForm):
    magnets = MassField(
        label="Weight of the freed magnets",
        help_text="All the magnets of this lot, taken out and weighed on their own. For example: 41.5 kg",
        error_messages={"required": "Enter the weight of the freed magnets"},
    )
    how = forms.CharField(label="Scale or ticket", required=False, max_length=100, widget=Text(width=20))

    def evidence(self, lot: Lot) -> tuple[Evidence, tuple[str, ...]]:
        how = self.cleaned_data["how"]
        words = f"Freed magnets weighed{f', {how}' if how else ''}"
        return Evidence(words=words, magnet_grams=self.cleaned_data["magnets"]), ()


class OpenedForm(EvidenceForm):
    """Some items of the lot were opened and their magnets weighed, item by item."""

    opened = forms.CharField(
        label="Magnets of each opened item",
        help_text="One weight for each item, in grams, parted by spaces or lines; 0 where none was in it. "
        "For example: 14.2 15.1 13.8",
        max_length=4000,
        widget=LongText(rows=4),
        error_messages={"required": "Enter the weight of the magnets of at least one opened item"},
    )

    def clean_opened(self) -> tuple[float, ...]:
        weights = []
        for text in re.split(r"[\s;]+", self.cleaned_data["opened"].strip()):
            try:
                grams = float(text.replace(",", "."))
            except ValueError:
                raise ValidationError(f"“{text}” is not a weight in grams, like 14.2") from None
            if not 0 <= grams <= MOST_GRAMS_OPENED:
                raise ValidationError(f"“{text}” is not a weight in grams between 0 and 10 tonnes")
            weights.append(grams)
        return tuple(weights)

    def evidence(self, lot: Lot) -> tuple[Evidence, tuple[str, ...]]:
        weights = self.cleaned_data["opened"]
        if lot.unit != Unit.ITEMS:
            raise EvidenceError("opened", "Only lots counted in items can be sharpened by opening some.")
        if len(weights) > lot.quantity:
            raise EvidenceError(
                "opened", f"{len(weights)} weights for {lot.quantity_text}: give one for each opened item."
            )
        words = f"{counted(len(weights), 'item')} opened and weighed"
        return Evidence(words=words, opened_grams=weights), ()


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
        words = f"XRF {reference}, {len(file.readings)} readings"
        warnings = list(file.warnings)
        again = readings_not_counted(lot, file.readings)
        if 0 < again < len(file.readings):
            warnings.insert(
                0, f"{again} of these readings are on record already, or twice in the file. They count once."
            )
        return Evidence(words=words, readings=file.readings, reference=reference), tuple(warnings)

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
