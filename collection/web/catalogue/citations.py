"""Where a figure came from, as people can follow it."""

from __future__ import annotations

import re

CONFIDENCE = {"high": "High", "medium": "Medium", "low": "Low"}
BASIS = {
    "reported": "Reported by the source for such products",
    "derived": "Worked out from figures the source reports",
    "estimate": "A judged estimate",
    "background": "General knowledge of the trade, without a published figure",
}

_BETWEEN_ADDRESSES = re.compile(r"[\s;]+")


def addresses_in(text: str) -> list[str]:
    """The web addresses of a source; sources list several with semicolons between them."""
    return [part for part in _BETWEEN_ADDRESSES.split(text) if part.startswith(("https://", "http://"))]
