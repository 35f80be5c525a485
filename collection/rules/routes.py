"""Which way a lot should be processed, which observation decided, and what would open a better way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from collection.rules.route_rules import SHRED_FORMS, SMCO, Condition, case_of, decide
from collection.rules.spread import Spread, product_of
from collection.rules.valuation import WIDEST_PAYABLE_SHARE, offer, value_on

if TYPE_CHECKING:
    from collection.rules.content.catalogue import Catalogue
    from collection.rules.content.coefficients import Facility
    from collection.rules.content.estimate import ContentEstimate

REUSABLE_FORMS = frozenset({"segmented_block", "surface_mounted", "voice_coil_plate"})
PLANTS_ON = {
    "hpms_remelt": ("short_loop_hpms", "metal_alloy_making"),
    "smco_specialist": ("metal_alloy_making",),
}
"""Routes that run through plants listed under another route: the medium loop goes from Tyseley to Ellesmere
Port, and the alloy maker there is the natural partner for samarium-cobalt."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A plant on the route: its state and intake with the date they were true."""

    name: str
    town: str
    sentence: str
    accepts_collected_lots: bool


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One thing to do and the better route it opens. Gains are against the present advice.

    ``yield_gain`` is a share of contained rare earths; the offer gain is in pounds on China prices.
    """

    action: str
    route_code: str
    route_name: str
    yield_gain: float
    offer_gain_gbp_low: Decimal
    offer_gain_gbp_high: Decimal


@dataclass(frozen=True)
class RouteAdvice:
    """Where a lot should go. ``then_route_code`` is what follows when the lot must be taken apart first."""

    route_code: str
    name: str
    priority: int
    deciding_observation: str
    assumptions: tuple[str, ...]
    ree_yield: Spread
    recoverable: dict[str, Spread]
    then_route_code: str | None
    plants: tuple[Plant, ...]
    upgrades: tuple[Upgrade, ...]
    mixing_rules: tuple[str, ...]

    @property
    def is_provisional(self) -> bool:
        return bool(self.assumptions)

    @property
    def sentence(self) -> str:
        return f"{self.name}: {self.deciding_observation}"


ACTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Free the magnets.", {"is_freed": True}),
    ("Sort by source product and grade class.", {"is_single_source": True}),
    ("Free the magnets and sort them by source product.", {"is_freed": True, "is_single_source": True}),
    (
        "Keep an identical batch intact, establish its grade and name a buyer for that shape.",
        {
            "is_freed": True,
            "is_intact": True,
            "is_identical_batch": True,
            "is_grade_known": True,
            "is_reuse_buyer_named": True,
        },
    ),
)


def advise_route(
    catalogue: Catalogue, estimate: ContentEstimate, condition: Condition | None = None
) -> RouteAdvice:
    """The first route whose rule a lot meets, with what would upgrade it."""
    seen = condition or Condition()
    rule, reason = decide(case_of(estimate, seen))
    route = catalogue.routes[rule.route_code]
    share, then = _through(catalogue, estimate, seen)
    return RouteAdvice(
        route_code=route.code,
        name=route.name,
        priority=route.priority,
        deciding_observation=reason,
        assumptions=_assumptions(estimate, seen),
        ree_yield=share,
        recoverable={
            element: product_of(contained.central * share.central, contained, share)
            for element, contained in estimate.elements.items()
        },
        then_route_code=then,
        plants=_plants(catalogue, then or route.code),
        upgrades=_upgrades(catalogue, estimate, seen),
        mixing_rules=_mixing_rules(estimate),
    )


def mixing_problems(lots: Sequence[tuple[ContentEstimate, Condition]], route_code: str) -> tuple[str, ...]:
    """Why these lots may not go in one batch on a route; empty when they may."""
    families = {estimate.magnet_family for estimate, _ in lots}
    problems = []
    if families & SMCO and families - SMCO:
        problems.append("Samarium-cobalt must never be mixed with another magnet family: take it out.")
    if families >= SMCO:
        problems.append("Keep SmCo 1:5 and 2:17 apart: they are bought and processed separately.")
    if len(families - SMCO) > 1:
        named = ", ".join(sorted(families - SMCO))
        problems.append(f"Magnet families must stay apart: {named}.")
    if len({estimate.product.is_defence_controlled for estimate, _ in lots}) > 1:
        problems.append("Defence-controlled lots may not share a batch with others.")
    if route_code == "short_loop_hpms":
        problems.extend(_short_loop_problems(lots))
    return tuple(problems)


def _short_loop_problems(lots: Sequence[tuple[ContentEstimate, Condition]]) -> list[str]:
    problems = []
    if len({estimate.product.code for estimate, _ in lots}) > 1:
        problems.append("A short-loop batch takes one source product, so that its alloy stays uniform.")
    cases = [case_of(estimate, condition) for estimate, condition in lots]
    if any(case.is_bonded for case in cases):
        problems.append(
            "Resin-bonded magnets may not enter the short loop: their carbon stays in the powder."
        )
    if any(not case.is_sound for case in cases):
        problems.append("Corroded (class C or D), fired or oily magnets may not enter the short loop.")
    return problems


def _assumptions(estimate: ContentEstimate, seen: Condition) -> tuple[str, ...]:
    case = case_of(estimate, seen)
    if case.family not in ("NdFeB", "other") or not case.has_magnet or case.form in SHRED_FORMS:
        return ()
    notes = []
    if seen.corrosion_class is None:
        notes.append(f"Corrosion was not looked at; class {case.corrosion} is assumed.")
    if seen.is_single_source is None:
        state = "one grade class" if case.is_single_source else "mixed grades"
        notes.append(f"Whether it is one source was not recorded; {state} is usual for this product.")
    if seen.is_fired is None:
        notes.append("Nobody recorded whether it was in a fire; it is taken as not fired.")
    return tuple(notes)


def _through(catalogue: Catalogue, estimate: ContentEstimate, seen: Condition) -> tuple[Spread, str | None]:
    """Share of contained rare earths that comes out at the end, and the route after taking apart, if any."""
    rule, _ = decide(case_of(estimate, seen))
    route = catalogue.routes[rule.route_code]
    if rule.route_code != "preprocess_first":
        return route.ree_yield or Spread.exact(0.0), None
    after, _ = decide(case_of(estimate, replace(seen, is_freed=True)))
    separation = catalogue.assumptions.separation_yield
    final = catalogue.routes[after.route_code].ree_yield or Spread.exact(0.0)
    if after.route_code == "preprocess_first":
        return separation, None
    return product_of(separation.central * final.central, separation, final), after.route_code


def _upgrades(catalogue: Catalogue, estimate: ContentEstimate, seen: Condition) -> tuple[Upgrade, ...]:
    rule, _ = decide(case_of(estimate, seen))
    now_yield, _ = _through(catalogue, estimate, seen)
    worth = value_on(
        "china", estimate, catalogue, catalogue.exchange_rate, WIDEST_PAYABLE_SHARE
    ).contained_gbp.central
    now_low, now_high = offer(worth, rule.route_code)
    found: dict[str, Upgrade] = {}
    for action, change in ACTIONS:
        if change.get("is_reuse_buyer_named") and not _may_be_reused(estimate):
            continue
        better = replace(seen, **change)
        opened, _ = decide(case_of(estimate, better))
        if opened.route_code == rule.route_code or opened.route_code in found:
            continue
        then_low, then_high = offer(worth, opened.route_code)
        then_yield, _ = _through(catalogue, estimate, better)
        if then_high > now_high or then_yield.central > now_yield.central:
            found[opened.route_code] = Upgrade(
                action=action,
                route_code=opened.route_code,
                route_name=catalogue.routes[opened.route_code].name,
                yield_gain=then_yield.central - now_yield.central,
                offer_gain_gbp_low=then_low - now_low,
                offer_gain_gbp_high=then_high - now_high,
            )
    return tuple(sorted(found.values(), key=lambda each: -each.offer_gain_gbp_high))


def _may_be_reused(estimate: ContentEstimate) -> bool:
    product = estimate.product
    return product.preferred_route == "direct_reuse" or product.typical_form in REUSABLE_FORMS


def _plants(catalogue: Catalogue, route_code: str) -> tuple[Plant, ...]:
    codes = PLANTS_ON.get(route_code, (route_code,))
    return tuple(_plant(each) for each in catalogue.facilities if each.route_code in codes)


def _plant(facility: Facility) -> Plant:
    intake = (
        f"{facility.capacity_now_tonnes:g} t a year now"
        if facility.capacity_now_tonnes
        else "no standing intake published"
    )
    if facility.capacity_planned_tonnes > facility.capacity_now_tonnes:
        intake += f", {facility.capacity_planned_tonnes:g} t planned"
    on = f"{facility.status_as_of:%-d %B %Y}"
    return Plant(
        name=facility.name,
        town=facility.town,
        sentence=f"{facility.name}, {facility.town}: {facility.status} (as of {on}); {intake}.",
        accepts_collected_lots=facility.accepts_collected_lots,
    )


def _mixing_rules(estimate: ContentEstimate) -> tuple[str, ...]:
    if estimate.magnet_family in SMCO:
        return ("Never mix with NdFeB.", "Keep 1:5 and 2:17 apart.")
    if estimate.magnet_family == "NdFeB":
        return ("Never mix with SmCo or ferrite.", "One source product per short-loop batch.")
    return ("Keep magnet families apart.",)
