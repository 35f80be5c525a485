"""Product types entered and figures changed by a person: versions, never edits."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from collection.actions.reference.tables import checksum_of_values
from collection.models import ProductCoefficient, ProductSynonym, ProductType
from collection.queries.catalogue import current_catalogue
from collection.rules.content.product_entry import (
    Figures,
    NewProduct,
    ProductRefusedError,
    check_product,
    figure_problems,
    synonym_problems,
)
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission, Viewer, require
from collection.rules.waste_codes import read_ewc_code


def add_product(viewer: Viewer, wanted: NewProduct, *, at: dt.datetime) -> ProductType:
    """A product type with its first coefficient; it can be logged and estimated from then on.

    Raises NotPermittedError, ProductRefusedError.
    """
    require(viewer, Permission.ADMINISTER)
    catalogue = current_catalogue()
    check_product(catalogue, wanted)
    with transaction.atomic():
        product, is_new = ProductType.objects.get_or_create(
            code=wanted.code,
            defaults={
                "name": wanted.name,
                "sector": wanted.sector,
                "unit_basis": wanted.unit_basis,
                "magnet_family": catalogue.grades[wanted.figures.grade_code].magnet_family,
                "typical_form": wanted.typical_form,
                "accessibility": wanted.accessibility,
                "service_life_years": wanted.service_life_years,
                "is_defence_controlled": wanted.is_defence_controlled,
                "holds_battery": wanted.holds_battery,
                "ewc_code": read_ewc_code(wanted.ewc_code) if wanted.ewc_code else "",
                "preferred_route": wanted.preferred_route,
            },
        )
        if not is_new:
            raise ProductRefusedError([("code", f"There is a product with the code {wanted.code} already.")])
        _begin_version(viewer, product, wanted.figures, 1, checksum_of_values(_values(wanted.figures)), at)
        _set_synonyms(product, wanted.synonyms)
    return product


def change_figures(
    viewer: Viewer,
    product_code: str,
    figures: Figures,
    synonyms: Sequence[str],
    *,
    seen_version: int,
    at: dt.datetime,
) -> ProductCoefficient:
    """A new version of a product's coefficient where a figure differs, and its other names as given.

    Estimates made before keep the version they were made with. Raises NotPermittedError, ProductRefusedError,
    and StateConflictError where somebody was first.
    """
    require(viewer, Permission.ADMINISTER)
    catalogue = current_catalogue()
    with transaction.atomic():
        product = ProductType.objects.select_for_update().get(code=product_code)
        now = product.coefficients.get(is_current=True)
        if now.version != seen_version:
            raise StateConflictError(
                f"Version {now.version} of {product.name} came into force since you looked. Look at it first."
            )
        problems = [
            *figure_problems(catalogue, product.unit_basis, figures),
            *synonym_problems(catalogue, product_code, synonyms),
        ]
        if not problems and catalogue.grades[figures.grade_code].magnet_family != product.magnet_family:
            problems.append(
                ("grade_code", f"Choose a grade of {product.magnet_family}, the product's family.")
            )
        if problems:
            raise ProductRefusedError(problems)
        _set_synonyms(product, synonyms)
        if _values(figures) == _values_of(now, figures):
            return now
        newest = product.coefficients.order_by("-version").values_list("version", flat=True)[0]
        product.coefficients.filter(is_current=True).update(is_current=False)
        # It stands on the published row that was in force, so that loading the same tables leaves it there.
        return _begin_version(viewer, product, figures, newest + 1, now.checksum, at)


def _begin_version(
    viewer: Viewer, product: ProductType, figures: Figures, version: int, checksum: str, at: dt.datetime
) -> ProductCoefficient:
    return ProductCoefficient.objects.create(
        product=product,
        version=version,
        checksum=checksum,
        from_at=at,
        entered_by_id=viewer.user_id,
        **_values(figures),
    )


def _values(figures: Figures) -> dict[str, object]:
    return {
        "grade_code": figures.grade_code,
        "magnet_kg_low": figures.low,
        "magnet_kg_central": figures.central,
        "magnet_kg_high": figures.high,
        "prevalence_central": figures.prevalence,
        "basis": figures.basis,
        "confidence": figures.confidence,
        "source": figures.source.strip(),
        "source_url": figures.source_url,
        "year": figures.year,
        "notes": figures.notes.strip(),
    }


def _values_of(row: ProductCoefficient, like: Figures) -> dict[str, object]:
    return {name: getattr(row, name) for name in _values(like)}


def _set_synonyms(product: ProductType, synonyms: Sequence[str]) -> None:
    wanted = {term.strip() for term in synonyms if term.strip()}
    known = set(product.synonyms.values_list("term", flat=True))
    product.synonyms.filter(term__in=known - wanted).delete()
    ProductSynonym.objects.bulk_create(
        [ProductSynonym(product=product, term=term) for term in sorted(wanted - known)]
    )
