"""What every page of the journey has in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from collection.models import Site
from collection.rules.answers import RefusedAnswerError
from collection.rules.asking import ALWAYS, Condition, holds
from collection.rules.plausibility import ProductFacts
from collection.web.kit.forms import KitForm


@dataclass(frozen=True)
class LotChoices:
    """What a person may choose from: their saved places, and the day it is for them."""

    places: Sequence[Site]
    today: dt.date


@dataclass(frozen=True)
class Known:
    """What earlier pages said that later ones depend on. Empty or None before it was answered."""

    source_kind: str = ""
    facts: ProductFacts | None = None
    turbine_code: str = ""
    turbine_megawatts: str = ""
    condition: str = ""
    suggested_code: str = ""
    nation: str = ""


def fact_of(known: Known, name: str) -> str:
    """A fact of the lot itself ("source_kind", "nation") or of its product ("sector")."""
    if name in ("source_kind", "nation"):
        return str(getattr(known, name))
    return str(getattr(known.facts, name)) if known.facts else ""


def _fits(condition: Condition, known: Known) -> bool:
    return holds(condition, lambda name: fact_of(known, name))


class LotPage(KitForm):
    """One page of the journey.

    `asked_when` says on which lots the page belongs to the journey, `fields_when` which of its fields are asked
    only on some lots. `later_label` names the button that puts a page off, where it may be.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    intro: ClassVar[str] = ""
    later_label: ClassVar[str] = ""
    problem_fields: ClassVar[Mapping[str, str]] = {}
    asked_when: ClassVar[Condition] = ALWAYS
    fields_when: ClassVar[Mapping[str, Condition]] = {}

    def __init__(self, *args: Any, choices: LotChoices, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices, self.known = choices, known
        for name, condition in self.fields_when.items():
            if not _fits(condition, known):
                del self.fields[name]
        self.prepare()

    @classmethod
    def belongs_to(cls, known: Known) -> bool:
        """Whether the page belongs to the journey of this lot."""
        return _fits(cls.asked_when, known)

    def prepare(self) -> None:
        """Fit the fields to the person and the product."""

    def lot_fields(self) -> dict[str, Any]:
        """The answers as fields of a `NewLot`. Only for a valid form. Every page answers with its own."""
        raise NotImplementedError(f"{type(self).__name__} does not say which fields it answers")

    def summary(self) -> list[str]:
        """The answers as lines to look over; none where nothing was said. Only for a valid form."""
        return []

    def read(self, field: str, reader: Callable[..., Any], text: str, **options: Any) -> Any:
        """What a rule reads from a text; a refusal becomes the field's error and the answer None."""
        try:
            return reader(text, field=field, **options)
        except RefusedAnswerError as refused:
            self.add_error(field, str(refused.problem))
            return None

    def read_mass(self, field: str, reader: Callable[..., Any], label: str) -> int | None:
        """The grams of an optional mass; None where nothing was typed."""
        text = self.cleaned_data.get(field)
        mass = self.read(field, reader, text, label=label) if text else None
        return mass.grams if mass else None
