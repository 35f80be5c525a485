"""A weight typed by a person, read as grams: "12,5 kg", "1.2 t", "850 g"."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from collection.rules.answers import RefusedAnswerError
from collection.rules.mass_input import read_mass
from collection.web.kit.widgets import Number


class MassField(forms.Field):
    """Whole grams; a bare number is kilograms. Zero is refused unless `may_be_zero`."""

    widget = Number

    def __init__(self, *, may_be_zero: bool = False, **options: Any) -> None:
        options.setdefault("widget", Number(width=10, suffix="kg"))
        super().__init__(**options)
        self.may_be_zero = may_be_zero

    def to_python(self, value: Any) -> int | None:
        if value is None or isinstance(value, int):
            return value
        text = str(value).strip()
        if not text:
            return None
        if self.may_be_zero and not text.strip("0.,"):
            return 0
        try:
            return read_mass(text, field="mass", label=str(self.label or "The weight")).grams
        except RefusedAnswerError as refusal:
            raise ValidationError(str(refusal.problem)) from refusal
