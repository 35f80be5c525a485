"""What is in a lot, as its page shows it: masses with their ranges, value on two price lists, the route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collection.actions.estimates import condition_of, kept_composition, lot_input
from collection.models import Estimate, Lot
from collection.queries.catalogue import product_of_version
from collection.queries.reference import current_catalogue
from collection.rules.content import (
    EVIDENCE_CLASSES,
    Catalogue,
    ContentInputError,
    RouteAdvice,
    Valuation,
    advise_route,
    estimate,
    value,
)
from collection.web.kit.components import RangeFigure
from collection.web.kit.numbers import mass

WEIGHED_CLASSES = "AB"


@dataclass(frozen=True)
class ContentPanel:
    """Figures of the kept estimate; `valuation` and `route` are today's view of it, None where the
    catalogue no longer knows the product."""

    figures: Sequence[RangeFigure]
    evidence: str
    valuation: Valuation | None
    route: RouteAdvice | None


def content_panel(lot: Lot, kept: Estimate) -> ContentPanel:
    """The panel for a lot and its current estimate."""
    evidence = f"Class {kept.evidence_class}: {EVIDENCE_CLASSES[kept.evidence_class]}"
    magnet = (kept.magnet_low_grams, kept.magnet_central_grams, kept.magnet_high_grams)
    figures = [_figure("Magnets", magnet)]
    figures += [
        _figure(label, bounds)
        for label, bounds in (
            ("Neodymium and praseodymium", _bounds(kept, ("NdPr",))),
            ("Dysprosium and terbium", _bounds(kept, ("Dy", "Tb"))),
            ("Samarium", _bounds(kept, ("Sm",))),
        )
        if bounds[2] > 0
    ]
    catalogue = _catalogue_of(kept)
    weighed = kept.magnet_central_grams if kept.evidence_class in WEIGHED_CLASSES else None
    try:
        known = lot_input(lot, magnet_grams_weighed=weighed, composition=kept_composition(kept))
        content = estimate(catalogue, known)
    except ContentInputError:
        return ContentPanel(figures, evidence, None, None)
    advice = advise_route(catalogue, content, condition_of(lot))
    valuation = value(content, catalogue, route_code=advice.route_code)
    return ContentPanel(figures, evidence, valuation, advice)


def _catalogue_of(kept: Estimate) -> Catalogue:
    """Today's catalogue with the product's coefficient as the estimate had it, so that the value on the page
    is that of the mass beside it."""
    catalogue = current_catalogue()
    if kept.coefficient is None or kept.coefficient.is_current:
        return catalogue
    return catalogue.with_product(product_of_version(kept.coefficient))


def _bounds(kept: Estimate, elements: Sequence[str]) -> tuple[int, int, int]:
    """Low, central and high grams of some elements together; bounds are added, so on the wide side."""
    columns = zip(*(kept.elements.get(element, (0, 0, 0)) for element in elements), strict=True)
    low, central, high = (int(sum(column)) for column in columns)
    return low, central, high


def _figure(label: str, bounds: tuple[int, int, int]) -> RangeFigure:
    low, central, high = bounds
    return RangeFigure(
        low,
        central,
        high,
        most=max(1.0, high * 1.1),
        texts=(mass(low), mass(central), mass(high)),
        label=label,
    )
