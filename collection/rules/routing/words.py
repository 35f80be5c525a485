"""Numbers of a plan as people say them."""

from __future__ import annotations

from collections.abc import Sequence

SKILL_NAMES = {"SC": "security clearance", "TL": "a tail-lift", "CR": "a crane", "ADR": "ADR training"}

KIND_NAMES = {"": "ordinary loads"}


def money(thousandths: int) -> str:
    """Thousandths of a penny as pounds, rounded to the penny: £12.34."""
    pence = round(thousandths / 1000)
    sign = "−" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def clock_span(seconds: int) -> str:
    """A duration in hours and minutes, rounded up to the minute: 9 hours 10 minutes."""
    minutes = -(-seconds // 60)
    hours, minutes = divmod(minutes, 60)
    parts = [_plural(hours, "hour")] if hours else []
    if minutes or not hours:
        parts.append(_plural(minutes, "minute"))
    return " ".join(parts)


def amount(dimension: str, number: int) -> str:
    """A load: 1,200 kg, 9.5 pallets."""
    if dimension == "quarter_pallets":
        return f"{number / 4:,g} {'pallet' if number == 4 else 'pallets'}"
    return f"{number:,} {dimension.replace('_', ' ')}"


def kind_name(kept_apart: str) -> str:
    """What a trip carries."""
    return KIND_NAMES.get(kept_apart, kept_apart)


def with_breaks(seconds: int) -> str:
    return f", breaks of {clock_span(seconds)} among it" if seconds else ""


def skill_name(skill: str) -> str:
    return SKILL_NAMES.get(skill, skill)


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
