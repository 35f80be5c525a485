"""Which List of Waste code fits a lot, why, and the one question that decides between its two forms.

The list has no code for magnets: the source and the process come first, then the material. Most situations
have a code for clean material and one for material with a hazardous component; which applies is the
deciding question. Where the two are mirror entries the answer must come from an assessment (technical
guidance WM3), not from a look. Source: the List of Waste as served by the UK receipt service (2026); the
mapping to magnets is this project's own and a proposal only: the holder classifies.
"""

from dataclasses import dataclass
from enum import StrEnum

from collection.rules.new_lot import Condition


class Hazard(StrEnum):
    """The answer to the deciding question."""

    NONE = "none"
    PRESENT = "present"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Situation:
    """A way waste arises and its codes. One of the two may be missing: then there is nothing to decide."""

    name: str
    clean_code: str
    hazardous_code: str
    question: str
    is_mirror: bool = False


@dataclass(frozen=True, slots=True)
class CodeProposal:
    """A proposed code. `ewc_code` is six digits; `question` is empty where nothing is left to decide.

    `needs_answer` is true where the question was not answered, so that the proposal may turn.
    `alternatives` are codes with the circumstance in which they would fit better.
    """

    ewc_code: str
    is_hazardous: bool
    why: str
    question: str
    needs_answer: bool
    is_mirror: bool
    alternatives: tuple[tuple[str, str], ...] = ()


_COMPONENT_QUESTION = "Does it still hold a battery, a capacitor, oil, refrigerant, mercury or beryllia?"
_CONTAMINATION_QUESTION = "Is it contaminated with oil, tar, asbestos or anything else hazardous?"
_SLUDGE_QUESTION = "Does the sludge hold oil or anything else hazardous, such as cobalt or nickel dust?"

WHOLE_EQUIPMENT = Situation("whole equipment of a business", "160214", "160213", _COMPONENT_QUESTION)
REMOVED_COMPONENT = Situation("a part taken out of equipment", "160216", "160215", _COMPONENT_QUESTION)
HOUSEHOLD_EQUIPMENT = Situation("equipment from households", "200136", "200135", _COMPONENT_QUESTION)
VEHICLE_PART = Situation("a part taken out of a vehicle", "160122", "160121", _COMPONENT_QUESTION)
WHOLE_VEHICLE = Situation(
    "a whole end-of-life vehicle", "160106", "160104", "Are fluids, battery or airbags still in it?"
)
DEMOLITION_METAL = Situation(
    "mixed metal from taking down a structure", "170407", "170409", _CONTAMINATION_QUESTION, is_mirror=True
)
DEMOLITION_STEEL = Situation(
    "iron and steel from taking down a structure", "170405", "170409", _CONTAMINATION_QUESTION, is_mirror=True
)
SHREDDER_STEEL = Situation("iron and steel out of a shredder", "191001", "", "")
SHREDDER_NON_FERROUS = Situation("non-ferrous metal out of a shredder", "191002", "", "")
SHREDDER_OTHER = Situation(
    "another fraction out of a shredder", "191006", "191005", _CONTAMINATION_QUESTION, is_mirror=True
)
SHREDDER_FLUFF = Situation(
    "fluff or dust out of a shredder", "191004", "191003", _CONTAMINATION_QUESTION, is_mirror=True
)
SORTED_STEEL = Situation("iron and steel out of a sorting plant", "191202", "", "")
SORTED_NON_FERROUS = Situation("non-ferrous metal out of a sorting plant", "191203", "", "")
SORTED_OTHER = Situation(
    "another fraction out of a sorting plant", "191212", "191211", _CONTAMINATION_QUESTION, is_mirror=True
)
MAKING_OFFCUTS = Situation("clean offcuts and turnings from making magnets", "120103", "", "")
MAKING_DUST = Situation("dry dust and particles from making magnets", "120104", "", "")
OILY_SLUDGE = Situation("oily sludge from grinding magnets", "", "120118", "", is_mirror=True)
MAKING_SLUDGE = Situation("machining sludge", "120115", "120114", _SLUDGE_QUESTION, is_mirror=True)
MUNITION = Situation("munitions", "", "160401", "")

SITUATIONS = (
    WHOLE_EQUIPMENT,
    REMOVED_COMPONENT,
    HOUSEHOLD_EQUIPMENT,
    VEHICLE_PART,
    WHOLE_VEHICLE,
    DEMOLITION_METAL,
    DEMOLITION_STEEL,
    SHREDDER_STEEL,
    SHREDDER_NON_FERROUS,
    SHREDDER_OTHER,
    SHREDDER_FLUFF,
    SORTED_STEEL,
    SORTED_NON_FERROUS,
    SORTED_OTHER,
    MAKING_OFFCUTS,
    MAKING_DUST,
    OILY_SLUDGE,
    MAKING_SLUDGE,
    MUNITION,
)
# The first situation that uses a code is the one a product's suggested code stands for.
_SITUATION_OF_CODE: dict[str, Situation] = {}
for _situation in SITUATIONS:
    for _code in (_situation.clean_code, _situation.hazardous_code):
        if _code:
            _SITUATION_OF_CODE.setdefault(_code, _situation)

