"""What the magnet metal is made of: rare earths as mass fractions, by grade and build year.

Four independent unknowns describe an alloy: its total rare earths, its dysprosium, its terbium and the share
of praseodymium in what is left. Neodymium and praseodymium follow from those, so they trade off, and the
total stays inside its own bounds however the elements split.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from collection.rules.content.coefficients import NDFEB, RARE_EARTHS, Assumptions, Grade
from collection.rules.spread import Spread, product_of

LEAST_DYSPROSIUM = 0.009
"""Grades with less than this at the centre are not worth diffusing, so build year says nothing about them."""

MEASURED_GRADES = frozenset({"ndfeb_hdd_measured"})
"""Grades whose figures were measured on real products: a model of adoption does not overrule them."""

UNDIFFUSED_EDGE = 0.75
"""The border between old-way and diffused magnets, as a share of the grade's central dysprosium."""

COLUMNS = (*RARE_EARTHS, "total_ree", "NdPr")
"""What a composition is read out as, in this order."""

_NOTHING = Spread.exact(0.0)


@dataclass(frozen=True)
class Composition:
    """Mass fractions of one alloy with 80 % intervals.

    ``error_key`` names the error that lots share: two lots of one grade are wrong together, an assayed lot is
    wrong alone.
    """

    error_key: str
    total_ree: Spread
    dysprosium: Spread
    terbium: Spread
    samarium: Spread
    praseodymium_share: Spread
    version: str
    source: str
    evidence_class: str = "C"

    @cached_property
    def ndpr(self) -> Spread:
        """Neodymium and praseodymium together: the total less the heavy elements and samarium."""
        others = (self.dysprosium, self.terbium, self.samarium)
        central = self.total_ree.central - sum(part.central for part in others)
        if central < 1e-9:
            return _NOTHING
        low = central - math.hypot(
            self.total_ree.central - self.total_ree.low, *(p.high - p.central for p in others)
        )
        high = central + math.hypot(
            self.total_ree.high - self.total_ree.central, *(p.central - p.low for p in others)
        )
        return Spread(max(0.0, low), central, high)

    @cached_property
    def fractions(self) -> dict[str, Spread]:
        """Every column of the read-out: the five elements, their total and Nd with Pr."""
        share = self.praseodymium_share
        rest = Spread(1 - share.high, 1 - share.central, 1 - share.low)
        ndpr = self.ndpr
        return {
            "Nd": product_of(ndpr.central * rest.central, ndpr, rest),
            "Pr": product_of(ndpr.central * share.central, ndpr, share),
            "Dy": self.dysprosium,
            "Tb": self.terbium,
            "Sm": self.samarium,
            "total_ree": self.total_ree,
            "NdPr": ndpr,
        }

    def parts_per_million(self, element: str) -> int:
        """The central fraction of an element as whole parts per million by mass."""
        return round(self.fractions[element].central * 1_000_000)


def diffusion_adoption(year: int, assumptions: Assumptions) -> float:
    """Share of high-coercivity magnets built in a year that were grain-boundary diffused, 0 to 1."""
    distance = (year - assumptions.diffusion_midpoint_year) / assumptions.diffusion_scale_years
    return 1 / (1 + math.exp(-distance))


def composition_of(grade: Grade, build_year: int | None, assumptions: Assumptions) -> Composition:
    """The alloy a grade stands for. Without a build year the catalogue's full range is kept."""
    dysprosium, terbium = grade.fraction("Dy"), grade.fraction("Tb")
    if build_year is not None and _follows_build_year(grade):
        adoption = diffusion_adoption(build_year, assumptions)
        dysprosium = _dysprosium(dysprosium, adoption, assumptions.diffused_dysprosium_share)
        terbium = _terbium(terbium, adoption, assumptions.undiffused_terbium_share)
    light = grade.fraction("Nd").central + grade.fraction("Pr").central
    praseodymium = grade.fraction("Pr")
    share = (
        Spread(praseodymium.low / light, praseodymium.central / light, min(praseodymium.high / light, 0.95))
        if light > 0
        else _NOTHING
    )
    return Composition(
        error_key=grade.code,
        total_ree=grade.total_ree,
        dysprosium=dysprosium,
        terbium=terbium,
        samarium=grade.fraction("Sm"),
        praseodymium_share=share,
        version=grade.version,
        source=grade.source,
    )


def _follows_build_year(grade: Grade) -> bool:
    return (
        grade.magnet_family == NDFEB
        and grade.code not in MEASURED_GRADES
        and grade.fraction("Dy").central >= LEAST_DYSPROSIUM
    )


def _dysprosium(catalogue: Spread, adoption: float, diffused_share: float) -> Spread:
    """Old-way magnets fill the upper part of the catalogue range, diffused ones the lower part.

    The low end moves down while adoption rises to a half and the high end leaves the top only after that,
    because a minority of one in ten is enough to hold a 10th or 90th percentile.
    """
    edge = UNDIFFUSED_EDGE * catalogue.central
    central = _between(catalogue.central, diffused_share * catalogue.central, adoption)
    low = _between(edge, catalogue.low, min(1.0, 2 * adoption))
    high = _between(catalogue.high, edge, max(0.0, 2 * adoption - 1))
    return Spread(min(low, central), central, max(high, central))


def _terbium(catalogue: Spread, adoption: float, undiffused_share: float) -> Spread:
    central = _between(undiffused_share * catalogue.central, catalogue.central, adoption)
    return Spread(min(catalogue.low, central), central, catalogue.high)


def _between(start: float, end: float, share: float) -> float:
    return start + (end - start) * share
