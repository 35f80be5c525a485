"""Search as you type, over a list too long to show: with a script a listbox, without one a second look.

Without JavaScript the words are sent with the form. One match is taken; several come back as radios
under the box; none comes back as an error that says what to try. Nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import Field
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

MOST_CANDIDATES = 12


class Match(NamedTuple):
    """One thing found. `value` is what the form stores; `hint` tells near-namesakes apart."""

    value: str
    label: str
    hint: str = ""


class Words(NamedTuple):
    """What came from the page: the words typed, and the value of a match picked from the list."""

    text: str
    picked: str


Address = str | Promise
"""An address, or one of `reverse_lazy`."""
Search = Callable[[str], Sequence[Match]]
Resolve = Callable[[str], Match | None]


class LookupInput(forms.Widget):
    """A text box `<name>` with the picked value in `<name>-picked`; `url` answers JSON searches.

    The endpoint takes `?q=words` and returns `{"results": [{"value", "label", "hint"}, ...]}`.
    """

    template_name = "kit/widgets/lookup.html"
    candidates: Sequence[Match] = ()

    def __init__(self, *, url: Address = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})
        self.url = url

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> Words | None:
        words = Words(str(data.get(name, "")).strip(), str(data.get(f"{name}-picked", "")).strip())
        return words if any(words) else None

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> bool:
        return name not in data and f"{name}-picked" not in data

    def error_target(self, auto_id: str, field: Field) -> str:
        return f"{auto_id}-picked-1" if self.candidates else auto_id

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        words = value if isinstance(value, Words) else Words("", "")
        context["widget"] |= {"words": words, "url": str(self.url), "candidates": self.candidates}
        return context


class LookupField(forms.Field):
    """Cleans to a `Match`.

    `search` finds matches for words; `resolve` turns a stored value back into a match, or None when the
    value is not this viewer's to choose. `noun` completes "Choose a …" and "We cannot find a … for".
    Initial data may be a value or a `Match`.
    """

    widget = LookupInput

    def __init__(
        self, *, search: Search, resolve: Resolve, noun: str, url: Address = "", **options: Any
    ) -> None:
        options.setdefault("widget", LookupInput(url=url))
        options.setdefault("error_messages", {"required": f"Enter a {noun}"})
        super().__init__(**options)
        self.search, self.resolve, self.noun = search, resolve, noun

    def prepare_value(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Words):
            picked = self._picked(value)
            return Words(picked.label, picked.value) if picked else value
        match = value if isinstance(value, Match) else self.resolve(str(value))
        return Words(match.label, match.value) if match else None

    def to_python(self, value: Any) -> Match | None:
        if not value:
            return None
        words = value if isinstance(value, Words) else Words("", str(value))
        if picked := self._picked(words):
            return picked
        if not words.text:
            raise ValidationError(f"Choose a {self.noun} from the list", code="invalid")
        return self._from_words(words.text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        before, after = self.prepare_value(initial), self.prepare_value(data)
        return bool(before != after)

    def _picked(self, words: Words) -> Match | None:
        """The match picked from a list, unless the words were edited since into another question."""
        picked = self.resolve(words.picked) if words.picked else None
        if picked is None or words.text in ("", picked.label):
            return picked
        return picked if any(match.value == picked.value for match in self.search(words.text)) else None

    def _from_words(self, text: str) -> Match:
        found = list(self.search(text))
        exact = [match for match in found if match.label.casefold() == text.casefold()]
        if len(exact) == 1:
            return exact[0]
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                f"We cannot find a {self.noun} for “{text}”. Check the spelling or try another word",
                code="unknown",
            )
        if isinstance(self.widget, LookupInput):
            self.widget.candidates = found[:MOST_CANDIDATES]
        raise ValidationError(f"Choose which {self.noun} you mean by “{text}”", code="ambiguous")
