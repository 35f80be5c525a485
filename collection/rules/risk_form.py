"""The form of a lot's material in the words of the export-risk history, from its product and condition."""

FORMS = (
    "separated",
    "assembly",
    "rotor_motor",
    "hdd",
    "generator",
    "shredder_fines",
    "swarf",
    "mixed_weee",
)

_ROTOR_SHAPES = frozenset({"interior_rotor", "arc_segment"})


def form_of(*, product_code: str, sector: str, typical_form: str, condition: str) -> str:
    """One of `FORMS`. What the condition says goes before what is usual for the product."""
    if condition == "shredded":
        return "shredder_fines"
    if typical_form == "powder_sludge":
        return "swarf"
    if typical_form == "loose_sintered" or condition == "dismantled":
        return "separated"
    if product_code.startswith("weee_hdd"):
        return "hdd"
    if sector == "wind":
        return "generator"
    if typical_form in _ROTOR_SHAPES:
        return "rotor_motor"
    if sector in {"weee", "light_electric_vehicle", "hvac"}:
        return "mixed_weee"
    return "assembly"
