"""How the goods of the demonstration are coded and packed, as careful holders would say."""

from collections.abc import Mapping
from typing import Any

from collection.models import ProductType, WasteCode

GRAMS_A_PALLET = 600_000


def harmless_codes() -> dict[str, str]:
    """Six digits by product, for products whose usual code is not of a hazardous waste; two queries."""
    harmless = set(WasteCode.objects.filter(is_hazardous=False).values_list("code", flat=True))
    written = dict(ProductType.objects.values_list("code", "ewc_code"))
    digits = {product: "".join(filter(str.isdigit, code)) for product, code in written.items()}
    return {product: code for product, code in digits.items() if code in harmless}


def packed(product_code: str, unit: str, gross_grams: int | None, codes: Mapping[str, str]) -> dict[str, Any]:
    """Answers of a new lot: its waste code where it has a harmless one, and its containers."""
    answers: dict[str, Any] = {"container_type": "PAL" if unit == "items" else "BOX"}
    if gross_grams:
        answers["container_count"] = max(1, round(gross_grams / GRAMS_A_PALLET))
    if product_code in codes:
        answers["ewc_code"] = codes[product_code]
    return answers
