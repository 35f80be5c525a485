"""What is in a lot, as its page shows it: masses with their ranges, value on two price lists, the route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collection.actions.estimates import condition_of, kept_findings, lot_input
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
from collection.rules.content.coefficients import holds_rare_earths
from collection.rules.content.explanation import Coefficient, Narrowing
from collection.rules.routes import Upgrade
from collection.rules.spoken_mass import mass
from collection.web.kit.components import RangeFigure
from collection.web.kit.numbers import percent

WEIGHED_CLASSES = "AB"
WORTH_SAYING = 1.1


@dataclass(frozen=True)
class Step:
    """Something to do, how many times narrower it makes the range of what, and how wide that then is."""

    action: str
    of: str
    times: str
    after: str
    kind: str


@dataclass(frozen=True)
class Gain:
    """What would open a better route, and by how much in offer and in what is recovered."""

    action: str
    route_name: str
    offer: str
    recovered: str


@dataclass(frozen=True)
class ContentPanel:
    """Figures of the kept estimate; the rest is today's view of it, None and empty where the catalogue no
    longer knows the product. `steps` would narrow it, the most helpful first. `not_counted` says, in place of
    figures, what magnets there are that hold no rare earths."""

    figures: Sequence[RangeFigure]
    evidence: str
    not_counted: str = ""
    valuation: Valuation | None = None
    route: RouteAdvice | None = None
    inputs: Sequence[str] = ()
    coefficients: Sequence[Coefficient] = ()
    steps: Sequence[Step] = ()
    warnings: Sequence[str] = ()
    payable: str = ""
    gains: Sequence[Gain] = ()


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
    findings = kept_findings(kept)
    catalogue = findings.catalogue(_catalogue_of(kept), lot.product.code)
    weighed = kept.magnet_central_grams or None if kept.evidence_class in WEIGHED_CLASSES else None
    try:
        known = lot_input(lot, magnet_grams_weighed=weighed, composition=findings.composition)
        content = estimate(catalogue, known)
    except ContentInputError:
        return ContentPanel(figures, evidence)
    advice = advise_route(catalogue, content, condition_of(lot))
    valuation = value(content, catalogue, route_code=advice.route_code)
    low, high = valuation.payable_share
    if not holds_rare_earths(content.magnet_family):
        is_worth_something = any(basis.contained_gbp.central for basis in valuation.bases.values())
        return ContentPanel(
            figures=(),
            evidence=evidence,
            not_counted=f"About {mass(content.magnet_grams.central)} of {content.magnet_family} magnets. They hold "
            "no rare earths, so they count in no figure.",
            valuation=valuation if is_worth_something else None,
            route=advice,
            payable=f"{percent(low)} to {percent(high)}",
        )
    return ContentPanel(
        figures=figures,
        evidence=evidence,
        valuation=valuation,
        route=advice,
        inputs=content.explanation.inputs,
        coefficients=content.explanation.coefficients,
        steps=[
            _step(narrowing) for narrowing in content.explanation.narrowing if narrowing.times >= WORTH_SAYING
        ],
        warnings=content.warnings,
        payable=f"{percent(low)} to {percent(high)}",
        gains=[_gain(upgrade) for upgrade in advice.upgrades],
    )


def _step(narrowing: Narrowing) -> Step:
    return Step(
        action=narrowing.action,
        of=narrowing.of,
        times=f"{narrowing.times:.0f}" if narrowing.times >= 10 else f"{narrowing.times:.1f}",
        after=f"±{percent(narrowing.width_after / 2)}",
        kind=narrowing.kind,
    )


def _gain(upgrade: Upgrade) -> Gain:
    """A gain in words; what goes down is said as well."""
    low, high = upgrade.offer_gain_gbp_low, upgrade.offer_gain_gbp_high
    more = "more" if high >= 0 else "less"
    bounds = sorted((abs(low), abs(high)))
    points = round(100 * upgrade.yield_gain)
    return Gain(
        action=upgrade.action,
        route_name=upgrade.route_name,
        offer=f"£{bounds[0]:,.0f} to £{bounds[1]:,.0f} {more}",
        recovered=f"{abs(points)} g {'more' if points > 0 else 'less'}" if points else "",
    )


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
