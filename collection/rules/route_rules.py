"""The decision rules of processing routes: one short function each, in the order they are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collection.rules.content.estimate import ContentEstimate

BONDED_FORMS = frozenset({"bonded_ring"})
POWDER_FORMS = frozenset({"powder_sludge"})
SHRED_FORMS = frozenset({"shredded_dispersed"})
DISPERSED_FORMS = frozenset({"micro_disc", "dispersed_small_parts"})
SMCO = frozenset({"SmCo5", "Sm2Co17"})
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
    is_shredded: bool | None = None
    is_reuse_buyer_named: bool = False


def condition_seen(condition: str, unit: str) -> Condition:
    """What a holder's word for the state of a lot says to the rules: “corroded” is class D, parts that are
    “dismantled” and magnets by weight are out, “shredded” ones are small mixed pieces."""
    return Condition(
        corrosion_class="D" if condition == "corroded" else None,
        is_freed=True if condition == "dismantled" or unit == "kg_magnets" else None,
        is_intact=True if condition == "intact" else None,
        is_shredded=True if condition == "shredded" else None,
        is_single_source=False if condition == "shredded" else None,
    )


@dataclass(frozen=True, slots=True)
class LotCase:
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
class RouteRule:
    route_code: str
    decide: Callable[[LotCase], str | None]


def _no_rare_earth(case: LotCase) -> str | None:
    if not case.has_magnet:
        return "no magnet is in it."
    return "ferrite holds no rare earth." if case.family == "ferrite" else None


def _alnico(case: LotCase) -> str | None:
    return "AlNiCo holds cobalt and nickel but no rare earth." if case.family == "AlNiCo" else None


def _lost(case: LotCase) -> str | None:
    return "shredded and spread through metal; count it as lost." if case.form in SHRED_FORMS else None


def _take_apart(case: LotCase) -> str | None:
    if case.is_sealed and not case.is_freed:
        return "the magnets are still inside and hard to reach."
    return None


def _reuse(case: LotCase) -> str | None:
    if case.is_reusable and case.is_sound and not case.is_powder:
        return "intact, one identical batch, grade known, and a buyer for this shape is named."
    return None


def _samarium(case: LotCase) -> str | None:
    return "samarium-cobalt: hold it apart for a UK outlet." if case.family in SMCO else None


def _short_loop(case: LotCase) -> str | None:
    if (
        case.family == "NdFeB"
        and not case.is_bonded
        and not case.is_powder
        and case.is_single_source
        and case.is_sound
    ):
        return f"sintered NdFeB of one source or grade class, corrosion class {case.corrosion}."
    return None


def _remelt(case: LotCase) -> str | None:
    if case.family != "NdFeB" or case.is_bonded or case.is_powder or not case.is_sound:
        return None
    if case.is_dispersed and not case.is_single_source:
        return None
    if not case.is_single_source:
        return "sintered NdFeB of mixed grades with little oxide."
    return "sintered NdFeB rich in heavy rare earths." if case.heavy_fraction >= HEAVY_RICH_FRACTION else None


def _long_loop(case: LotCase) -> str | None:
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


def _too_thin(case: LotCase) -> str | None:
    return "rare earths are under a tenth of the lot's weight: magnets must be separated first."


RULES = (
    RouteRule("out_of_scope_no_ree", _no_rare_earth),
    RouteRule("alnico_co_ni_recycler", _alnico),
    RouteRule("loss_to_slag", _lost),
    RouteRule("preprocess_first", _take_apart),
    RouteRule("direct_reuse", _reuse),
    RouteRule("smco_specialist", _samarium),
    RouteRule("short_loop_hpms", _short_loop),
    RouteRule("hpms_remelt", _remelt),
    RouteRule("long_loop_hydromet", _long_loop),
    RouteRule("preprocess_first", _too_thin),
)
"""In order: what closes a lot, what must come first, then the loops from shortest to longest."""


def decide(case: LotCase) -> tuple[RouteRule, str]:
    for rule in RULES:
        reason = rule.decide(case)
        if reason is not None:
            return rule, reason
    raise AssertionError("The last rule takes every lot.")


def case_of(estimate: ContentEstimate, seen: Condition) -> LotCase:
    product = estimate.product
    corrosion = seen.corrosion_class or ("D" if product.typical_coating == "degraded" else "B")
    is_single = seen.is_single_source
    if is_single is None:
        is_single = product.preferred_route in ("short_loop_hpms", "direct_reuse", "preprocess_first")
    is_freed = estimate.is_weighed or _is_loose(estimate) if seen.is_freed is None else seen.is_freed
    composition = estimate.composition
    return LotCase(
        family=estimate.magnet_family,
        form=product.typical_form,
        is_sealed=product.accessibility >= SEALED_ACCESSIBILITY,
        is_freed=is_freed,
        is_bonded=product.typical_form in BONDED_FORMS or "bonded" in product.grade_code,
        is_powder=product.typical_form in POWDER_FORMS,
        is_dispersed=product.typical_form in DISPERSED_FORMS or bool(seen.is_shredded),
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
    """Magnet mass per gross mass where the catalogue knows it. Whole items are mostly steel and copper, so
    for chemistry they count as holding next to none until their magnets are out."""
    if estimate.product.unit_basis == "per_tonne_of_item":
        return estimate.product.magnet_kg.central / 1000
    return 0.0


def _is_loose(estimate: ContentEstimate) -> bool:
    return estimate.product.unit_basis == "per_tonne_of_item" and _magnet_share(estimate) >= SEPARATED_SHARE
