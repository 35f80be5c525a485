"""Weights of lots that were divided or merged: shared out or added up, to the gram, and called what they are.

Nobody put a part on a scale, so its weight is an estimate and waits to be replaced, also where the whole was
weighed. Weights that were all read from a scale stay weighed when they are added up.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from collection.models import Lot, WeightMethod, WeightReading
from collection.rules.roles import Viewer

PARTS = ("gross_grams", "tare_grams", "pallet_grams")
Grams = dict[str, int | None]


def share_of(grams: int | None, share: Decimal) -> int | None:
    """A share of a weight in whole grams; what is left is the weight less this."""
    return None if grams is None else int((grams * share).quantize(Decimal(1), ROUND_HALF_EVEN))


def rest_of(grams: int | None, share: Decimal) -> int | None:
    """What is left when a share is taken away: both together are the weight, to the gram."""
    taken = share_of(grams, share)
    return None if grams is None or taken is None else grams - taken


def share_weight(viewer: Viewer, parent: Lot, child: Lot, share: Decimal, *, at: dt.datetime) -> None:
    """Share the parent's current weight out: two new readings, the old one stays; the owner stays with the rest."""
    whole = WeightReading.objects.filter(lot=parent, is_current=True).first()
    if whole is None:
        return
    WeightReading.objects.filter(pk=whole.pk).update(is_current=False)
    method = whole.method if whole.is_estimate else WeightMethod.COUNTED
    for lot, grams_of in ((child, share_of), (parent, rest_of)):
        grams: Grams = {part: grams_of(getattr(whole, part), share) for part in PARTS}
        is_rest = lot is parent
        WeightReading.objects.create(
            lot=lot,
            **grams,
            net_grams=_net(grams, grams_of(whole.net_grams, share)),
            method=method,
            is_estimate=True,
            read_at=at,
            read_by_id=viewer.user_id,
            owner_id=whole.owner_id if is_rest else None,
            owner_since=whole.owner_since if is_rest else None,
        )


def add_up_weights(viewer: Viewer, parents: Sequence[Lot], child: Lot, *, at: dt.datetime) -> None:
    """The weight of lots put together; none where one of them has none."""
    readings = list(WeightReading.objects.filter(lot__in=parents, is_current=True))
    if len(readings) < len(parents) or any(reading.net_grams is None for reading in readings):
        return
    has_gross = all(reading.gross_grams is not None for reading in readings)
    grams: Grams = {
        part: sum(getattr(reading, part) or 0 for reading in readings) if has_gross else None
        for part in PARTS
    }
    is_estimate = any(reading.is_estimate for reading in readings)
    WeightReading.objects.create(
        lot=child,
        **grams,
        net_grams=_net(grams, sum(reading.net_grams or 0 for reading in readings)),
        method=_coarsest({reading.method for reading in readings}),
        is_estimate=is_estimate,
        read_at=at,
        read_by_id=viewer.user_id,
    )


def _net(grams: Grams, told: int | None) -> int | None:
    gross = grams["gross_grams"]
    return told if gross is None else gross - (grams["tare_grams"] or 0) - (grams["pallet_grams"] or 0)


def _coarsest(methods: set[str]) -> str:
    """Of several ways of weighing the least exact one: what is told before what is worked out, and so on."""
    falling = ("", WeightMethod.TOLD, WeightMethod.COUNTED, WeightMethod.WEIGHBRIDGE, WeightMethod.PLATFORM)
    return next(str(method) for method in falling if method in methods)
