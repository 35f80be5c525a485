"""A field bound to a form: everything its template needs to know, decided here and not in markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField


@dataclass(frozen=True)
class Choice:
    """One radio or checkbox: its own input, hint, and the field it reveals when chosen."""

    value: str
    label: str
    id: str
    selected: bool
    hint: str
    revealed: BoundField | None


class KitBoundField(BoundField):
    """Adds error targets, choices with hints and revealed fields, and page headings to a bound field."""

    @property
    def hint_id(self) -> str:
        return f"{self.auto_id}_helptext"

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}_error"

    @property
    def error_target(self) -> str:
        """The id an error summary links to: the first input a person can type in or choose."""
        target = getattr(self.field.widget, "error_target", None)
        if target is not None:
            return target(self.auto_id, self.field)
        return self.auto_id

    @property
    def is_heading(self) -> bool:
        """Whether this field's label is the heading of the page (one thing per page)."""
        return getattr(self.form, "heading_field", None) == self.name

    @property
    def is_optional(self) -> bool:
        """Whether to say "(optional)".

        An unticked box is already an answer, and a revealed question is asked of those who revealed it.
        """
        form: Any = self.form
        if self.field.required or self.name in form.revealed_names():
            return False
        return getattr(self.field.widget, "says_optional", True)

    @property
    def group_class(self) -> str:
        return "govuk-form-group govuk-form-group--error" if self.errors else "govuk-form-group"

    @property
    def label_class(self) -> str:
        size = "l" if self.is_heading else "s"
        name = "govuk-fieldset__legend" if self.use_fieldset else "govuk-label"
        return f"{name} {name}--{size}"

    @property
    def choice_kind(self) -> str:
        """ "radios" or "checkboxes" when this field is a list of choices, else nothing."""
        return getattr(self.field.widget, "choice_kind", "")

    @property
    def choice_modifiers(self) -> str:
        widget = self.field.widget
        names = [name for name in ("inline", "small") if getattr(widget, name, False)]
        return "".join(f" govuk-{self.choice_kind}--{name}" for name in names)

    def choices(self) -> Iterator[Choice]:
        """The radios or checkboxes that stand open, in order."""
        first = getattr(self.field.widget, "first", None)
        return (choice for choice in self._all_choices() if first is None or choice.value in first)

    def other_choices(self) -> list[Choice]:
        """Those that are shown when somebody asks for them, in order; see `Checkboxes`."""
        first = getattr(self.field.widget, "first", None)
        return [] if first is None else [one for one in self._all_choices() if one.value not in first]

    @property
    def others_are_open(self) -> bool:
        """Whether an answer or an error is among the others."""
        return bool(self.errors) or any(choice.selected for choice in self.other_choices())

    def _all_choices(self) -> Iterator[Choice]:
        widget: Any = self.field.widget
        hints = getattr(widget, "hints", {})
        reveals = getattr(widget, "reveals", {})
        for number, option in enumerate(self.subwidgets):
            data = option.data
            value = str(data["value"])
            revealed = reveals.get(value)
            yield Choice(
                value=value,
                label=str(data["label"]),
                id=self.auto_id if number == 0 else data["attrs"].get("id", ""),
                selected=bool(data["selected"]),
                hint=str(hints.get(value, "")),
                revealed=self.form[revealed] if revealed else None,
            )
