"""Offers of recyclers and bids from abroad: what may be said, how long it stands, and who is asked first.

Prices are pence per kilogram of the lot as it lies, magnets and all, so that an offer and a bid can be held
side by side.
"""

import datetime as dt
from enum import StrEnum

LOWEST_PENCE, HIGHEST_PENCE = 1, 100_000
SHORTEST_DAYS, USUAL_DAYS, LONGEST_DAYS = 1, 14, 90
# A warning opens a window in which domestic recyclers are asked first. It binds nobody and blocks no sale.
FIRST_OFFER_DAYS = 14


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    LAPSED = "lapsed"


OFFER_WORDS = {
    OfferState.OPEN: "Waiting for an answer",
    OfferState.ACCEPTED: "Accepted",
    OfferState.DECLINED: "Declined",
    OfferState.WITHDRAWN: "Withdrawn by the recycler",
    OfferState.REPLACED: "Replaced by a newer offer",
    OfferState.LAPSED: "Ran out without an answer",
}
# While an offer is in one of these, the lot has a domestic buyer in view.
IN_HAND = frozenset({OfferState.OPEN, OfferState.ACCEPTED})


class SiteEventKind(StrEnum):
    """What the register may be told of a site: the words of the lot history layout."""

    BROKER_VISIT = "broker_visit"
    DISPATCH = "dispatch"


SITE_EVENT_WORDS = {
    SiteEventKind.BROKER_VISIT: "A broker or foreign buyer came to the site",
    SiteEventKind.DISPATCH: "A load was dispatched from the site",
}


class OfferInputError(ValueError):
    """A price or a time that cannot be meant; `field` says which, the message how to put it right."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def check_price(pence_per_kg: int) -> None:
    """Raises OfferInputError outside 1p to £1,000 a kilogram."""
    if not LOWEST_PENCE <= pence_per_kg <= HIGHEST_PENCE:
        raise OfferInputError(
            "pence_per_kg",
            f"The price must be between £{LOWEST_PENCE / 100:.2f} and £{HIGHEST_PENCE / 100:,.0f} for a "
            "kilogram of the lot as it lies",
        )


def stands_until(at: dt.datetime, days: int) -> dt.datetime:
    """When an offer made now runs out. Raises OfferInputError for too short or too long."""
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise OfferInputError("days", f"An offer stands for {SHORTEST_DAYS} to {LONGEST_DAYS} days")
    return at + dt.timedelta(days=days)


def first_offer_until(flag_opened_at: dt.datetime) -> dt.datetime:
    """The end of the window in which domestic recyclers are asked first."""
    return flag_opened_at + dt.timedelta(days=FIRST_OFFER_DAYS)


def pounds(pence: int) -> str:
    return f"£{pence / 100:,.2f}"
