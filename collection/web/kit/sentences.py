"""What a field says when it has no words of its own: every error names the field and the way out."""

from __future__ import annotations

from django import forms
from django.forms import Field
from django.forms.widgets import ChoiceWidget

LIMITS = {
    "min_value": "{label} must be %(limit_value)s or more",
    "max_value": "{label} must be %(limit_value)s or less",
    "max_length": "{label} must be %(limit_value)s characters or fewer",
    "min_length": "{label} must be %(limit_value)s characters or more",
    "max_decimal_places": "{label} must have no more than %(max)s decimal places",
    "max_digits": "{label} must have no more than %(max)s digits",
}
NUMBERS = {forms.IntegerField: "a whole number, like 12", forms.DecimalField: "a number, like 12.5"}


def speak(field: Field, label: str) -> None:
    """Give `field` sentences in place of Django's own; those the form wrote stay."""
    for code, sentence in LIMITS.items():
        if _is_unsaid(field, code):
            field.error_messages[code] = sentence.format(label=label.replace("%", "%%"))
    if _is_unsaid(field, "required"):
        field.error_messages["required"] = _ask(field, label)
    invalid = _invalid(field, label)
    if invalid is not None and _is_unsaid(field, "invalid"):
        field.error_messages["invalid"] = invalid
    if _is_unsaid(field, "invalid_choice"):
        field.error_messages["invalid_choice"] = f"{_ask(field, label)} from the list"


def _ask(field: Field, label: str) -> str:
    if label.endswith("?"):
        return f"Answer “{label}”"
    is_acronym = len(label) > 1 and label[1].isupper()
    words = label if is_acronym else label[:1].lower() + label[1:]
    if isinstance(field, forms.BooleanField):
        return f"Confirm: {words}"
    if isinstance(field, forms.FileField):
        return f"Attach {words}"
    return f"Choose {words}" if isinstance(field.widget, ChoiceWidget) else f"Enter {words}"


def _invalid(field: Field, label: str) -> str | None:
    if isinstance(field, forms.EmailField):
        return f"{label} must look like name@example.com"
    words = NUMBERS.get(type(field))
    return f"{label} must be {words}" if words else None


def _is_unsaid(field: Field, code: str) -> bool:
    """Whether nobody wrote this message for this field: it is missing, or a class's default."""
    said = field.error_messages.get(code)
    if said is None:
        return True
    shipped = (kind for kind in type(field).__mro__ if kind.__module__.startswith("django."))
    return any(vars(kind).get("default_error_messages", {}).get(code) == said for kind in shipped)
