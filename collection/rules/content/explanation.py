"""Why an estimate says what it says, and what would narrow it most."""

from __future__ import annotations

import math
from dataclasses import dataclass

from collection.rules.content.catalogue import Catalogue
from collection.rules.content.coefficients import PER_ITEM, Product
from collection.rules.content.composition import Composition
from collection.rules.content.inputs import EVIDENCE_CLASSES, CheckedLot
from collection.rules.split_normal import Z_TENTH
from collection.rules.spread import Spread

XRF_RELATIVE_ERROR = 0.15
"""How well a careful handheld reading on abraded metal fixes dysprosium: about one part in seven."""

ITEM_WEIGHT_ERROR = 0.02


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One figure that went in, with its range, unit and citation."""

    name: str
    value: str
    source: str
    version: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One thing a person can do and what it does to the interval.

    ``kind`` is weigh, open or xrf. ``width_now`` and ``width_after`` are high minus low as shares of the centre,
    for ``of``.
    """

    action: str
    of: str
    width_now: float
    width_after: float
    kind: str

    @property
    def gain(self) -> float:
        return self.width_now - self.width_after

    @property
    def times(self) -> float:
        """How many times narrower the interval becomes."""
        return self.width_now / self.width_after if self.width_after > 0 else math.inf

    @property
    def sentence(self) -> str:
        return (
            f"{self.action} The interval of {self.of} would shrink from {self.width_now:.0%} "
            f"to about {self.width_after:.0%} of its central value."
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """The account of an estimate: what went in, how sure it is, and what would narrow it, best first."""

    inputs: tuple[str, ...]
    coefficients: tuple[Coefficient, ...]
    confidence: str
    narrowing: tuple[Narrowing, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        cited = tuple(f"{c.name}: {c.value} ({c.source}; {c.version})" for c in self.coefficients)
        return (*self.inputs, *cited, self.confidence, *(step.sentence for step in self.narrowing))


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The figures of an estimate that an explanation speaks of, in grams."""

    composition: Composition
    magnet: Spread
    elements: dict[str, Spread]
    shared: Spread
    own_variance: float


def explain(catalogue: Catalogue, lot: CheckedLot, figures: Reckoning) -> Explanation:
    """The account of one lot's figures."""
    return Explanation(
        inputs=_inputs(lot),
        coefficients=_coefficients(lot, figures.composition),
        confidence=_confidence(lot, figures.composition),
        narrowing=_narrowing(catalogue, lot, figures),
    )


def _inputs(lot: CheckedLot) -> tuple[str, ...]:
    product = lot.product
    plural = "s" if product.unit != "MW" and lot.units != 1 else ""
    lines = [f"{lot.units:g} {product.unit}{plural} of {product.name}." if lot.units else f"{product.name}."]
    if lot.weighed_grams is not None:
        lines.append(f"Freed magnets weighed: {lot.weighed_grams / 1000:g} kg.")
    lines.append(
        f"Built in {lot.build_year}."
        if lot.build_year
        else "Build year not given: the full range of grades kept."
    )
    return tuple(lines)


def _coefficients(lot: CheckedLot, composition: Composition) -> tuple[Coefficient, ...]:
    product = lot.product
    total, dysprosium, terbium = composition.total_ree, composition.dysprosium, composition.terbium
    alloy = Coefficient(
        "Rare earths in the magnets",
        f"{total.central:.1%} ({total.low:.1%} to {total.high:.1%}), of which "
        f"Dy {dysprosium.central:.2%} and Tb {terbium.central:.2%} of magnet mass",
        composition.source,
        composition.version,
        composition.evidence_class,
    )
    if lot.weighed_grams is not None:
        return (alloy,)
    mass, unit = product.magnet_kg, product.unit
    return (
        Coefficient(
            f"Magnet per {unit}",
            f"{mass.central:g} kg ({mass.low:g} to {mass.high:g})",
            product.source,
            product.version,
            product.confidence,
        ),
        Coefficient(
            "Share of such products that hold it",
            f"{product.prevalence:.0%}",
            product.source,
            product.version,
            product.confidence,
        ),
        alloy,
    )


def _confidence(lot: CheckedLot, composition: Composition) -> str:
    letter = lot.evidence_class
    text = f"Mass: evidence class {letter}, {EVIDENCE_CLASSES[letter]}."
    if lot.weighed_grams is None:
        text += f" The catalogue rates its own figure “{lot.product.confidence}” ({lot.product.basis})."
    alloy = {"A": "assayed", "B": "typed by XRF"}.get(composition.evidence_class, "the grade's usual alloy")
    return f"{text} Composition: {alloy}."


def _narrowing(catalogue: Catalogue, lot: CheckedLot, figures: Reckoning) -> tuple[Narrowing, ...]:
    if figures.magnet.central <= 0:
        return ()
    steps = []
    now = figures.magnet.relative_width
    weighed_width = 2 * Z_TENTH * catalogue.assumptions.own_error_by_class["B"]
    if lot.weighed_grams is None:
        steps.append(
            Narrowing("Free the magnets and weigh them.", "magnet mass", now, weighed_width, "weigh")
        )
        steps.extend(_open_one(catalogue, lot.product, figures))
    steps.extend(_type_alloy(figures.composition, figures.elements))
    return tuple(sorted((s for s in steps if s.gain > 0.005), key=lambda s: -s.gain))


def _open_one(catalogue: Catalogue, product: Product, figures: Reckoning) -> list[Narrowing]:
    """Opening one item turns the shared factor into one observation with an item's own variation."""
    if product.unit_basis != PER_ITEM:
        return []
    magnet = figures.magnet
    factor = figures.shared.equivalent_sd / magnet.central
    item = math.hypot(
        catalogue.assumptions.item_variation,
        ITEM_WEIGHT_ERROR,
        math.sqrt((1 - product.prevalence) / product.prevalence),
    )
    after = math.sqrt(1 / (1 / factor**2 + 1 / item**2)) if factor > 0 else 0.0
    width = 2 * Z_TENTH * math.hypot(after, math.sqrt(figures.own_variance) / magnet.central)
    return [Narrowing("Open one, weigh its magnets.", "magnet mass", magnet.relative_width, width, "open")]


def _type_alloy(composition: Composition, elements: dict[str, Spread]) -> list[Narrowing]:
    if composition.evidence_class in "AB":
        return []
    heavy = max(("Dy", "Tb"), key=lambda name: elements[name].central)
    if elements[heavy].central <= 0:
        return []
    now, alone = elements[heavy].relative_width, composition.fractions[heavy].relative_width
    after = math.sqrt(max(now**2 - alone**2, 0.0) + (2 * Z_TENTH * XRF_RELATIVE_ERROR) ** 2)
    name = {"Dy": "dysprosium", "Tb": "terbium"}[heavy]
    return [Narrowing("Type an abraded magnet by XRF.", name, now, after, "xrf")]
