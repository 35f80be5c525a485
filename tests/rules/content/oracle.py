"""A plain Monte Carlo of the content model, written apart from the engine: one random truth per draw, nothing
shared with the code under test but the catalogue's figures and the stated assumptions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from collection.rules.content import Catalogue, Composition, Spread

Z = 1.2815515655446004
TAIL = 2.5


def split_lognormal(rng: Generator, spread: Spread, draws: int) -> np.ndarray:
    """Median ``central``, 10th and 90th percentiles ``low`` and ``high``; a straight line to zero if low is
    0."""
    z = np.clip(rng.standard_normal(draws), -TAIL, TAIL)
    if spread.central == 0:
        return np.zeros(draws)
    up = spread.central * (spread.high / spread.central) ** (z / Z)
    if spread.low == 0:
        down = np.maximum(0, spread.central * (1 + z / Z))
    else:
        down = spread.central * (spread.low / spread.central) ** (-z / Z)
    return np.where(z > 0, up, down)


def alloy(rng: Generator, composition: Composition, draws: int) -> dict[str, np.ndarray]:
    total = split_lognormal(rng, composition.total_ree, draws)
    dysprosium = split_lognormal(rng, composition.dysprosium, draws)
    terbium = split_lognormal(rng, composition.terbium, draws)
    share = np.minimum(split_lognormal(rng, composition.praseodymium_share, draws), 1)
    has_samarium = composition.samarium.central > 0
    light = np.zeros(draws) if has_samarium else np.maximum(0, total - dysprosium - terbium)
    if composition.ndpr.central == 0:
        light = np.zeros(draws)
    return {
        "Nd": light * (1 - share),
        "Pr": light * share,
        "Dy": dysprosium,
        "Tb": terbium,
        "Sm": total if has_samarium else np.zeros(draws),
        "total_ree": total,
        "NdPr": light,
    }


@dataclass(frozen=True)
class CountedLot:
    """A counted (class C) lot of the oracle."""

    product_code: str
    quantity: int
    composition: Composition


def simulate(
    catalogue: Catalogue, lots: Sequence[CountedLot], draws: int, seed: int
) -> dict[str, np.ndarray]:
    """Draws of the total of some counted lots: magnet grams and grams of every column."""
    rng = np.random.default_rng(seed)
    factors = {
        code: split_lognormal(rng, catalogue.product(code).magnet_kg, draws)
        for code in {x.product_code for x in lots}
    }
    shares = {code: _prevalence(rng, catalogue, code, draws) for code in factors}
    alloys = {lot.composition.error_key: alloy(rng, lot.composition, draws) for lot in lots}
    totals: dict[str, np.ndarray] = {"magnet": np.zeros(draws)}
    for lot in lots:
        grams = (
            1000 * factors[lot.product_code] * _holding(rng, catalogue, lot, shares[lot.product_code], draws)
        )
        totals["magnet"] += grams
        for column, fraction in alloys[lot.composition.error_key].items():
            totals[column] = totals.get(column, np.zeros(draws)) + grams * fraction
    return totals


def _prevalence(rng: Generator, catalogue: Catalogue, code: str, draws: int) -> np.ndarray:
    product = catalogue.product(code)
    if product.prevalence == 1:
        return np.ones(draws)
    z = np.clip(rng.standard_normal(draws), -TAIL, TAIL)
    odds = product.prevalence / (1 - product.prevalence)
    odds = odds * np.exp(catalogue.assumptions.prevalence_logit_sd[product.confidence] * z)
    return odds / (1 + odds)


def _holding(
    rng: Generator, catalogue: Catalogue, lot: CountedLot, share: np.ndarray, draws: int
) -> np.ndarray:
    """How many coefficient units' worth of magnet a lot holds, counted with error, items unlike each
    other."""
    product, assumed = catalogue.product(lot.product_code), catalogue.assumptions
    counted = lot.quantity * (1 + assumed.own_error_by_class["C"] * rng.standard_normal(draws))
    if product.unit_basis != "per_item":
        return counted * share
    with_magnet = rng.binomial(lot.quantity, share) / lot.quantity
    unlike = 1 + assumed.item_variation / np.sqrt(lot.quantity) * rng.standard_normal(draws)
    return counted * with_magnet * unlike
