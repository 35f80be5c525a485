"""The base of every form people fill in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.utils import pretty_name

from collection.web.kit.bound import KitBoundField
from collection.web.kit.renderer import KitRenderer
from collection.web.kit.sentences import speak


@dataclass(frozen=True)
class Problem:
    """One line of an error summary: what is wrong, and the id of the input to mend."""

    message: str
    target: str

    @property
    def href(self) -> str:
        return f"#{self.target}" if self.target else ""


class KitFormMixin:
    """Mix in before `Form` or `ModelForm`.

    `heading_field` names the field whose label or legend is the page's heading ("one thing per page").
    Widgets keep no `required` attribute: the browser's own bubbles would hide our error messages.
    """

    default_renderer: Any = KitRenderer
    use_required_attribute = False
    heading_field: str | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            speak(field, str(field.label or pretty_name(name)))

    def top_fields(self: Any) -> Iterator[KitBoundField]:
        """Visible fields in order, without those that a radio or checkbox reveals."""
        return (field for field in self.visible_fields() if field.name not in self.revealed_names())

    def revealed_names(self: Any) -> set[str]:
        """Names of the fields that a radio or checkbox reveals."""
        reveals = (getattr(field.widget, "reveals", {}) for field in self.fields.values())
        return {name for revealed in reveals for name in revealed.values()}

    def problems(self: Any) -> list[Problem]:
        """Everything wrong with the form, in the order of the page; whole-form errors come first."""
        found = [Problem(str(message), "") for message in self.non_field_errors()]
        for field in self:
            found += [Problem(str(message), field.error_target) for message in field.errors]
        return found


class KitForm(KitFormMixin, forms.Form):
    """A form of our own fields."""


class KitModelForm(KitFormMixin, forms.ModelForm):
    """A form over a simple register (vehicles, sites, members). Choose widgets of `kit.widgets` in Meta."""
