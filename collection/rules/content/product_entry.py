"""A product type or a new figure for one, entered by a person: the checks it must pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from collection.rules.answers import RefusedAnswerError
from collection.rules.content.catalogue import Catalogue
from collection.rules.content.coefficients import PER_TONNE, UNIT_BASES
from collection.rules.waste_codes import read_ewc_code

MOST_KG = Decimal("100000")
MOST_KG_PER_TONNE = Decimal(1000)
MOST_SYNONYMS = 40
LONGEST_SYNONYM = 80
_CODE = re.compile(r"^[a-z][a-z0-9_]{2,59}$")

EntryProblem = tuple[str, str]
"""The field it is about, and what is wrong with the way out."""


class ProductRefusedError(Exception):
    """A product that cannot be entered as it stands; carries every problem by field."""

    def __init__(self, problems: Sequence[EntryProblem]) -> None:
        super().__init__("; ".join(words for _, words in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How much magnet a unit holds and who says so: one version of a coefficient. Masses in kg."""

    grade_code: str
    low: Decimal
    central: Decimal
    high: Decimal
    prevalence: Decimal
    basis: str
    confidence: str
    source: str
    source_url: str = ""
    year: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct:
    """A kind of product the catalogue does not know yet."""

    code: str
    name: str
    sector: str
    unit_basis: str
    typical_form: str
    accessibility: int
    service_life_years: int
    is_defence_controlled: bool
    holds_battery: bool
    ewc_code: str
    preferred_route: str
    synonyms: tuple[str, ...]
    figures: Figures


def check_product(catalogue: Catalogue, product: NewProduct) -> None:
    """Raises ProductRefusedError with everything that is wrong."""
    problems = [
        *_identity(catalogue, product),
        *figure_problems(catalogue, product.unit_basis, product.figures),
    ]
    problems += synonym_problems(catalogue, product.code, product.synonyms)
    if problems:
        raise ProductRefusedError(problems)


def _identity(catalogue: Catalogue, product: NewProduct) -> Iterator[EntryProblem]:
    if not _CODE.match(product.code):
        yield (
            "code",
            "The code must be 3 to 60 small letters, digits and underscores, like weee_coffee_grinder.",
        )
    elif product.code in catalogue.products:
        yield "code", f"There is a product with the code {product.code} already. Change its figures instead."
    names = {known.name.casefold(): known.code for known in catalogue.products.values()}
    if product.name.casefold() in names:
        yield (
            "name",
            f"{names[product.name.casefold()]} has this name already. Choose one that tells them apart.",
        )
    if product.unit_basis not in UNIT_BASES:
        yield "unit_basis", "Choose what the magnets are counted by."
    if not 1 <= product.accessibility <= 5:
        yield "accessibility", "Choose how easily the magnets come out, 1 to 5."
    if product.preferred_route and product.preferred_route not in catalogue.routes:
        yield "preferred_route", f"There is no route “{product.preferred_route}”."
    if product.ewc_code:
        try:
            read_ewc_code(product.ewc_code)
        except RefusedAnswerError as refusal:
            yield "ewc_code", str(refusal.problem)


def figure_problems(catalogue: Catalogue, unit_basis: str, figures: Figures) -> Iterator[EntryProblem]:
    """What is wrong with the figures of a coefficient, field by field."""
    if figures.grade_code not in catalogue.grades:
        yield "grade_code", "Choose the grade of the magnets."
    if figures.low < 0:
        yield "low", "The low figure cannot be below 0 kg."
    if not figures.low <= figures.central:
        yield "central", f"The central figure must be at least the low one, {figures.low.normalize():f} kg."
    if not figures.central <= figures.high:
        yield "high", f"The high figure must be at least the central one, {figures.central.normalize():f} kg."
    most = MOST_KG_PER_TONNE if unit_basis == PER_TONNE else MOST_KG
    if figures.high > most:
        of = (
            "a tonne cannot hold more than 1,000 kg"
            if unit_basis == PER_TONNE
            else "no unit holds over 100 t"
        )
        yield "high", f"The high figure is {figures.high.normalize():f} kg; {of}. Check the unit."
    if not 0 < figures.prevalence <= 1:
        yield "prevalence", "The share that holds magnets must be above 0 % and at most 100 %."
    if not figures.source.strip():
        yield "source", "Say where the figure comes from: an estimate without a source is not kept."


def synonym_problems(catalogue: Catalogue, code: str, synonyms: Sequence[str]) -> Iterator[EntryProblem]:
    """What is wrong with the words people use for a product. A word may stand for one product only."""
    if len(synonyms) > MOST_SYNONYMS:
        yield "synonyms", f"Give at most {MOST_SYNONYMS} other names."
    taken = {
        term.casefold(): known.code
        for known in catalogue.products.values()
        if known.code != code
        for term in (*known.synonyms, known.code)
    }
    for term in synonyms:
        if len(term) > LONGEST_SYNONYM:
            yield "synonyms", f"“{term[:30]}…” is longer than {LONGEST_SYNONYM} letters."
        elif term.casefold() in taken:
            yield "synonyms", f"“{term}” stands for {taken[term.casefold()]} already. Leave it out."
