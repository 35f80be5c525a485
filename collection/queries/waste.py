"""Waste codes by number or by words."""

import re

from django.db.models import Q

from collection.models import WasteCode

MOST_FOUND = 12


def find_waste_codes(text: str) -> list[WasteCode]:
    """Codes that begin with the figures typed, or whose description holds every word; at most twelve."""
    digits = re.sub(r"[\s*]", "", text)
    if digits.isdecimal():
        return list(WasteCode.objects.filter(code__startswith=digits[:6]).order_by("code")[:MOST_FOUND])
    words = [word for word in re.findall(r"\w+", text)[:6] if len(word) > 1]
    if not words:
        return []
    wanted = Q()
    for word in words:
        wanted &= Q(description__icontains=word)
    return list(WasteCode.objects.filter(wanted).order_by("code")[:MOST_FOUND])
