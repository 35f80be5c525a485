"""Which way a lot should be processed, which observation decided, and what would open a better way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from collection.rules.spread import Spread, product_of
from collection.rules.valuation import value

if TYPE_CHECKING:
    from collection.rules.content.catalogue import Catalogue
    from collection.rules.content.coefficients import Facility
    from collection.rules.content.estimate import ContentEstimate

BONDED_FORMS = frozenset({"bonded_ring"})
POWDER_FORMS = frozenset({"powder_sludge"})
SHRED_FORMS = frozenset({"shredded_dispersed"})
DISPERSED_FORMS = frozenset({"micro_disc", "dispersed_small_parts"})
REUSABLE_FORMS = frozenset({"segmented_block", "surface_mounted", "voice_coil_plate"})
SMCO = frozenset({"SmCo5", "Sm2Co17"})
PLANTS_ON = {
    "hpms_remelt": ("short_loop_hpms", "metal_alloy_making"),
    "smco_specialist": ("metal_alloy_making",),
}
"""Routes that run through plants listed under another route: the medium loop goes from Tyseley to Ellesmere
Port, and the alloy maker there is the natural partner for samarium-cobalt."""
SOUND_CORROSION = frozenset("AB")
SEALED_ACCESSIBILITY = 4
HEAVY_RICH_FRACTION = 0.04
SEPARATED_SHARE = 0.8
LEAST_REE_FRACTION = 0.10


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What somebody saw of a lot. None means nobody looked; advice then follows the catalogue and says so.

    ``corrosion_class`` runs A (as new) to D (spalling); B and better may go short loop.
    """

    corrosion_class: str | None = None
    is_freed: bool | None = None
    is_fired: bool | None = None
    is_intact: bool | None = None
    is_identical_batch: bool | None = None
    is_single_source: bool | None = None
    is_grade_known: bool | None = None
    is_oily: bool | None = None
    is_reuse_buyer_named: bool = False


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


@dataclass(frozen=True, slots=True)
class _Case:
    """A lot as the rules see it: every observation settled, by sight or by the catalogue."""

    family: str
    form: str
    is_sealed: bool
    is_freed: bool
    is_bonded: bool
    is_powder: bool
    is_dispersed: bool
    is_sound: bool
    is_single_source: bool
    is_reusable: bool
    has_magnet: bool
    heavy_fraction: float
    ree_fraction_of_lot: float
    corrosion: str


@dataclass(frozen=True, slots=True)
class _Rule:
    route_code: str
    decide: Callable[[_Case], str | None]


def _no_rare_earth(case: _Case) -> str | None:
    if not case.has_magnet:
        return "no magnet is in it."
    return "ferrite holds no rare earth." if case.family == "ferrite" else None


def _alnico(case: _Case) -> str | None:
    return "AlNiCo holds cobalt and nickel but no rare earth." if case.family == "AlNiCo" else None


def _lost(case: _Case) -> str | None:
    return "shredded and spread through metal; count it as lost." if case.form in SHRED_FORMS else None


def _take_apart(case: _Case) -> str | None:
    if case.is_sealed and not case.is_freed:
        return "the magnets are still inside and hard to reach."
    return None


def _reuse(case: _Case) -> str | None:
    if case.is_reusable and case.is_sound and not case.is_powder:
        return "intact, one identical batch, grade known, and a buyer for this shape is named."
    return None


def _samarium(case: _Case) -> str | None:
    return "samarium-cobalt: hold it apart for a UK outlet." if case.family in SMCO else None


def _short_loop(case: _Case) -> str | None:
    if (
        case.family == "NdFeB"
        and not case.is_bonded
        and not case.is_powder
        and case.is_single_source
        and case.is_sound
    ):
        return f"sintered NdFeB of one source or grade class, corrosion class {case.corrosion}."
    return None


def _remelt(case: _Case) -> str | None:
    if case.family != "NdFeB" or case.is_bonded or case.is_powder or not case.is_sound:
        return None
    if case.is_dispersed and not case.is_single_source:
        return None
    if not case.is_single_source:
        return "sintered NdFeB of mixed grades with little oxide."
    return "sintered NdFeB rich in heavy rare earths." if case.heavy_fraction >= HEAVY_RICH_FRACTION else None


def _long_loop(case: _Case) -> str | None:
    if case.family not in ("NdFeB", "other") or case.ree_fraction_of_lot < LEAST_REE_FRACTION:
        return None
    reasons = [
        (case.family == "other", "not a magnet alloy, by agreement with the plant."),
        (case.is_bonded, "bonded magnets: the resin's carbon rules out re-sintering."),
        (case.is_powder, "swarf or powder: oil and oxygen rule out the shorter loops."),
        (
            not case.is_sound,
            f"corrosion class {case.corrosion}, fired or oily: too much oxygen for the shorter loops.",
        ),
        (case.is_dispersed, "many small coated pieces of unknown grades."),
    ]
    return next((reason for applies, reason in reasons if applies), "NdFeB that no shorter loop takes.")


def _too_thin(case: _Case) -> str | None:
    return "rare earths are under a tenth of the lot's weight: magnets must be separated first."


