"""The questions of a new lot in order, a form a page.

Every form says which page of the journey it is (`slug`) and on which lots it belongs to it (`asked_when`),
turns its answers into fields of a `NewLot` (`lot_fields`), and names where problems found by the rules are
shown (`problem_fields`: the rule's field → the form's).
"""

from typing import Any

from collection.rules.asking import as_data, holds
from collection.web.logging.dealer import DealerPage
from collection.web.logging.goods import ProductPage, SourcePage, StatePage
from collection.web.logging.origins import DefencePage, NameplatePage, ScannerPage, TurbinePage, VehiclePage
from collection.web.logging.page import Known, LotPage
from collection.web.logging.terms import IntentPage, PlacePage, WhenPage
from collection.web.logging.waste_pages import PackingPage, WastePage
from collection.web.logging.weights import AmountPage, WeightsPage

# Asked of every lot they belong to.
ASKED_PAGES: tuple[type[LotPage], ...] = (
    SourcePage,
    ProductPage,
    VehiclePage,
    TurbinePage,
    ScannerPage,
    DefencePage,
    AmountPage,
    StatePage,
    PlacePage,
    WhenPage,
    IntentPage,
)
# Pages that stand as they are until somebody opens them.
OFFERED_PAGES: tuple[type[LotPage], ...] = (WeightsPage, NameplatePage, WastePage, PackingPage, DealerPage)
PAGE_OF_SLUG: dict[str, type[LotPage]] = {page.slug: page for page in (*ASKED_PAGES, *OFFERED_PAGES)}
ASKED = tuple(page.slug for page in ASKED_PAGES)
PHOTOS = "photos"


def slugs_for(known: Known) -> tuple[str, ...]:
    """The pages that belong to this lot, asked and offered, in order."""
    facts = known.plain()
    return tuple(slug for slug, page in PAGE_OF_SLUG.items() if holds(page.asked_when, facts))


def asked_for(known: Known) -> tuple[str, ...]:
    """The pages that have to be answered for this lot, in order."""
    return tuple(slug for slug in slugs_for(known) if slug in ASKED)


def journey_as_data() -> list[dict[str, Any]]:
    """The pages, in order, with their conditions as plain data: for a browser that has no signal."""
    return [
        {
            "slug": slug,
            "title": page.title,
            "is_asked": slug in ASKED,
            "when": as_data(page.asked_when),
            "fields_when": {name: as_data(condition) for name, condition in page.fields_when.items()},
        }
        for slug, page in PAGE_OF_SLUG.items()
    ]
