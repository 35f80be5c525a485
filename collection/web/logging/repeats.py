"""A new lot like an earlier one, without what changes from lot to lot: the amount, the numbers, the build year."""

from __future__ import annotations

from collection.models import Lot, SourceDetails
from collection.web.logging.answers import Typed
from collection.web.logging.forms import PHOTOS
from collection.web.logging.terms import OTHER_PLACE


def pages_like(lot: Lot) -> dict[str, Typed]:
    """The pages of a new lot like an earlier one. Photos are not asked for again.

    Who gave the earlier lot a serial number, VIN or plate is asked for the new one's; who did not is not.
    """
    place = {"place": str(lot.site_id)} if lot.site_id else {"place": OTHER_PLACE, "postcode": lot.outcode}
    pages = {
        "source": {"source_kind": lot.source_kind},
        "product": {"product": lot.product.name, "product-picked": lot.product.code},
        "state": {"condition": lot.condition, "is_magnetised": _yes_or_no(lot.is_magnetised)},
        "place": place,
        "when": {"when": "now"},
        "intent": {"intent": lot.intent},
        PHOTOS: {},
    }
    details = SourceDetails.objects.filter(lot=lot).first()
    return pages if lot.serial or details is None else pages | _pages_of_source(details)


def _pages_of_source(details: SourceDetails) -> dict[str, Typed]:
    pages: dict[str, Typed] = {}
    if details.drive:
        pages["vehicle"] = {"drive": details.drive}
    if details.scanner_magnet:
        pages["scanner"] = {"scanner_magnet": details.scanner_magnet}
    if details.turbine_model is not None:
        code = details.turbine_model.code
        pages["turbine"] = {"model": str(details.turbine_model), "model-picked": code}
    if details.stock_number:
        pages["defence"] = {"stock_number": details.stock_number}
    return pages


def _yes_or_no(answer: bool | None) -> str:
    return "" if answer is None else "yes" if answer else "no"
