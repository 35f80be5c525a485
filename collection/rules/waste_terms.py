"""How waste is described to whoever carries it: hazardous properties, physical form, containers, in our own words.

The codes are those of the regulators' receipt service (lists in `collection/data/`), whose descriptions may not
be shown; the words here are Lodestone's own.
"""

from collections.abc import Iterator
from enum import StrEnum

from collection.rules.answers import Problem, error, warning


class PhysicalForm(StrEnum):
    """The state the waste is in, as a movement states it."""

    SOLID = "Solid"
    POWDER = "Powder"
    SLUDGE = "Sludge"
    LIQUID = "Liquid"
    GAS = "Gas"
    MIXED = "Mixed"


FORM_LABELS: dict[PhysicalForm, str] = {
    PhysicalForm.SOLID: "Solid pieces",
    PhysicalForm.POWDER: "Powder or dust",
    PhysicalForm.SLUDGE: "Sludge or wet swarf",
    PhysicalForm.LIQUID: "Liquid",
    PhysicalForm.GAS: "Gas",
    PhysicalForm.MIXED: "A mixture of these",
}

# Code → what it means, and where a magnet lot may meet it.
HAZARDOUS_PROPERTIES: dict[str, tuple[str, str]] = {
    "HP_1": ("Can explode", "Munitions, airbag charges"),
    "HP_2": ("Feeds a fire", "Oxygen candles, some cells"),
    "HP_3": ("Catches fire", "Magnet powder and swarf, oil, lithium cells"),
    "HP_4": ("Irritates skin or eyes", "Coolant, adhesive dust"),
    "HP_5": ("Harms an organ, or the lungs if swallowed", "Nickel dust, compressor oil"),
    "HP_6": ("Poisonous", "Mercury, beryllia"),
    "HP_7": ("May cause cancer", "Nickel or cobalt dust, beryllia, old chromate coating"),
    "HP_8": ("Burns skin", "Battery acid, caustic coolant"),
    "HP_9": ("May infect", "Hospital equipment not yet cleaned"),
    "HP_10": ("Harms fertility or the unborn", "Lead, cobalt dust"),
    "HP_11": ("Damages genes", "Some coolants"),
    "HP_12": ("Gives off poisonous gas with water or acid", "Damaged cells, sulphides"),
    "HP_13": ("May cause allergy", "Nickel, cobalt, epoxy"),
    "HP_14": ("Harms the environment", "Oil, refrigerant, nickel, copper dust"),
    "HP_15": ("May turn into one of these later", "Sealed or reactive residue"),
    "HP_POP": ("Holds persistent pollutants above the limit", "Flame-retarded casings, old capacitors"),
}

# Hazardous code → the properties that waste of it has most often among magnets and their hosts. Which of them it
# has is for the holder's assessment (technical guidance WM3) to say.
_COMPONENTS = ("HP_3", "HP_5", "HP_6", "HP_8", "HP_14")
_CONTAMINATED = ("HP_3", "HP_7", "HP_14", "HP_POP")
LIKELY_PROPERTIES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("160213", "160215", "200135", "160121"), _COMPONENTS),
    "160104": ("HP_1", "HP_3", "HP_8", "HP_14"),
    **dict.fromkeys(("170409", "191003", "191005", "191211"), _CONTAMINATED),
    **dict.fromkeys(("120118", "120114"), ("HP_3", "HP_5", "HP_7", "HP_13", "HP_14")),
    "160401": ("HP_1", "HP_2", "HP_3", "HP_6"),
}

CONTAINERS: dict[str, str] = {
    "LOO": "Loose, no container",
    "PAL": "Pallet",
    "BOX": "Box or crate",
    "CAR": "Cage or stillage",
    "DRU": "Drum",
    "FIB": "Fibre drum",
    "BAG": "Bag or sack",
    "IBC": "IBC",
    "SKI": "Skip",
    "ROR": "Roll-on roll-off",
    "WBI": "Wheelie bin",
    "CAN": "Can",
    "CAS": "Cask",
    "BAL": "Bale",
    "TAN": "Tank",
    "CON": "Another container",
}
MOST_CONTAINERS = 10_000


def property_name(code: str) -> str:
    """ "HP 3 Catches fire"."""
    return f"{code.replace('_', ' ')} {HAZARDOUS_PROPERTIES[code][0]}"


def check_waste_terms(
    *,
    hazardous_properties: tuple[str, ...],
    physical_form: str,
    container_type: str,
    container_count: int | None,
    code_is_hazardous: bool | None,
) -> Iterator[Problem]:
    """Every problem of the description. `code_is_hazardous` is what the list says of the lot's waste code; None
    where it has none."""
    unknown = [code for code in hazardous_properties if code not in HAZARDOUS_PROPERTIES]
    if unknown:
        yield error(
            "hazardous_properties",
            "not_a_choice",
            f"“{unknown[0][:20]}” is not a hazardous property.",
            "Choose from HP_1 to HP_15 and HP_POP.",
        )
    if code_is_hazardous and not hazardous_properties:
        yield warning(
            "hazardous_properties",
            "property_missing",
            "The waste code is hazardous, and nobody said in what way.",
            "Choose the hazardous properties: the consignment note cannot be written without them.",
        )
    if code_is_hazardous is False and hazardous_properties:
        yield error(
            "hazardous_properties",
            "code_not_hazardous",
            "Hazardous properties were given with a waste code that is not hazardous.",
            "Choose the hazardous code, or leave the properties out.",
        )
    if physical_form and physical_form not in tuple(PhysicalForm):
        yield error(
            "physical_form",
            "not_a_choice",
            f"Physical form: “{physical_form[:20]}” is not one of the answers.",
            f"Choose one of: {', '.join(PhysicalForm)}.",
        )
    yield from _check_containers(container_type, container_count)


def _check_containers(container_type: str, count: int | None) -> Iterator[Problem]:
    if container_type and container_type not in CONTAINERS:
        yield error(
            "container_type",
            "not_a_choice",
            f"Container: “{container_type[:20]}” is not one of the answers.",
            f"Choose one of: {', '.join(CONTAINERS)}.",
        )
    if count is None:
        return
    if not 0 < count <= MOST_CONTAINERS:
        yield error(
            "container_count",
            "not_possible",
            f"{count:,} containers cannot be.",
            f"Give a whole number from 1 to {MOST_CONTAINERS:,}, or leave it empty.",
        )
    if not container_type:
        yield error(
            "container_type",
            "missing",
            "The number of containers was given, but not what they are.",
            "Choose the container, or leave the number empty.",
        )
    elif container_type == "LOO":
        yield error(
            "container_count",
            "loose_has_none",
            "A loose load has no containers to count.",
            "Leave the number empty, or choose the container.",
        )
