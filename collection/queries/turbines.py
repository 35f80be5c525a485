"""Wind turbine models by the words people know them by."""

import re

from django.db.models import Q

from collection.models import TurbineModel

MOST_FOUND = 8


def find_turbines(text: str, *, needs_figure: bool = True) -> list[TurbineModel]:
    """Models whose maker and name hold every word typed; at most eight. Among products a figure is needed to
    ask for one, so that ordinary words do not bring up turbines."""
    words = re.findall(r"[\w.]+", text)[:6]
    if not words or (needs_figure and not any(character.isdecimal() for character in text)):
        return []
    wanted = Q()
    for word in words:
        wanted &= Q(name__icontains=word) | Q(manufacturer__icontains=word)
    return list(TurbineModel.objects.filter(wanted).select_related("product").order_by("code")[:MOST_FOUND])


def turbine_of(code: str) -> TurbineModel | None:
    return TurbineModel.objects.filter(code=code).select_related("product").first()
