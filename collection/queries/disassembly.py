"""How hard makers' models were to take apart: the league, and a record of one lot.

Counts and times of all organisations are read together, since a model is what it is in every yard; neither lot
nor organisation leaves this module, and defence lots enter a model's figures only in whole blocks that may be
told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from collection.models import Dismantling as Record
from collection.queries.disclosure import tellable
from collection.rules.content.disassembly import Dismantling, LeagueRow, league
from collection.rules.roles import Viewer


@dataclass(frozen=True, slots=True)
class _Taken:
    """One lot taken apart, with what decides whether it may be told."""

    record: Dismantling
    holder_id: int
    is_defence: bool


def disassembly_league(product_code: str = "") -> Sequence[LeagueRow]:
    """Makers' models by product, the easiest first; of one product where a code is given."""
    records = Record.objects.order_by("pk").values_list(
        "product__code",
        "maker",
        "model",
        "items",
        "minutes",
        "freed_grams",
        "intact_grams",
        "obstacles",
        "organisation_id",
        "lot__is_defence",
    )
    if product_code:
        records = records.filter(product__code=product_code)
    found = [
        _Taken(
            Dismantling(
                product_code=code,
                maker=maker,
                model=model,
                items=items,
                minutes=float(minutes),
                magnet_grams=freed,
                intact_grams=intact,
                obstacles=frozenset(obstacles),
            ),
            holder_id,
            is_defence,
        )
        for code, maker, model, items, minutes, freed, intact, obstacles, holder_id, is_defence in records
    ]
    return league(taken.record for taken in tellable(found, lambda taken: taken.record.key))


def maker_names(viewer: Viewer, product_id: int) -> list[str]:
    """Makers already recorded for a product, to offer while typing; of defence lots the viewer's own only."""
    told = Q(lot__is_defence=False) | Q(organisation_id=viewer.organisation_id)
    return sorted(set(Record.objects.filter(told, product_id=product_id).values_list("maker", flat=True)))
