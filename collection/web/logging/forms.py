"""The questions of a new lot in order, a form a page.

Every form says which page of the journey it is (`slug`) and on which lots it belongs to it (`asked_when`),
turns its answers into fields of a `NewLot` (`lot_fields`), and names where problems found by the rules are
shown (`problem_fields`: the rule's field → the form's).
"""

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
    DealerPage,
)
# Pages that stand as they are until somebody opens them.
OFFERED_PAGES: tuple[type[LotPage], ...] = (WeightsPage, NameplatePage, WastePage, PackingPage)
PAGE_OF_SLUG: dict[str, type[LotPage]] = {page.slug: page for page in (*ASKED_PAGES, *OFFERED_PAGES)}
ASKED = tuple(page.slug for page in ASKED_PAGES)
PHOTOS = "photos"


def slugs_for(known: Known) -> tuple[str, ...]:
    """The pages that belong to this lot, asked and offered, in order."""
    return tuple(slug for slug, page in PAGE_OF_SLUG.items() if page.belongs_to(known))


def asked_for(known: Known) -> tuple[str, ...]:
    """The pages that have to be answered for this lot, in order."""
    return tuple(slug for slug in slugs_for(known) if slug in ASKED)
