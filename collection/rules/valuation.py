"""What the rare earths in a lot would fetch, on two dated price lists, and what a holder might be offered.

Prices are quoted per kilogram of oxide; here they are brought to dollars excluding VAT per kilogram of the
element contained, since contained elements are what an estimate gives.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from collection.rules.spread import Spread, product_of

if TYPE_CHECKING:
    from collection.rules.content.catalogue import Catalogue
    from collection.rules.content.coefficients import ExchangeRate, Price
    from collection.rules.content.estimate import ContentEstimate

CHINESE_VAT = Decimal("0.13")

OXIDE_PER_METAL = {
    "Nd": Decimal("1.166"),
    "NdPr": Decimal("1.166"),
    "Pr": Decimal("1.208"),
    "Dy": Decimal("1.148"),
    "Tb": Decimal("1.176"),
}
"""Mass of oxide (Nd2O3, Pr6O11, Dy2O3, Tb4O7) per mass of metal. NdPr is taken at the neodymium figure."""

BASES = {"china": "China domestic", "europe": "Europe"}

VALUED = ("NdPr", "Dy", "Tb")
COBALT_FAMILIES = frozenset({"SmCo5", "Sm2Co17", "AlNiCo"})
NOT_VALUED = ("Sm", "Gd")
NOT_VALUED_STATEMENT = (
    "Samarium and gadolinium are not valued: no reliable current price exists. The samarium quotes are from "
    "2020 to 2025 and differ tenfold, and no gadolinium quote after 2020 was found."
)

PAYABLE_SHARE: Mapping[str, tuple[Decimal, Decimal]] = {
    "direct_reuse": (Decimal("0.40"), Decimal("0.80")),
    "short_loop_hpms": (Decimal("0.30"), Decimal("0.55")),
    "hpms_remelt": (Decimal("0.25"), Decimal("0.45")),
    "long_loop_hydromet": (Decimal("0.20"), Decimal("0.40")),
    "smco_specialist": (Decimal("0.10"), Decimal("0.40")),
    "alnico_co_ni_recycler": (Decimal("0.20"), Decimal("0.50")),
    "preprocess_first": (Decimal("0.05"), Decimal("0.20")),
}
"""Share of the contained value a holder might be offered, by route. Judgement: no UK plant publishes its
terms. The order follows how little work a plant still has to do; unopened machines pay least because the
buyer frees them."""

WIDEST_PAYABLE_SHARE = (Decimal("0.05"), Decimal("0.55"))
PAYABLE_STATEMENT = (
    "The payable share is a judgement by route, not a published tariff: "
    "ask the plant before agreeing a price."
)

_PENNY = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """Low, central and high of one sum of money, to the penny or cent."""

    currency: str
    low: Decimal
    central: Decimal
    high: Decimal

    @classmethod
    def of(cls, currency: str, spread: Spread) -> MoneyRange:
        return cls(currency, *(_money(each) for each in (spread.low, spread.central, spread.high)))


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One price as used: US dollars excluding VAT per kilogram of element contained, and how it came
    about."""

    element: str
    usd_per_kg: Spread
    as_of: date
    market: str
    basis_statement: str
    source: str
    source_url: str
    notes: str


@dataclass(frozen=True)
class BasisValue:
    """The value of a lot on one price list."""

    basis: str
    name: str
    contained_usd: MoneyRange
    contained_gbp: MoneyRange
    offer_gbp_low: Decimal
    offer_gbp_high: Decimal
    elements_usd: Mapping[str, MoneyRange]
    prices: tuple[PriceLine, ...]
    unpriced: tuple[str, ...]

    @property
    def oldest_price_on(self) -> date | None:
        return min((line.as_of for line in self.prices), default=None)

    @property
    def newest_price_on(self) -> date | None:
        return max((line.as_of for line in self.prices), default=None)


@dataclass(frozen=True)
class Valuation:
    """Both price lists side by side, with what was left out and why."""

    bases: Mapping[str, BasisValue]
    payable_share: tuple[Decimal, Decimal]
    exchange_rate: ExchangeRate
    not_valued: tuple[str, ...]
    statements: tuple[str, ...]


def price_lines(prices: Iterable[Price], basis: str) -> Mapping[str, PriceLine]:
    """The prices of a list (``china`` or ``europe``) by element, oxides before metals, newest first."""
    wanted = {f"{basis}_latest", "both"}
    chosen: dict[str, Price] = {}
    for price in sorted(prices, key=lambda each: (each.product == "oxide", each.as_of)):
        if price.valuation_basis in wanted and price.element in (*VALUED, "Co"):
            chosen[price.element] = price
    return MappingProxyType({element: _line(price) for element, price in chosen.items()})


@lru_cache(maxsize=16)
def _lines_of(catalogue: Catalogue, basis: str) -> Mapping[str, PriceLine]:
    return price_lines(catalogue.prices, basis)


def value(
    estimate: ContentEstimate,
    catalogue: Catalogue,
    *,
    route_code: str | None = None,
    exchange_rate: ExchangeRate | None = None,
) -> Valuation:
    """What the contained rare earths would fetch. ``route_code`` narrows the payable share to that
    route's."""
    rate = exchange_rate or catalogue.exchange_rate
    share = PAYABLE_SHARE.get(route_code or "", WIDEST_PAYABLE_SHARE)
    return Valuation(
        bases={basis: value_on(basis, estimate, catalogue, rate, share) for basis in BASES},
        payable_share=share,
        exchange_rate=rate,
        not_valued=NOT_VALUED,
        statements=(NOT_VALUED_STATEMENT, PAYABLE_STATEMENT, rate_statement(rate)),
    )


