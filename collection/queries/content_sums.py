"""The interval of a sum of lots' magnets: errors shared within a product add up, each lot's own average out."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, Sum

from collection.models import Estimate, Lot
from collection.rules.content import LedgerMass, Spread, sum_ledger


def magnet_interval(lots: "QuerySet[Lot, Any] | Sequence[int]") -> Spread:
    """Grams of magnet of some lots together, as a queryset of what a viewer may see or as their keys; one
    statement, one row a product. The centre is the sum of the current estimates."""
    current = Estimate.objects.filter(is_current=True).order_by()
    if isinstance(lots, QuerySet):
        current = current.filter(lot__in=lots.order_by().values("pk"))
    else:
        current = current.filter(lot__in=lots)
    by_product = current.values("lot__product__code").annotate(
        grams=Sum("magnet_central_grams"), shared=Sum("shared_sd_grams"), own=Sum("own_variance")
    )
    rows = [
        LedgerMass(
            product_code=row["lot__product__code"],
            grams=row["grams"],
            shared_sd_grams=row["shared"],
            own_variance=row["own"],
        )
        for row in by_product
        if row["grams"]
    ]
    return sum_ledger(rows).magnet if rows else Spread.exact(0.0)
