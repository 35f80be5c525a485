"""The questions of a new lot in order, a form a page.

Every form says which page of the journey it is (`slug`), turns its answers into fields of a `NewLot`
(`lot_fields`), and names where problems found by the rules are shown (`problem_fields`: the rule's field →
the form's).
"""

from collection.web.logging.goods import AmountPage, ProductPage, SourcePage, StatePage
from collection.web.logging.page import LotPage
from collection.web.logging.terms import IntentPage, PlacePage, WastePage, WhenPage

ASKED_PAGES: tuple[type[LotPage], ...] = (
    SourcePage,
    ProductPage,
    AmountPage,
    StatePage,
    PlacePage,
    WhenPage,
    IntentPage,
)
# Pages that stand as they are until somebody opens them.
OFFERED_PAGES: tuple[type[LotPage], ...] = (WastePage,)
PAGE_OF_SLUG: dict[str, type[LotPage]] = {page.slug: page for page in (*ASKED_PAGES, *OFFERED_PAGES)}
ASKED = tuple(page.slug for page in ASKED_PAGES)
PHOTOS = "photos"
