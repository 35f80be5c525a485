"""The pages of a draft, or of a lot, as a template keeps them."""

from collections.abc import Mapping

from collection.rules.lot_templates import ANSWERED, stays
from collection.web.logging.answers import Typed

STAYS = stays()
# Who gave a number on one of these pages is asked for the next one's: the page is left out altogether.
ASKED_AGAIN_WITH_A_NUMBER = ("vehicle", "turbine", "defence")


def kept_pages(pages: Mapping[str, Typed]) -> dict[str, Typed]:
    """What stays of these pages. Photos are not asked for again."""
    kept: dict[str, Typed] = {}
    for slug, fields in STAYS.items():
        typed = pages.get(slug, {})
        if slug in ASKED_AGAIN_WITH_A_NUMBER and typed.get("serial", "").strip():
            continue
        answers = {field: typed[field] for field in fields if typed.get(field)}
        if answers:
            kept[slug] = answers
    return kept | ANSWERED
