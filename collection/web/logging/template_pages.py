"""Which answers a template keeps: those named here and no others, so that what a new question asks is asked."""

from collections.abc import Mapping

from collection.web.logging.answers import Typed
from collection.web.logging.forms import PHOTOS

# Page → its fields that are the same from lot to lot. Never a weight, a count, a number that tells one thing
# from all others, a day, a person, a free text.
STAYS: dict[str, tuple[str, ...]] = {
    "source": ("source_kind",),
    "product": ("product", "product-picked", "turbine", "turbine-code", "megawatts"),
    "vehicle": ("drive",),
    "turbine": ("model", "model-picked"),
    "scanner": ("scanner_magnet",),
    "defence": ("stock_number",),
    "nameplate": ("maker", "model_name", "power"),
    "state": ("condition", "is_magnetised"),
    "place": ("place", "postcode"),
    "intent": ("intent",),
    "waste": ("hazard", "code", "code-picked"),
    "packing": ("physical_form", "container_type"),
}
# Who gave a number on one of these pages is asked for the next one's: the page is left out altogether.
ASKED_AGAIN_WITH_A_NUMBER = ("vehicle", "turbine", "defence")


def kept_pages(pages: Mapping[str, Typed]) -> dict[str, Typed]:
    """The pages of a draft, or of a lot, as a template keeps them. Photos are not asked for again."""
    kept: dict[str, Typed] = {}
    for slug, fields in STAYS.items():
        typed = pages.get(slug, {})
        if slug in ASKED_AGAIN_WITH_A_NUMBER and typed.get("serial", "").strip():
            continue
        answers = {field: typed[field] for field in fields if typed.get(field)}
        if answers:
            kept[slug] = answers
    return kept | {"when": {"when": "now"}, PHOTOS: {}}
