"""Which lots a set-based query is about."""

from collections.abc import Sequence

from django.db.models import Q

LotIds = Sequence[int] | range | None
"""These ids, all ids of a range (asked for as such), or None for every lot."""


def among(field: str, lot_ids: LotIds) -> Q:
    """The condition that a field holds one of these ids."""
    if lot_ids is None:
        return Q()
    if isinstance(lot_ids, range):
        return Q(**{f"{field}__gte": lot_ids.start, f"{field}__lt": lot_ids.stop})
    return Q(**{f"{field}__in": lot_ids})
