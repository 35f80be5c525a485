"""How hard makers' models were to take apart: the league, and a record of one lot.

Counts and times of all organisations are read together, since a model is what it is in every yard; neither lot
nor organisation leaves this module.
"""

from collections.abc import Sequence

from collection.models import Dismantling as Record
from collection.rules.content.disassembly import Dismantling, LeagueRow, league


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
    )
    if product_code:
        records = records.filter(product__code=product_code)
    return league(
        Dismantling(
            product_code=code,
            maker=maker,
            model=model,
            items=items,
            minutes=float(minutes),
            magnet_grams=freed,
            intact_grams=intact,
            obstacles=frozenset(obstacles),
        )
        for code, maker, model, items, minutes, freed, intact, obstacles in records
    )


def maker_names(product_id: int) -> list[str]:
    """Makers already recorded for a product, to offer while typing."""
    return sorted(set(Record.objects.filter(product_id=product_id).values_list("maker", flat=True)))
