"""Bringing a refitted coefficient into force: a person reviews it, a new version begins, the old one stays."""

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal

from django.db import transaction

from collection.actions.custody import LONDON
from collection.models import CoefficientRefit, ProductCoefficient, ProductType
from collection.queries.learning import Lesson, lessons
from collection.rules.content import Spread
from collection.rules.lifecycle import StateConflictError
from collection.rules.roles import Permission, Viewer, require

_MICROKILOGRAM = Decimal("0.000001")


def activate_refit(
    viewer: Viewer,
    product_code: str,
    *,
    reviewed_version: int,
    reviewed_lots: int,
    reason: str,
    at: dt.datetime,
) -> ProductCoefficient:
    """Make the proposed coefficient of a product its new version, as it was reviewed.

    `reviewed_version` and `reviewed_lots` are what the reviewer saw; where either has moved on since, it is
    refused, so that nobody activates figures they have not read. Estimates made before keep their version.
    Raises NotPermittedError, StateConflictError.
    """
    require(viewer, Permission.ADMINISTER)
    with transaction.atomic():
        product = ProductType.objects.select_for_update().get(code=product_code)
        lesson = _reviewed(product_code, reviewed_version, reviewed_lots)
        if lesson.proposal is None:
            raise StateConflictError(f"There is nothing to learn for {product.name} yet.")
        kilograms = _whole(lesson.proposal.proposed)
        base = lesson.base
        newest = product.coefficients.order_by("-version").values_list("version", flat=True)[0]
        product.coefficients.filter(is_current=True).update(is_current=False)
        version = ProductCoefficient.objects.create(
            product=product,
            version=newest + 1,
            grade_code=base.grade_code,
            magnet_kg_low=kilograms[0],
            magnet_kg_central=kilograms[1],
            magnet_kg_high=kilograms[2],
            prevalence_central=base.prevalence_central,
            basis="derived",
            confidence=base.confidence,
            source=f"{base.source}; refitted to {lesson.proposal.count} weighed lots of this register, "
            f"{at.astimezone(LONDON):%-d %B %Y}",
            source_url=base.source_url,
            year=base.year,
            notes=base.notes,
            checksum=base.checksum,
            from_at=at,
            entered_by_id=viewer.user_id,
        )
        CoefficientRefit.objects.create(
            coefficient=version,
            base=base,
            lots=lesson.proposal.count,
            weight=lesson.proposal.weight,
            bias=lesson.proposal.bias,
            reason=reason.strip()[:300],
            activated_by_id=viewer.user_id,
            activated_at=at,
        )
    return version


def _reviewed(product_code: str, version: int, lots: int) -> Lesson:
    """The lesson as it stands, refused where it is no longer the one that was reviewed."""
    lesson = lessons().by_product.get(product_code)
    if lesson is None or lesson.in_force.version != version or lesson.accuracy.count != lots:
        raise StateConflictError(
            "The figures have moved on since you looked: another lot was weighed, or somebody activated a "
            "version. Look at them again before you decide."
        )
    return lesson


def _whole(proposed: Spread) -> tuple[Decimal, Decimal, Decimal]:
    """Low, central and high to the milligram, as the table keeps them."""
    low, central, high = (
        Decimal(repr(end)).quantize(_MICROKILOGRAM, ROUND_HALF_EVEN)
        for end in (proposed.low, proposed.central, proposed.high)
    )
    return low, central, high
