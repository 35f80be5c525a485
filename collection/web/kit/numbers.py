"""Numbers as people read them: mass, money, shares. Exact figures stay in the data; these only speak."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

THIN = "\u202f"


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
