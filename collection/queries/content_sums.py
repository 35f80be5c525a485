"""The interval of a sum of lots' magnets: errors shared within a product add up, each lot's own average out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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


def part_interval(grams_of_lots: Mapping[int, int]) -> Spread:
    """The same where of some lots only a part counts: grams of magnet by lot, each at most the whole lot's.

    A part is as unsure as the whole in proportion.
    """
    rows: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    current = Estimate.objects.filter(is_current=True, lot__in=grams_of_lots, magnet_central_grams__gt=0)
    for lot_id, code, whole, shared, own in current.values_list(
        "lot", "lot__product__code", "magnet_central_grams", "shared_sd_grams", "own_variance"
    ):
        share = grams_of_lots[lot_id] / whole
        row = rows[code]
        row[0], row[1], row[2] = row[0] + whole * share, row[1] + shared * share, row[2] + own * share**2
    masses = [
        LedgerMass(product_code=code, grams=round(grams), shared_sd_grams=shared, own_variance=own)
        for code, (grams, shared, own) in rows.items()
        if grams
    ]
    return sum_ledger(masses).magnet if masses else Spread.exact(0.0)
