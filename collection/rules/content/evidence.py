"""Evidence against the catalogue: what weighing, opening, XRF or a certificate turns an estimate into.

The catalogue's range is what is believed before; evidence narrows or replaces it. Both are kept by the
caller: the estimate made before, and the one made after.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from collection.rules.content.catalogue import ContentInputError
from collection.rules.content.coefficients import RARE_EARTHS, Assumptions, Product
from collection.rules.content.composition import Composition
from collection.rules.content.xrf import XrfReading, by_piece, warnings_for
from collection.rules.split_normal import Z_TENTH
from collection.rules.spread import Spread

CERTIFICATE_ERROR = 0.02
"""Relative standard deviation of a laboratory or plant assay of a sampled lot: sampling dominates."""

XRF_ERROR = {"Nd": 0.05, "Pr": 0.08, "Dy": 0.15, "Tb": 0.25, "Sm": 0.05}
"""Relative standard deviation a handheld reading cannot average away, by element."""

XRF_TOTAL_ERROR = 0.04
XRF_LEAST_ERROR = 0.002
UNABRADED_SURFACE_SHARE = 0.5
"""An unfiled diffused magnet may hold as little as this share of the heavy rare earths its surface shows."""


@dataclass(frozen=True)
class Comparison:
    """A truth beside the estimate it replaces."""

    estimated: Spread
    measured: float

    @property
    def ratio(self) -> float | None:
        return self.measured / self.estimated.central if self.estimated.central > 0 else None

    @property
    def is_inside(self) -> bool:
        return self.estimated.low <= self.measured <= self.estimated.high

    @property
    def sentence(self) -> str:
        if self.ratio is None:
            return f"The estimate was nothing; {self.measured / 1000:g} kg was measured."
        place = "inside" if self.is_inside else "outside"
        measured = f"{self.measured / 1000:g} kg"
        return f"Measured {measured}, {self.ratio:.0%} of the estimate, {place} its 80 % interval."


@dataclass(frozen=True)
class MeasuredAlloy:
    """An alloy after evidence, with the warnings that go with it."""

    composition: Composition
    warnings: tuple[str, ...]


def from_certificate(
    fractions: Mapping[str, float], *, reference: str, relative_error: float = CERTIFICATE_ERROR
) -> Composition:
    """The alloy of a laboratory or plant certificate, mass fractions by element. Replaces the grade's.

    Raises ContentInputError when the figures cannot be mass fractions of a magnet.
    """
    unknown = sorted(set(fractions) - {*RARE_EARTHS, "total_ree"})
    if unknown:
        raise ContentInputError(
            "certificate", f"Only Nd, Pr, Dy, Tb, Sm and total_ree are read, not {unknown[0]}."
        )
    for element, fraction in fractions.items():
        if not 0 <= fraction <= 1:
            raise ContentInputError(
                "certificate", f"{element}: {fraction} is not a mass fraction. 30.5 % is written 0.305."
            )
    given = {element: fractions.get(element, 0.0) for element in RARE_EARTHS}
    total = fractions.get("total_ree", sum(given.values()))
    if not 0 < total <= 1 or sum(given.values()) > total + 1e-9:
        raise ContentInputError("certificate", "The elements add up to more than the total, or to nothing.")
    light = given["Nd"] + given["Pr"]
    return Composition(
        error_key=f"certificate {reference}",
        total_ree=_around(total, relative_error * total / 2),
        dysprosium=_around(given["Dy"], relative_error * given["Dy"]),
        terbium=_around(given["Tb"], relative_error * given["Tb"]),
        samarium=_around(given["Sm"], relative_error * given["Sm"]),
        praseodymium_share=_around(given["Pr"] / light, relative_error * given["Pr"] / light)
        if light > 0
        else Spread.exact(0.0),
        version=f"certificate {reference}",
        source=f"Certificate {reference}",
        evidence_class="A",
    )


def from_xrf(prior: Composition, readings: Sequence[XrfReading], *, reference: str) -> MeasuredAlloy:
    """The grade's alloy sharpened by handheld readings: means weighted by how sure each side is.

    Give every reading of the lot at once: what an instrument gets wrong the same way in each must count once
    only. Several readings of one piece count as one. Plated readings are left out while others exist. Raises
    ContentInputError when none can be used.
    """
    usable = [reading for reading in readings if not reading.is_plated] or list(readings)
    if not usable:
        raise ContentInputError("readings", "There are no readings: shoot at least one filed magnet.")
    if all(reading.is_plated for reading in usable):
        raise ContentInputError(
            "readings", "Every reading is of nickel plating: file through it and read again."
        )
    is_abraded = all(reading.is_abraded for reading in usable)
    pieces = by_piece(usable)
    seen = {element: _mean_and_error(pieces, element) for element in RARE_EARTHS}
    light_mean = seen["Nd"][0] + seen["Pr"][0]
    share, share_error = _ratio(seen["Pr"], light_mean)
    total = sum(mean for mean, _ in seen.values())
    composition = replace(
        prior,
        error_key=f"xrf {reference}",
        total_ree=_weighed_together(prior.total_ree, total, XRF_TOTAL_ERROR * total),
        dysprosium=_heavy(prior.dysprosium, seen["Dy"], is_abraded),
        terbium=_heavy(prior.terbium, seen["Tb"], is_abraded),
        samarium=_weighed_together(prior.samarium, *seen["Sm"]) if prior.samarium.central else prior.samarium,
        praseodymium_share=_weighed_together(prior.praseodymium_share, share, share_error),
        version=f"{prior.version}+xrf {reference}",
        source=f"{prior.source}; XRF {reference}, {len(usable)} readings",
        evidence_class="B",
    )
    return MeasuredAlloy(composition, warnings_for(readings))


def sharpened_by_opening(product: Product, item_grams: Sequence[float], assumptions: Assumptions) -> Product:
    """The product's coefficient after some items of the lot were opened and their magnets weighed, in grams.

    Items that held none are given as 0. The result counts all items, so its prevalence is 1; it belongs to
    this lot only. Raises ContentInputError.
    """
    if not item_grams or min(item_grams) < 0:
        raise ContentInputError(
            "opened", "Give the magnet weight of each opened item in grams, 0 where none."
        )
    mean = statistics.fmean(item_grams) / 1000
    if mean == 0:
        raise ContentInputError(
            "opened", "None of the opened items held a magnet: log them as another product or open more."
        )
    believed = product.magnet_kg * product.prevalence
    prior_error = math.log(believed.high / max(believed.low, believed.central / 5)) / (2 * Z_TENTH)
    spread = statistics.stdev(item_grams) / 1000 / mean if len(item_grams) > 1 else 0.0
    error = max(spread, assumptions.item_variation) / math.sqrt(len(item_grams))
    trust = (1 / error**2) / (1 / error**2 + 1 / prior_error**2)
    central = math.exp(trust * math.log(mean) + (1 - trust) * math.log(believed.central))
    reach = math.exp(Z_TENTH / math.sqrt(1 / error**2 + 1 / prior_error**2))
    return replace(
        product,
        magnet_kg=Spread(central / reach, central, central * reach),
        prevalence=1.0,
        is_of_one_lot=True,
        version=f"{product.version}+{len(item_grams)} opened",
        source=f"{product.source}; {len(item_grams)} items of this lot opened",
    )


def _mean_and_error(readings: Sequence[XrfReading], element: str) -> tuple[float, float]:
    values = [reading.fractions.get(element, 0.0) for reading in readings]
    mean = statistics.fmean(values)
    scatter = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    return mean, math.hypot(scatter, XRF_ERROR[element] * mean, XRF_LEAST_ERROR)


def _ratio(part: tuple[float, float], whole: float) -> tuple[float, float]:
    return (part[0] / whole, part[1] / whole) if whole > 0 else (0.0, 1.0)


def _heavy(prior: Spread, seen: tuple[float, float], is_abraded: bool) -> Spread:
    together = _weighed_together(prior, *seen)
    if is_abraded:
        return together
    return Spread(
        min(together.low, UNABRADED_SURFACE_SHARE * together.central), together.central, together.high
    )


def _weighed_together(prior: Spread, mean: float, error: float) -> Spread:
    believed = max(prior.equivalent_sd, 1e-9)
    trust = (1 / error**2) / (1 / error**2 + 1 / believed**2)
    return _around(
        trust * mean + (1 - trust) * prior.central, math.sqrt(1 / (1 / error**2 + 1 / believed**2))
    )


def _around(central: float, sd: float) -> Spread:
    return Spread(max(0.0, central - Z_TENTH * sd), central, min(1.0, central + Z_TENTH * sd))
