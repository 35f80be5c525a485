"""Widgets: how each kind of answer is typed, chosen or attached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from django import forms

WIDTHS = {2, 3, 4, 5, 10, 20, 30}


class Text(forms.TextInput):
    """A line of text, as wide as the answer is expected to be, with a unit before or after it."""

    template_name = "kit/widgets/input.html"

    def __init__(
        self,
        *,
        width: int | None = None,
        prefix: str = "",
        suffix: str = "",
        autocomplete: str = "",
        inputmode: str = "",
        attrs: Mapping[str, Any] | None = None,
    ) -> None:
        if width is not None and width not in WIDTHS:
            raise ValueError(f"width must be one of {sorted(WIDTHS)}, not {width}")
        given = {"autocomplete": autocomplete, "inputmode": inputmode}
        super().__init__({**{key: value for key, value in given.items() if value}, **(attrs or {})})
        self.width, self.prefix, self.suffix = width, prefix, suffix

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"width": self.width, "prefix": self.prefix, "suffix": self.suffix}
        return context


class Number(Text):
    """A number typed as text: phones show digits, and "1,500" or "1.5" stay as they were typed."""

    def __init__(self, *, whole: bool = False, width: int | None = 5, **options: Any) -> None:
        options.setdefault("inputmode", "numeric" if whole else "decimal")
        options["attrs"] = {"spellcheck": "false", **(options.get("attrs") or {})}
        super().__init__(width=width, **options)


class Email(Text):
    input_type = "email"

    def __init__(self, **options: Any) -> None:
        options.setdefault("autocomplete", "email")
        options["attrs"] = {"spellcheck": "false", **(options.get("attrs") or {})}
        super().__init__(**options)


class Password(forms.PasswordInput):
    """A password with a button that shows what was typed, where JavaScript runs."""

    template_name = "kit/widgets/password.html"

    def __init__(
        self, *, autocomplete: str = "current-password", attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__({"autocomplete": autocomplete, "spellcheck": "false", **(attrs or {})})


class LongText(forms.Textarea):
    template_name = "kit/widgets/textarea.html"

    def __init__(self, *, rows: int = 5, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": rows, **(attrs or {})})


class Select(forms.Select):
    template_name = "kit/widgets/select.html"


class Radios(forms.RadioSelect):
    """One of a few. `hints` and `reveals` (a field's name) are keyed by the choice's value."""

    choice_kind = "radios"

    def __init__(
        self,
        *,
        hints: Mapping[str, str] | None = None,
        reveals: Mapping[str, str] | None = None,
        inline: bool = False,
        small: bool = False,
    ) -> None:
        super().__init__()
        self.hints, self.reveals = dict(hints or {}), dict(reveals or {})
        self.inline, self.small = inline, small


class Checkboxes(forms.CheckboxSelectMultiple):
    """Any of a few. `hints` and `reveals` (a field's name) are keyed by the choice's value.

    With `first`, only those choices stand open; the others are behind "Show the others", open where one is ticked.
    """

    choice_kind = "checkboxes"
    first: Sequence[str] | None = None

    def __init__(
        self,
        *,
        hints: Mapping[str, str] | None = None,
        reveals: Mapping[str, str] | None = None,
        small: bool = False,
    ) -> None:
        super().__init__()
        self.hints, self.reveals = dict(hints or {}), dict(reveals or {})
        self.small = small

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """What was ticked; answers that were kept as text ("HP_3,HP_14") are read too."""
        if hasattr(data, "getlist"):
            return super().value_from_datadict(data, files, name)
        return [value for value in str(data.get(name, "")).split(",") if value]


class Checkbox(forms.CheckboxInput):
    """A single statement to agree with."""

    template_name = "kit/widgets/checkbox.html"
    says_optional = False


class Files(forms.ClearableFileInput):
    """One or several files; `capture` opens the camera of a phone ("environment" is the one at its back).

    `one_by_one` lets the page's script send each file by itself with its progress: "now" as soon as it is
    chosen, "on sending" when the form is sent.
    """

    template_name = "kit/widgets/file.html"

    def __init__(
        self,
        *,
        multiple: bool = False,
        accept: str = "",
        capture: str = "",
        one_by_one: Literal["", "now", "on sending"] = "",
    ) -> None:
        self.allow_multiple_selected = multiple
        given = {"accept": accept, "capture": capture, "data-one-by-one": one_by_one}
        super().__init__({key: value for key, value in given.items() if value})
