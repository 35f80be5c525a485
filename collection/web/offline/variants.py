"""Every shape a page of the journey can take, found by asking the page itself.

What a page asks depends on earlier answers (`Known`): a vehicle's plate, the units of a product. The page is
drawn with a `Known` that remembers which of its facts were looked at; each fact that was is then given every
value it can have, until nothing new is looked at. A question added to the journey so reaches phones without
signal by itself, and a page that depends on nothing is drawn once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from collection.models import Condition, Nation, SourceKind
from collection.rules.plausibility import ProductFacts
from collection.web.logging.page import Known

Facts = dict[str, Any]
"""Facts by name: "source_kind", "facts.unit_basis"."""

# Where earlier answers say it: fact → page and field. The phone reads them from there.
FROM_ANSWERS: dict[str, tuple[str, str]] = {
    "source_kind": ("source", "source_kind"),
    "condition": ("state", "condition"),
}
DOMAINS: dict[str, Sequence[str]] = {
    "source_kind": SourceKind.values,
    "condition": ["", *Condition.values],
    "nation": ["", *Nation.values],
}
# A page that depends on more than this is not worth a phone's memory: it is asked when there is signal.
MOST_VARIANTS = 150


class TooManyVariantsError(Exception):
    """A page has more shapes than a phone should keep."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalogue as `Known` shows it."""

    facts: ProductFacts
    suggested_code: str

    def by_name(self) -> Facts:
        return {
            "suggested_code": self.suggested_code,
            **{f"facts.{name}": value for name, value in dataclasses.asdict(self.facts).items()},
        }


class Watched:
    """Stands for a `Known` and notes the name of every fact that is looked at."""

    def __init__(self, values: Any, looked_at: list[str], prefix: str = "") -> None:
        self._values, self._looked_at, self._prefix = values, looked_at, prefix

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._values, name)
        if dataclasses.is_dataclass(value):
            return Watched(value, self._looked_at, f"{self._prefix}{name}.")
        if not callable(value) and self._prefix + name not in self._looked_at:
            self._looked_at.append(self._prefix + name)
        return value


Drawn = Callable[[Known], Any]


def variants(draw: Drawn, products: Sequence[Product]) -> Iterator[tuple[Facts, Any]]:
    """What `draw` gives in each case it tells apart: the facts that decide the case, and the drawing."""
    kept = [(product, product.by_name()) for product in products]
    yield from _explore(draw, kept, {}, [0])


def _explore(
    draw: Drawn, products: Sequence[tuple[Product, Facts]], fixed: Facts, count: list[int]
) -> Iterator[tuple[Facts, Any]]:
    fitting = [(product, facts) for product, facts in products if fixed.items() >= _among(facts, fixed)]
    looked_at: list[str] = []
    drawn = draw(cast(Known, Watched(_known(fixed, fitting[0][0] if fitting else None), looked_at)))
    for name in looked_at:
        values = DOMAINS.get(name) or list(dict.fromkeys(f[name] for _p, f in fitting if name in f))
        if name not in fixed and len(values) > 1:
            for value in values:
                yield from _explore(draw, fitting, {**fixed, name: value}, count)
            return
    count[0] += 1
    if count[0] > MOST_VARIANTS:
        raise TooManyVariantsError
    yield {name: value for name, value in fixed.items() if name in looked_at}, drawn


def _among(facts: Facts, fixed: Mapping[str, Any]) -> Any:
    """The product's facts of those that are fixed."""
    return {name: facts[name] for name in fixed if name in facts}.items()


def _known(fixed: Facts, product: Product | None) -> Known:
    names = {field.name for field in dataclasses.fields(Known)}
    own = {name: value for name, value in fixed.items() if name in names}
    if product is None:
        return Known(**own)
    return Known(**{**own, "facts": product.facts, "suggested_code": product.suggested_code})
