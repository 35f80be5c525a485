"""Numbers as people read them: mass, money, shares. Exact figures stay in the data; these only speak."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from collection.rules.spread import Spread

THIN = "\u202f"


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


def kilograms(grams: int) -> str:
    """The exact mass, to the gram: 1,204.250 kg."""
    return f"{Decimal(grams) / 1_000:,.3f} kg"


def pounds(pence: int) -> str:
    """Money in whole pounds from £100 up, with pence below: £4.20, £1,204, -£15.00."""
    sign = "-" if pence < 0 else ""
    amount = Decimal(abs(pence)) / 100
    whole = amount.quantize(Decimal(1), ROUND_HALF_UP)
    return f"{sign}£{whole:,}" if amount >= 100 else f"{sign}£{amount:,.2f}"


def percent(share: float | Decimal, places: int = 0) -> str:
    """A share of one as a percentage: 0.125 is 12.5% with one place."""
    exact = Decimal(str(share)) * 100
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}%"


def _rounded(amount: Decimal) -> str:
    size = abs(amount)
    places = 2 if size < 10 else 1 if size < 100 else 0
    text = f"{amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 lot, 1,204 lots."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def up_to(number: int, most: int) -> str:
    """A count that was not carried on beyond `most`: "1,000+"."""
    return f"{most:,}+" if number > most else f"{number:,}"


def kilometres(metres: int) -> str:
    """Whole kilometres: 1,204."""
    return f"{round(metres / 1000):,}"


def hours(minutes: int) -> str:
    """Minutes as hours and minutes: 0:45, 12:05, -1:10."""
    whole, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}{whole:,}:{rest:02d}"