def rate_statement(rate: ExchangeRate) -> str:
    kind = "assumed" if rate.is_assumption else "quoted"
    on = f"{rate.as_of:%-d %B %Y}"
    return f"Pounds at {rate.usd_per_gbp} US dollars to the pound, {kind} for {on} ({rate.source})."


@dataclass(frozen=True, slots=True)
class _Mass:
    """Kilograms of one element at the centre, and the range of its fraction apart from the magnet mass."""

    kg: float
    fraction: Spread


def _masses(estimate: ContentEstimate, catalogue: Catalogue) -> dict[str, _Mass]:
    kilograms = estimate.magnet.central / 1000
    fractions = {element: estimate.composition.fractions[element] for element in VALUED}
    if estimate.magnet_family in COBALT_FAMILIES:
        fractions["Co"] = catalogue.grades[estimate.grade_code].fraction("Co")
    return {
        element: _Mass(kilograms * fraction.central, fraction)
        for element, fraction in fractions.items()
        if kilograms * fraction.central > 0
    }


def value_on(
    basis: str,
    estimate: ContentEstimate,
    catalogue: Catalogue,
    rate: ExchangeRate,
    share: tuple[Decimal, Decimal],
) -> BasisValue:
    """The value on one price list (``china`` or ``europe``), with an offer at a payable share."""
    magnet, masses, lines = estimate.magnet, _masses(estimate, catalogue), _lines_of(catalogue, basis)
    priced = {element: mass for element, mass in masses.items() if element in lines}
    per_magnet = {
        element: product_of(
            mass.kg * lines[element].usd_per_kg.central, mass.fraction, lines[element].usd_per_kg
        )
        for element, mass in priced.items()
    }
    contained = _contained(per_magnet.values(), magnet)
    pounds = contained * float(1 / rate.usd_per_gbp)
    in_pounds = MoneyRange.of("GBP", pounds)
    return BasisValue(
        basis=basis,
        name=BASES[basis],
        contained_usd=MoneyRange.of("USD", contained),
        contained_gbp=in_pounds,
        offer_gbp_low=_pence(in_pounds.central * share[0]),
        offer_gbp_high=_pence(in_pounds.central * share[1]),
        elements_usd={
            element: MoneyRange.of("USD", product_of(spread.central, spread, magnet))
            for element, spread in per_magnet.items()
        },
        prices=tuple(lines[element] for element in priced),
        unpriced=tuple(element for element in masses if element not in lines),
    )


def _contained(parts: Iterable[Spread], magnet: Spread) -> Spread:
    """The value of all elements: their own ranges are independent, the magnet mass is common to all."""
    known = list(parts)
    central = math.fsum(part.central for part in known)
    if central <= 0:
        return Spread.exact(0.0)
    down = math.hypot(*(part.central - part.low for part in known))
    up = math.hypot(*(part.high - part.central for part in known))
    apart_from_mass = Spread(max(0.0, central - down), central, central + up)
    return product_of(central, apart_from_mass, magnet)


def _line(price: Price) -> PriceLine:
    per_kg = Decimal(1000) if price.unit == "t" else Decimal(1)
    vat = 1 + CHINESE_VAT if price.vat_included else Decimal(1)
    oxide = OXIDE_PER_METAL.get(price.element, Decimal(1)) if price.product == "oxide" else Decimal(1)
    factor = float(oxide / (per_kg * vat * price.currency_per_usd))
    quoted = Spread(float(price.low), float(price.central), float(price.high))
    return PriceLine(
        element=price.element,
        usd_per_kg=quoted * factor,
        as_of=price.as_of,
        market=price.market,
        basis_statement=_statement(price),
        source=price.source,
        source_url=price.source_url,
        notes=price.notes,
    )


def _statement(price: Price) -> str:
    quoted = f"Quoted {price.central.normalize():,f} {price.currency} a {price.unit} of {price.product}"
    vat = (
        f", including {CHINESE_VAT:.0%} Chinese VAT, taken off here"
        if price.vat_included
        else ", without VAT as quoted"
    )
    stoichiometry = (
        f"; × {OXIDE_PER_METAL[price.element]} kg of oxide per kg of metal"
        if price.product == "oxide"
        else ""
    )
    exchange = f"; {price.currency_per_usd} {price.currency} to the dollar" if price.currency != "USD" else ""
    return f"{quoted}{vat}{stoichiometry}{exchange}."


def offer(contained: Decimal, route_code: str) -> tuple[Decimal, Decimal]:
    """What a holder might be offered for a contained value on a route, low and high, to the penny."""
    low, high = PAYABLE_SHARE.get(route_code, WIDEST_PAYABLE_SHARE)
    return _pence(contained * low), _pence(contained * high)


def _money(amount: float) -> Decimal:
    return _pence(Decimal(str(amount)))


def _pence(amount: Decimal) -> Decimal:
    return amount.quantize(_PENNY, ROUND_HALF_UP)
