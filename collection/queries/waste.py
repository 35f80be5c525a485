"""Waste codes by number or by words."""

import re
from collections.abc import Iterable

from django.db.models import Q

from collection.models import WasteCode
from collection.rules.waste_codes import format_ewc_code

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


def hazardous_codes_among(codes: Iterable[str]) -> frozenset[str]:
    """Those of the codes that the list marks as hazardous."""
    marked = WasteCode.objects.filter(code__in={code for code in codes if code}, is_hazardous=True)
    return frozenset(marked.values_list("code", flat=True))


def written_code(code: str) -> str:
    """One code as the list prints it, "16 02 13*": its star is looked up."""
    return format_ewc_code(code, is_hazardous=code in hazardous_codes_among([code]))
