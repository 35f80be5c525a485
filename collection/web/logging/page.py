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

    def plain(self) -> dict[str, str]:
        """The facts that conditions of pages and fields may name. A page without signal keeps the same ones."""
        facts = self.facts
        return {
            "source_kind": self.source_kind,
            "nation": self.nation,
            "product_code": facts.code if facts else "",
            "sector": facts.sector if facts else "",
            "unit_basis": facts.unit_basis if facts else "",
            "magnet_family": facts.magnet_family if facts else "",
        }


class LotPage(KitForm):
    """One page of the journey.

    `asked_when` says on which lots the page belongs to the journey, `fields_when` which of its fields are asked
    only on some lots; both are plain data (`forms.journey_as_data`), so that a browser without signal decides
    alike. Only fields that may be left empty, or that the page always has with its source, can be conditional.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    problem_fields: ClassVar[Mapping[str, str]] = {}
    asked_when: ClassVar[Condition] = ALWAYS
    fields_when: ClassVar[Mapping[str, Condition]] = {}

    def __init__(self, *args: Any, choices: LotChoices, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices, self.known = choices, known
        facts = known.plain()
        for name, condition in self.fields_when.items():
            if not holds(condition, facts):
                del self.fields[name]
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the person and the product."""

    def lot_fields(self) -> dict[str, Any]:
        """The answers as fields of a `NewLot`. Only for a valid form."""
        raise NotImplementedError

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
