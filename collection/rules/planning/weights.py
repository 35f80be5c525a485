"""What a lot that was never weighed probably weighs: only for loading a vehicle, never for the ledger."""

import math

from collection.rules.plausibility import ITEM_GROSS_KG

# Whole products of unknown weight per gram of magnet: magnets are some 3 % of a motor, a tenth of a machine
# built round them.
GROSS_PER_MAGNET = {"weee": 30, "automotive": 30, "wind": 12, "medical": 6}
GROSS_PER_MAGNET_ELSEWHERE = 20


def usual_gross_grams(
    *, product_code: str, sector: str, quantity: float, unit: str, magnet_grams: int
) -> int:
    """Grams to load. Items take the geometric middle of what one plausibly weighs; MW of turbine come as
    generator parts, judged from their magnets."""
    if unit in ("kg_gross", "kg_magnets"):
        return round(quantity * 1000)
    if unit == "items" and product_code in ITEM_GROSS_KG:
        lightest, heaviest = ITEM_GROSS_KG[product_code]
        return max(magnet_grams, round(quantity * math.sqrt(lightest * heaviest) * 1000))
    return magnet_grams * GROSS_PER_MAGNET.get(sector, GROSS_PER_MAGNET_ELSEWHERE)
