"""The facts an estimate stands on, one frozen value each, with where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from collection.rules.spread import Spread

RARE_EARTHS = ("Nd", "Pr", "Dy", "Tb", "Sm")
"""The elements every estimate reports, in this order everywhere."""

PER_ITEM, PER_MW, PER_TONNE = "per_item", "per_MW", "per_tonne_of_item"
UNIT_BASES = (PER_ITEM, PER_MW, PER_TONNE)

NDFEB = "NdFeB"
SMCO_FAMILIES = frozenset({"SmCo5", "Sm2Co17"})
_RARE_EARTH_FAMILIES = frozenset({NDFEB, *SMCO_FAMILIES, "other"})


def holds_rare_earths(magnet_family: str) -> bool:
    """Whether a magnet family holds rare earths at all: ferrite and AlNiCo do not, Terfenol-D (`other`) does."""
    return magnet_family in _RARE_EARTH_FAMILIES


@dataclass(frozen=True, slots=True)
class Product:
    """A kind of product and the magnet mass in one unit of it.

    ``magnet_kg`` is kilograms of magnet per item, per MW of nameplate or per tonne of gross weight, whichever
    ``unit_basis`` says; ``prevalence`` is the share of such products that hold that magnet at all.
    """

    code: str
    name: str
    unit_basis: str
    magnet_family: str
    grade_code: str
    magnet_kg: Spread
    prevalence: float
    version: str
    source: str
    source_sector: str = ""
    source_url: str = ""
    year: int | None = None
    basis: str = ""
    confidence: str = "low"
    notes: str = ""
    typical_grade: str = ""
    typical_coating: str = ""
    typical_form: str = ""
    service_life_years: float = 0.0
    accessibility: int = 3
    is_defence_controlled: bool = False
    ewc_code: str = ""
    preferred_route: str = ""
    synonyms: tuple[str, ...] = ()
    is_of_one_lot: bool = False
    """Whether the coefficient was measured on one lot, so that its error is that lot's own."""

    @property
    def unit(self) -> str:
        """The unit a quantity is counted in unless another is named."""
        return {PER_ITEM: "item", PER_MW: "MW", PER_TONNE: "tonne"}[self.unit_basis]


@dataclass(frozen=True, slots=True)
class Grade:
    """What a magnet grade is made of, as mass fractions of magnet."""

    code: str
    name: str
    magnet_family: str
    fractions: Mapping[str, Spread]
    total_ree: Spread
    version: str
    source: str
    source_url: str = ""
    year: int | None = None
    basis: str = ""
    confidence: str = "low"
    notes: str = ""
    density_kg_m3: float = 0.0

    def fraction(self, element: str) -> Spread:
        return self.fractions.get(element, Spread.exact(0.0))


@dataclass(frozen=True, slots=True)
class Price:
    """One dated quotation. ``valuation_basis`` says which price list it serves, if any."""

    element: str
    product: str
    market: str
    currency: str
    unit: str
    low: Decimal
    central: Decimal
    high: Decimal
    as_of: date
    as_of_precision: str
    currency_per_usd: Decimal
    vat_included: bool
    valuation_basis: str
    source: str
    source_url: str = ""
    specification: str = ""
    confidence: str = "low"
    notes: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """How a price list in dollars becomes pounds. An assumption with a date, shown wherever it is used."""

    usd_per_gbp: Decimal
    as_of: date
    source: str
    source_url: str = ""
    is_assumption: bool = True


@dataclass(frozen=True, slots=True)
class Route:
    """A way of processing collected magnets. ``ree_yield`` is the share of rare earths that comes out."""

    code: str
    name: str
    operator: str
    families: frozenset[str]
    accepted_forms: str
    rejected_feed: str
    priority: int
    decision_rule: str
    ree_yield: Spread | None
    source: str
    min_ree_fraction: float | None = None
    min_magnet_purity: float | None = None
    capacity_now_tonnes: float | None = None
    capacity_planned_tonnes: float | None = None
    output_product: str = ""
    source_url: str = ""
    confidence: str = "low"
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Facility:
    """A plant, its state on a date and the tonnes a year it can take in."""

    code: str
    name: str
    operator: str
    town: str
    nation: str
    route_code: str
    accepts_collected_lots: bool
    capacity_now_tonnes: float
    capacity_planned_tonnes: float
    status: str
    status_as_of: date
    source: str
    latitude: float = 0.0
    longitude: float = 0.0
    source_url: str = ""
    confidence: str = "low"
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Judgements no table gives. Each is named here once so that a person can argue with it.

    Standard deviations are shares of the value unless the name says otherwise.
    """

    own_error_by_class: Mapping[str, float] = field(
        default_factory=lambda: {"A": 0.003, "B": 0.02, "C": 0.01, "D": 0.02, "E": 0.20}
    )
    """Counting or weighing error of one lot: a checked scale (A); freed magnets with glue, coating and steel
    still on them (B); a count (C); a gross weight with dirt and fittings (D); somebody's word (E)."""

    item_variation: float = 0.10
    """How much single items of one product type differ from their mean; averages out over the count."""

    prevalence_logit_sd: Mapping[str, float] = field(
        default_factory=lambda: {"high": 0.15, "medium": 0.30, "low": 0.50}
    )
    """Uncertainty of the share of products that hold the magnet, on the log-odds scale, by the row's
    confidence."""

    diffusion_midpoint_year: float = 2018.0
    diffusion_scale_years: float = 2.5
    """Grain-boundary diffusion spread through high-coercivity production along a logistic curve around this
    year: the catalogue calls motors built before about 2018 undiffused and later ones low in dysprosium."""

    diffused_dysprosium_share: float = 0.35
    """Dysprosium of a diffused magnet against the same grade made the old way; reports run from a half to a
    tenth."""

    undiffused_terbium_share: float = 0.50
    """Terbium of an old-way magnet against the grade's central value: terbium mostly came in with
    diffusion."""

    separation_yield: Spread = field(default_factory=lambda: Spread(0.80, 0.92, 0.98))
    """Share of the magnets actually freed when a product is taken apart (the preprocess_first row of the
    routes)."""


DEFAULT_ASSUMPTIONS = Assumptions()
