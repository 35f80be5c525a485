"""What fetching a lot needs of vehicle, crew and trip, in the words the solver's sentences use."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

# What two people lift: a heavier piece needs a forklift in the yard or lifting gear on the vehicle.
HAND_LIFTED_GRAMS = 50_000
LIFTING_SKILLS = frozenset({"tail_lift", "crane"})
CLEARED_CREW, ADR_CREW, VAN = "security_clearance", "adr", "van"
# Skills as the solver's sentences say them: "There is no vehicle with security clearance, which … needs."
LIFTING, CLEARANCE, SMALL_VEHICLE = "a tail-lift or a crane", "security clearance", "a van's size"
DANGEROUS_GOODS = "ADR training"

# Hazardous properties with a class of dangerous goods of their own (ADR 2.2: explosive, oxidising, flammable
# or pyrophoric, toxic, corrosive, infectious, giving off gas with water). HP 14 alone is left out: whether it
# makes class 9 of a solid depends on a concentration nobody records here. ADR 1.1.3.6 eases small loads; that is
# not counted on.
DANGEROUS_PROPERTIES = frozenset({"HP_1", "HP_2", "HP_3", "HP_6", "HP_8", "HP_9", "HP_12"})

ORDINARY, DEFENCE, HAZARDOUS, HAZARDOUS_DEFENCE = (
    "",
    "defence loads",
    "hazardous waste",
    "hazardous defence loads",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is to be fetched of one lot. `properties` are hazardous properties such as HP_3."""

    is_defence: bool
    is_hazardous: bool
    properties: Collection[str]
    piece_grams: float


def skills_needed(loads: Iterable[Load], *, largest_vehicle: str, has_lifting_gear: bool) -> frozenset[str]:
    """What a vehicle and its crew must be able to do to fetch these loads at one place."""
    loads = tuple(loads)
    heaviest = max((load.piece_grams for load in loads), default=0)
    needed = {
        CLEARANCE: any(load.is_defence for load in loads),
        SMALL_VEHICLE: largest_vehicle == VAN,
        LIFTING: heaviest > HAND_LIFTED_GRAMS and not has_lifting_gear,
        DANGEROUS_GOODS: any(DANGEROUS_PROPERTIES.intersection(load.properties) for load in loads),
    }
    return frozenset(name for name, is_needed in needed.items() if is_needed)


def skills_of(skills: Collection[str], profile: str) -> frozenset[str]:
    """What a vehicle and its crew can do, from the vehicles register."""
    has = {
        CLEARANCE: CLEARED_CREW in skills,
        SMALL_VEHICLE: profile == VAN,
        LIFTING: bool(LIFTING_SKILLS.intersection(skills)),
        DANGEROUS_GOODS: ADR_CREW in skills,
    }
    return frozenset(name for name, does in has.items() if does)


def kept_apart(*, is_defence: bool, is_hazardous: bool) -> str:
    """The kind of load: no trip holds two.

    Hazardous waste is not mixed with other waste (Hazardous Waste Regulations 2005, regulation 19, and their
    Scottish and Northern Irish likes), and where a defence lot comes from concerns nobody on the same round.
    """
    if is_defence:
        return HAZARDOUS_DEFENCE if is_hazardous else DEFENCE
    return HAZARDOUS if is_hazardous else ORDINARY
