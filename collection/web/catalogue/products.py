"""Products: the list with its search, and the page of one product."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.models import ProductCoefficient, SourceKind
from collection.queries.catalogue import coefficient_versions
from collection.queries.reference import current_catalogue, find_products
from collection.queries.waste import written_code
from collection.rules.content import Catalogue, Spread
from collection.rules.content.coefficients import Grade, Product, holds_rare_earths
from collection.rules.product_search import LONGEST_QUERY
from collection.rules.roles import Permission, Viewer
from collection.rules.spoken_mass import mass
from collection.web.access import signed_in
from collection.web.catalogue.citations import BASIS, CONFIDENCE, addresses_in
from collection.web.kit.components import SummaryRow
from collection.web.kit.numbers import percent

MOST_FOUND = 30
PER_UNIT = {"item": "per item", "MW": "per MW of nameplate", "tonne": "per tonne of the item"}
ACCESSIBILITY = {
    1: "1 of 5: lies open",
    2: "2 of 5: easy to reach",
    3: "3 of 5: takes some dismantling",
    4: "4 of 5: hard to reach, take apart first",
    5: "5 of 5: sealed in, take apart first",
}
ELEMENT_NAMES = {
    "Nd": "Neodymium",
    "Pr": "Praseodymium",
    "Dy": "Dysprosium",
    "Tb": "Terbium",
    "Sm": "Samarium",
    "Fe": "Iron",
    "B": "Boron",
    "Co": "Cobalt",
    "Cu": "Copper",
    "Zr": "Zirconium",
}


@require_safe
@signed_in
def catalogue(request: HttpRequest) -> HttpResponse:
    """All products by name, or those that people call what was typed, best first."""
    known = current_catalogue().products
    words = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    if words:
        found = [known[match.code] for match in find_products(words, limit=MOST_FOUND) if match.code in known]
    else:
        found = sorted(known.values(), key=lambda each: each.name.casefold())
    context = {
        "words": words,
        "rows": [_listed(each) for each in found],
        "count": len(known),
        "may_change": may_administer(request),
    }
    return render(request, "collection/catalogue/products.html", context)


@require_safe
@signed_in
def product(request: HttpRequest, code: str) -> HttpResponse:
    """One product with every figure an estimate of it uses and where each comes from."""
    current = current_catalogue()
    found = current.products.get(code)
    if found is None:
        raise Http404("There is no such product.")
    grade = current.grades[found.grade_code]
    context = {
        "product": found,
        "sector": _sector(found),
        "statement": no_rare_earths(found),
        "facts": _facts(found, current),
        "grade": grade,
        "grade_links": addresses_in(grade.source_url),
        "composition": _composition(grade),
        "may_change": may_administer(request),
        "versions": [_version(each, found) for each in coefficient_versions(code)],
    }
    return render(request, "collection/catalogue/product.html", context)


def may_administer(request: HttpRequest) -> bool:
    """Whether whoever looks may change the catalogue; people without a membership may not."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    return viewer is not None and viewer.may(Permission.ADMINISTER)


def no_rare_earths(found: Product) -> str:
    """The plain sentence for a product without rare earths; empty for all others."""
    if not holds_rare_earths(found.magnet_family):
        return f"These are {found.magnet_family} magnets. They hold no rare earths."
    if found.magnet_kg.central == 0:
        return "This product holds no magnets by design, so it holds no rare earths from magnets."
    return ""


def _listed(found: Product) -> dict[str, object]:
    return {
        "product": found,
        "sector": _sector(found),
        "magnets": grams_of(found.magnet_kg.central),
        "range": f"{grams_of(found.magnet_kg.low)} to {grams_of(found.magnet_kg.high)}",
        "unit": PER_UNIT[found.unit],
        "has_rare_earths": not no_rare_earths(found),
        "confidence": CONFIDENCE.get(found.confidence, found.confidence),
    }


def _sector(found: Product) -> str:
    known = dict(SourceKind.choices) | {"hvac": "Heating and ventilation"}
    return str(known.get(found.source_sector, found.source_sector.replace("_", " ").capitalize()))


def _facts(found: Product, current: Catalogue) -> list[SummaryRow]:
    route = current.routes.get(found.preferred_route)
    rows = [
        SummaryRow(f"Magnets {PER_UNIT[found.unit]}", _range_lines(found.magnet_kg)),
        SummaryRow("Share that hold them", f"{percent(found.prevalence)} of such products"),
        SummaryRow("Magnet family", found.magnet_family),
        SummaryRow("Evidence", BASIS.get(found.basis, found.basis)),
        SummaryRow("Confidence", CONFIDENCE.get(found.confidence, found.confidence)),
        SummaryRow("Typical form", found.typical_form.replace("_", " ").capitalize()),
        SummaryRow("Typical grade", found.typical_grade),
        SummaryRow("Typical coating", found.typical_coating),
        SummaryRow("How easily the magnets come out", ACCESSIBILITY.get(found.accessibility, "")),
        SummaryRow(
            "Service life", f"About {found.service_life_years:g} years" if found.service_life_years else ""
        ),
        SummaryRow("Suggested waste code", _waste_code(found)),
        SummaryRow("Usual route", route.name if route else ""),
        SummaryRow("Also called", ", ".join(found.synonyms)),
        SummaryRow("Notes", found.notes),
    ]
    return [row for row in rows if row.value]


def _waste_code(found: Product) -> list[str]:
    code = found.ewc_code
    if not code:
        return []
    return [
        written_code(code) if len(code) == 6 else code,
        "A suggestion: whoever hands the waste over assesses it.",
    ]


def _range_lines(kilograms: Spread) -> list[str]:
    return [
        grams_of(kilograms.central),
        f"low {grams_of(kilograms.low)}, high {grams_of(kilograms.high)}; 80 % of cases lie between",
    ]


def grams_of(kilograms: float) -> str:
    """Kilograms of a coefficient as people read a mass."""
    grams = kilograms * 1000
    return mass(round(grams)) if grams >= 10 or grams == 0 else f"{grams:.2g} g"


def _composition(grade: Grade) -> list[dict[str, str]]:
    """Mass per cent of each element the grade may hold, rare earths first, and their total."""
    shares = [(ELEMENT_NAMES.get(element, element), spread) for element, spread in grade.fractions.items()]
    shares.append(("Rare earths together", grade.total_ree))
    return [
        {
            "name": name,
            "low": percent(spread.low, 2),
            "central": percent(spread.central, 2),
            "high": percent(spread.high, 2),
        }
        for name, spread in shares
        if spread.high > 0
    ]


def _version(coefficient: ProductCoefficient, found: Product) -> dict[str, object]:
    kilograms: Sequence[float] = [
        float(bound)
        for bound in (coefficient.magnet_kg_low, coefficient.magnet_kg_central, coefficient.magnet_kg_high)
    ]
    low, central, high = kilograms
    return {
        "row": coefficient,
        "central": grams_of(central),
        "range": f"{grams_of(low)} to {grams_of(high)}",
        "unit": PER_UNIT[found.unit],
        "prevalence": percent(coefficient.prevalence_central),
        "basis": BASIS.get(coefficient.basis, coefficient.basis),
        "confidence": CONFIDENCE.get(coefficient.confidence, coefficient.confidence),
        "links": addresses_in(coefficient.source_url),
    }
