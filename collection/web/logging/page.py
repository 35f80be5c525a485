"""What every page of the journey has in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from collection.models import Site
from collection.rules.answers import RefusedAnswerError
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
    turbine_megawatts: str = ""
    condition: str = ""
    suggested_code: str = ""


class LotPage(KitForm):
    """One page of the journey."""

    slug: ClassVar[str]
    title: ClassVar[str]
    problem_fields: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, choices: LotChoices, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices, self.known = choices, known
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the person and the product."""

    def lot_fields(self) -> dict[str, Any]:
        """The answers as fields of a `NewLot`. Only for a valid form."""
        raise NotImplementedError

    def notes(self) -> list[str]:
        """Answers that have no column of their own and go into the lot's note, a line each."""
        return []

    def read(self, field: str, reader: Callable[..., Any], text: str, **options: Any) -> Any:
        """What a rule reads from a text; a refusal becomes the field's error and the answer None."""
        try:
            return reader(text, field=field, **options)
        except RefusedAnswerError as refused:
            self.add_error(field, str(refused.problem))
            return None