_VEHICLE_SECTORS = frozenset({"automotive"})


def propose_code(
    *, source_kind: str, sector: str, suggested_code: str, condition: str, hazard: Hazard = Hazard.UNKNOWN
) -> CodeProposal:
    """Propose a List of Waste code.

    `sector` and `suggested_code` (six digits, may be empty) are the product's; `source_kind` and
    `condition` the lot's. Without an answer the product's own suggestion decides: equipment that normally
    still holds something hazardous is proposed as hazardous until somebody says it was taken out.
    """
    situation = _situation_of(source_kind, sector, suggested_code, condition)
    is_hazardous = _is_hazardous(situation, suggested_code, hazard)
    decides = bool(situation.clean_code and situation.hazardous_code)
    return CodeProposal(
        ewc_code=situation.hazardous_code if is_hazardous else situation.clean_code,
        is_hazardous=is_hazardous,
        why=_why(situation, is_hazardous, hazard if decides else Hazard.NONE),
        question=situation.question if decides else "",
        needs_answer=decides and hazard is Hazard.UNKNOWN,
        is_mirror=situation.is_mirror,
        alternatives=_alternatives(situation, source_kind, sector, is_hazardous),
    )


def _situation_of(source_kind: str, sector: str, suggested_code: str, condition: str) -> Situation:
    """What happened to the material outranks what it was; the product's suggestion covers the rest."""
    suggested = _SITUATION_OF_CODE.get(suggested_code)
    if suggested is MUNITION or sector == "scrap_fraction":
        return suggested or REMOVED_COMPONENT
    if condition == Condition.SHREDDED:
        return SHREDDER_OTHER
    if sector in _VEHICLE_SECTORS:
        return VEHICLE_PART
    if condition == Condition.DISMANTLED:
        return REMOVED_COMPONENT
    if suggested is HOUSEHOLD_EQUIPMENT and source_kind not in {"weee", "scrapyard"}:
        return WHOLE_EQUIPMENT
    return suggested or WHOLE_EQUIPMENT


def _is_hazardous(situation: Situation, suggested_code: str, hazard: Hazard) -> bool:
    if not situation.clean_code:
        return True
    if not situation.hazardous_code:
        return False
    if hazard is Hazard.UNKNOWN:
        suggested = _SITUATION_OF_CODE.get(suggested_code)
        return suggested is not None and suggested_code == suggested.hazardous_code
    return hazard is Hazard.PRESENT


def _why(situation: Situation, is_hazardous: bool, hazard: Hazard) -> str:
    start = f"The list has no code for magnets, so the code follows how they arose: {situation.name}."
    if hazard is Hazard.PRESENT:
        return f"{start} You said a hazardous component is present."
    if hazard is Hazard.UNKNOWN:
        usual = "usually still there" if is_hazardous else "not expected"
        return f"{start} A hazardous component is {usual} in this product; please confirm."
    if is_hazardous:
        return f"{start} The list counts it as hazardous whatever it holds."
    return f"{start} Nothing hazardous is left in it."


def _alternatives(
    situation: Situation, source_kind: str, sector: str, is_hazardous: bool
) -> tuple[tuple[str, str], ...]:
    """Codes worth knowing of, each with when it fits; in the same form, clean or hazardous."""

    def form(other: Situation) -> str:
        return (is_hazardous and other.hazardous_code) or other.clean_code

    found: list[tuple[str, str]] = []
    if situation in (WHOLE_EQUIPMENT, REMOVED_COMPONENT) and (source_kind == "weee" or sector == "weee"):
        found.append((form(HOUSEHOLD_EQUIPMENT), "where the council or a shop took it back from households"))
    if situation is HOUSEHOLD_EQUIPMENT:
        found.append((form(WHOLE_EQUIPMENT), "where a business discarded it"))
    if situation is WHOLE_EQUIPMENT:
        found.append((form(REMOVED_COMPONENT), "once the magnets or rotors are taken out"))
    if sector == "wind":
        found.append((form(DEMOLITION_METAL), "where it leaves the site as stripped, mixed demolition metal"))
    if situation is VEHICLE_PART:
        found.append((form(WHOLE_VEHICLE), "where the whole vehicle moves"))
    if situation is SHREDDER_OTHER:
        found.append((SHREDDER_NON_FERROUS.clean_code, "where it is the sorted non-ferrous fraction"))
        found.append((SHREDDER_STEEL.clean_code, "where the magnets left stuck to the steel"))
    if situation is OILY_SLUDGE:
        found.append((MAKING_SLUDGE.clean_code, "where an assessment shows no oil and nothing hazardous"))
    return tuple(found)
