"""The two price lists lots are valued on, with their dates and what is left out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.queries.reference import current_catalogue
from collection.rules.valuation import (
    BASES,
    NOT_VALUED_STATEMENT,
    PAYABLE_SHARE,
    PAYABLE_STATEMENT,
    PriceLine,
    price_lines,
    rate_statement,
)
from collection.web.access import signed_in
from collection.web.catalogue.citations import addresses_in
from collection.web.catalogue.products import may_administer
from collection.web.kit.numbers import percent


@require_safe
@signed_in
def prices(request: HttpRequest) -> HttpResponse:
    """Every price in use: US dollars without VAT per kilogram of element contained."""
    catalogue = current_catalogue()
    lists = [
        (name, [_row(line) for line in price_lines(catalogue.prices, basis).values()])
        for basis, name in BASES.items()
    ]
    context = {
        "lists": lists,
        "rate": rate_statement(catalogue.exchange_rate),
        "not_valued": NOT_VALUED_STATEMENT,
        "payable": PAYABLE_STATEMENT,
        "shares": [
            (catalogue.routes[code].name, percent(low), percent(high))
            for code, (low, high) in PAYABLE_SHARE.items()
            if code in catalogue.routes
        ],
        "may_change": may_administer(request),
    }
    return render(request, "collection/catalogue/prices.html", context)


def _row(line: PriceLine) -> dict[str, object]:
    return {"line": line, "links": addresses_in(line.source_url)}