RULES = (
    _Rule("out_of_scope_no_ree", _no_rare_earth),
    _Rule("alnico_co_ni_recycler", _alnico),
    _Rule("loss_to_slag", _lost),
    _Rule("preprocess_first", _take_apart),
    _Rule("direct_reuse", _reuse),
    _Rule("smco_specialist", _samarium),
    _Rule("short_loop_hpms", _short_loop),
    _Rule("hpms_remelt", _remelt),
    _Rule("long_loop_hydromet", _long_loop),
    _Rule("preprocess_first", _too_thin),
)
"""In order: what closes a lot, what must come first, then the loops from shortest to longest."""

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
    rule, reason = _decide(_case(estimate, seen))
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
    families = {estimate.product.magnet_family for estimate, _ in lots}
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
    cases = [_case(estimate, condition) for estimate, condition in lots]
    if any(case.is_bonded for case in cases):
        problems.append(
            "Resin-bonded magnets may not enter the short loop: their carbon stays in the powder."
        )
    if any(not case.is_sound for case in cases):
        problems.append("Corroded (class C or D), fired or oily magnets may not enter the short loop.")
    return problems


def _decide(case: _Case) -> tuple[_Rule, str]:
    for rule in RULES:
        reason = rule.decide(case)
        if reason is not None:
            return rule, reason
    raise AssertionError("The last rule takes every lot.")


def _case(estimate: ContentEstimate, seen: Condition) -> _Case:
    product = estimate.product
    corrosion = seen.corrosion_class or ("D" if product.typical_coating == "degraded" else "B")
    is_single = seen.is_single_source
    if is_single is None:
        is_single = product.preferred_route in ("short_loop_hpms", "direct_reuse", "preprocess_first")
    is_freed = estimate.is_weighed or _is_loose(estimate) if seen.is_freed is None else seen.is_freed
    composition = estimate.composition
    return _Case(
        family=product.magnet_family,
        form=product.typical_form,
        is_sealed=product.accessibility >= SEALED_ACCESSIBILITY,
        is_freed=is_freed,
        is_bonded=product.typical_form in BONDED_FORMS or "bonded" in product.grade_code,
        is_powder=product.typical_form in POWDER_FORMS,
        is_dispersed=product.typical_form in DISPERSED_FORMS,
        is_sound=corrosion in SOUND_CORROSION and not seen.is_fired and not seen.is_oily,
        is_single_source=is_single,
        is_reusable=bool(
            seen.is_intact and seen.is_identical_batch and seen.is_grade_known and seen.is_reuse_buyer_named
        ),
        has_magnet=estimate.magnet.central > 0,
        heavy_fraction=composition.dysprosium.central + composition.terbium.central,
        ree_fraction_of_lot=composition.total_ree.central * (1.0 if is_freed else _magnet_share(estimate)),
        corrosion=corrosion,
    )


def _magnet_share(estimate: ContentEstimate) -> float:
    """Magnet mass per gross mass where the catalogue knows it; whole items and machines are taken as rich
    enough when their magnets can be reached, as plants take small rotors whole."""
    if estimate.product.unit_basis == "per_tonne_of_item":
        return estimate.product.magnet_kg.central / 1000
    return 1.0


def _is_loose(estimate: ContentEstimate) -> bool:
    return estimate.product.unit_basis == "per_tonne_of_item" and _magnet_share(estimate) >= SEPARATED_SHARE


def _assumptions(estimate: ContentEstimate, seen: Condition) -> tuple[str, ...]:
    case = _case(estimate, seen)
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
    rule, _ = _decide(_case(estimate, seen))
    route = catalogue.routes[rule.route_code]
    if rule.route_code != "preprocess_first":
        return route.ree_yield or Spread.exact(0.0), None
    after, _ = _decide(_case(estimate, replace(seen, is_freed=True)))
    separation = catalogue.assumptions.separation_yield
    final = catalogue.routes[after.route_code].ree_yield or Spread.exact(0.0)
    if after.route_code == "preprocess_first":
        return separation, None
    return product_of(separation.central * final.central, separation, final), after.route_code


def _upgrades(catalogue: Catalogue, estimate: ContentEstimate, seen: Condition) -> tuple[Upgrade, ...]:
    rule, _ = _decide(_case(estimate, seen))
    now_yield, _ = _through(catalogue, estimate, seen)
    now = value(estimate, catalogue, route_code=rule.route_code).bases["china"]
    found: dict[str, Upgrade] = {}
    for action, change in ACTIONS:
        if change.get("is_reuse_buyer_named") and not _may_be_reused(estimate):
            continue
        better = replace(seen, **change)
        opened, _ = _decide(_case(estimate, better))
        if opened.route_code == rule.route_code or opened.route_code in found:
            continue
        then = value(estimate, catalogue, route_code=opened.route_code).bases["china"]
        then_yield, _ = _through(catalogue, estimate, better)
        gain = then.offer_gbp_high - now.offer_gbp_high
        if gain > 0 or then_yield.central > now_yield.central:
            found[opened.route_code] = Upgrade(
                action=action,
                route_code=opened.route_code,
                route_name=catalogue.routes[opened.route_code].name,
                yield_gain=then_yield.central - now_yield.central,
                offer_gain_gbp_low=then.offer_gbp_low - now.offer_gbp_low,
                offer_gain_gbp_high=gain,
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
    if estimate.product.magnet_family in SMCO:
        return ("Never mix with NdFeB.", "Keep 1:5 and 2:17 apart.")
    if estimate.product.magnet_family == "NdFeB":
        return ("Never mix with SmCo or ferrite.", "One source product per short-loop batch.")
    return ("Keep magnet families apart.",)
