"""What the coded words and bare numbers of signals are called when people read them."""

from __future__ import annotations

LEVEL_WORDS: dict[str, dict[str, str]] = {
    "status": {
        "logged": "no offer yet",
        "offered": "a domestic offer is on the table",
        "booked": "a pickup is booked",
    },
    "contract": {
        "none": "no contract",
        "framework": "a framework contract",
        "exclusive": "an exclusive contract",
    },
    "holder_type": {
        "scrapyard": "scrapyard",
        "shredder": "shredder site",
        "elv_atf": "vehicle dismantler (authorised treatment facility)",
        "weee_plant": "plant for waste electricals",
        "itad": "IT asset disposal company",
        "wind_decom": "wind turbine dismantler",
        "defence": "defence disposal",
        "manufacturer": "manufacturer",
        "trader": "scrap trader",
    },
    "form": {
        "separated": "loose magnets",
        "assembly": "assemblies with magnets in them",
        "rotor_motor": "rotors and motors",
        "hdd": "hard disk drives",
        "generator": "generators",
        "shredder_fines": "shredded material",
        "swarf": "grinding sludge and powder",
        "mixed_weee": "mixed waste electricals",
    },
    "chemistry": {"NdFeB": "neodymium (NdFeB)", "SmCo": "samarium–cobalt or another family"},
    "intent": {
        "retain": "to sell to a UK recycler",
        "export": "to export",
        "undecided": "not decided yet",
    },
}
IDENTITIES = {"holder": "this holder", "site": "this site"}
AS_USUAL_LOGITS = 0.1


def level_words(signal: str, level: str) -> str:
    """A level of a signal in plain words; identifiers of holders and sites are never spelled out."""
    if signal in IDENTITIES and level:
        return IDENTITIES[signal]
    return LEVEL_WORDS.get(signal, {}).get(level, level.replace("_", " "))


ONE_OF = {"days": "day", "weeks": "week", "visits": "visit", "dispatches": "dispatch"}


def number_words(unit: str, value: float, *, is_change: bool = False) -> str:
    """A number of a signal with its unit, as a person would say it."""
    if unit == "share":
        return f"{value * 100:+.0f} %" if is_change else f"{value * 100:.0f} %"
    if unit == "logits":
        if abs(value) < AS_USUAL_LOGITS:
            return "about as often as its kind"
        return "more often than its kind" if value > 0 else "less often than its kind"
    if unit == "intervals":
        return f"{value:,.1f} times the usual interval"
    if unit == "count":
        return f"{value:,.0f}"
    number = f"{value:,.0f}"
    return f"{number} {ONE_OF.get(unit, unit) if number == '1' else unit}"
