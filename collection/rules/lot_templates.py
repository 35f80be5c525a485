"""What a template of a lot keeps, whichever door it came by: answers that are the same from lot to lot, and no
others, so that what a new question asks is asked.

Never kept are weights, counts, numbers that tell one thing from all others, days, people and free texts. A
template holds pages of the journey (page → field → text, as typed); software sees the fields of a lot.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from collection.rules.mass_input import read_power_kw

Pages = dict[str, dict[str, str]]

# Field of a lot → its page and field in the journey.
KEPT: dict[str, tuple[str, str]] = {
    "source_kind": ("source", "source_kind"),
    "product_code": ("product", "product-picked"),
    "drive": ("vehicle", "drive"),
    "turbine_model": ("turbine", "model-picked"),
    "scanner_magnet": ("scanner", "scanner_magnet"),
    "stock_number": ("defence", "stock_number"),
    "maker": ("nameplate", "maker"),
    "model_name": ("nameplate", "model_name"),
    "power_kw": ("nameplate", "power"),
    "condition": ("state", "condition"),
    "is_magnetised": ("state", "is_magnetised"),
    "site_id": ("place", "place"),
    "postcode": ("place", "postcode"),
    "intent": ("intent", "intent"),
    "hazard": ("waste", "hazard"),
    "ewc_code": ("waste", "code-picked"),
    "physical_form": ("packing", "physical_form"),
    "container_type": ("packing", "container_type"),
}
# What a person reads in a look-up, beside the code that was picked: field of a lot → page and field.
WORDS: dict[str, tuple[str, str]] = {
    "product_code": ("product", "product"),
    "turbine_model": ("turbine", "model"),
    "ewc_code": ("waste", "code"),
}
# What picking a turbine as the product says besides.
OF_A_PICKED_TURBINE = (("product", "turbine"), ("product", "turbine-code"), ("product", "megawatts"))
# Days are today's, and photos are not asked for again.
ANSWERED: Pages = {"when": {"when": "now"}, "photos": {}}
OTHER_PLACE = "other"


def stays() -> dict[str, tuple[str, ...]]:
    """Page → its fields that a template keeps."""
    found: dict[str, list[str]] = {}
    for page, field in (*KEPT.values(), *WORDS.values(), *OF_A_PICKED_TURBINE):
        found.setdefault(page, []).append(field)
    return {page: tuple(fields) for page, fields in found.items()}


def lot_fields_of(pages: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A template's pages as fields of a lot; what it does not say is left out."""
    typed = {name: pages.get(page, {}).get(field, "") for name, (page, field) in KEPT.items()}
    fields: dict[str, Any] = {name: text for name, text in typed.items() if text}
    if "is_magnetised" in fields:
        fields["is_magnetised"] = fields["is_magnetised"] == "yes"
    if "power_kw" in fields:
        fields["power_kw"] = read_power_kw(fields["power_kw"], field="power_kw")
    if fields.get("site_id") == OTHER_PLACE:
        del fields["site_id"]
    elif "site_id" in fields:
        fields["site_id"] = int(fields["site_id"])
        fields.pop("postcode", None)
    return fields


def pages_of(fields: Mapping[str, Any], words: Mapping[str, str]) -> Pages:
    """Fields of a lot as a template's pages. `words` says what a person reads for each picked code."""
    pages: Pages = {}
    for name, (page, field) in KEPT.items():
        text = _text(fields.get(name))
        if text:
            pages.setdefault(page, {})[field] = f"{text} kW" if name == "power_kw" else text
    for name, (page, field) in WORDS.items():
        if _text(fields.get(name)):
            pages[page][field] = words[name]
    if fields.get("postcode") and not fields.get("site_id"):
        pages["place"]["place"] = OTHER_PLACE
    return pages | ANSWERED


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
