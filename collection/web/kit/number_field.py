"""A number typed by a person, written as people write it: "1,5", "1 200", "£3.20"."""

from typing import Any

from django import forms

from collection.rules.mass_input import plain_number


class NumberField(forms.DecimalField):
    """A decimal number; commas, spaces and the sign of the pound are read where they can mean one thing only."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_number(value) if isinstance(value, str) else value)
