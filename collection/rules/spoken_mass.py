"""Masses as people read them, the same on every page, in every notice and on every label; the data stay exact."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from collection.rules.spread import Spread


def mass(grams: int) -> str:
    """Three significant figures or so, in g, kg or t: 850 g, 4.25 kg, 412 kg, 1.53 t, 1,204 t."""
    size = abs(grams)
    if size < 1_000:
        return f"{grams:,} g"
    if size < 1_000_000:
        return f"{_rounded(Decimal(grams) / 1_000)} kg"
    return f"{_rounded(Decimal(grams) / 1_000_000)} t"


def mass_range(grams: Spread) -> str:
    """The ends of an interval in grams, as people read masses: 380 kg to 1.2 t."""
    return f"{mass(round(grams.low))} to {mass(round(grams.high))}"


def _rounded(amount: Decimal) -> str:
    size = abs(amount)
    places = 2 if size < 10 else 1 if size < 100 else 0
    text = f"{amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"
    return text.rstrip("0").rstrip(".") if "." in text else text
