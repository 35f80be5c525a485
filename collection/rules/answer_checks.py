"""Checks of a new lot's answers on their own: are they possible, whatever the product."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from collection.rules.answers import Problem, RefusedAnswerError, error, warning
from collection.rules.new_lot import SOURCE_KINDS, Condition, Intent, NewLot, Unit
from collection.rules.postcode import parse_postcode
from collection.rules.waste_codes import read_ewc_code

MOST_OF_UNIT = {
    Unit.ITEMS: Decimal(1_000_000),
    Unit.MEGAWATTS: Decimal(2_000),
    Unit.KG_GROSS: Decimal(1_000_000),
    Unit.KG_MAGNETS: Decimal(500_000),
}
EARLIEST_BUILD_YEAR = 1940
DAYS_AHEAD_WORTH_ASKING = 366
DAYS_AHEAD_AT_MOST = 5 * 366
LONGEST_SERIAL = 60
LONGEST_NOTE = 4000


def _check_choices(new_lot: NewLot, today: date) -> Iterator[Problem]:
    choices: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
        ("source_kind", "Kind of source", new_lot.source_kind, SOURCE_KINDS),
        ("unit", "Unit", new_lot.unit, tuple(Unit)),
        ("condition", "State", new_lot.condition, tuple(Condition)),
        ("intent", "What you intend", new_lot.intent, tuple(Intent)),
    )
    for field, label, given, allowed in choices:
        if given not in allowed:
            shown = f"“{given[:40]}” is not one of the answers" if given else "nothing was chosen"
            yield error(field, "not_a_choice", f"{label}: {shown}.", f"Choose one of: {', '.join(allowed)}.")


def check_most(quantity: Decimal, unit: Unit) -> Iterator[Problem]:
    """Digits typed twice stop here."""
    if quantity > MOST_OF_UNIT[unit]:
        yield error(
            "quantity",
            "too_large",
            f"{quantity:,f} is more than one lot can hold "
            f"({MOST_OF_UNIT[unit]:,f} {unit.value.replace('_', ' ')}).",
            "Check for digits typed twice, or log it as several lots.",
        )


def _check_quantity(new_lot: NewLot, today: date) -> Iterator[Problem]:
    quantity = new_lot.quantity
    if not quantity.is_finite() or quantity <= 0:
        yield error(
            "quantity",
            "not_positive",
            "How much must be more than 0.",
            "Give the amount without a minus sign.",
        )
        return
    if new_lot.unit not in tuple(Unit):
        return
    unit = Unit(new_lot.unit)
    if unit is Unit.ITEMS and quantity != quantity.to_integral_value():
        yield error(
            "quantity",
            "not_whole",
            f"How much must be a whole number of items, not {quantity:f}.",
            "Count complete items only.",
        )
    yield from check_most(quantity, unit)
    if quantity != quantity.quantize(Decimal("0.001")):
        yield error(
            "quantity",
            "too_fine",
            "How much has more than three decimal places.",
            "Round it to three, for example 0.125.",
        )


def _check_build_year(new_lot: NewLot, today: date) -> Iterator[Problem]:
    year = new_lot.build_year
    if year is None:
        return
    if year > today.year:
        yield error(
            "build_year",
            "in_future",
            f"Build year {year} is in the future.",
            "Copy it from the nameplate, or leave it empty.",
        )
    elif year < EARLIEST_BUILD_YEAR:
        yield error(
            "build_year",
            "too_early",
            f"Build year {year} is before {EARLIEST_BUILD_YEAR}.",
            "Give four digits from the nameplate, or leave it empty.",
        )


def _check_serial_and_note(new_lot: NewLot, today: date) -> Iterator[Problem]:
    if len(new_lot.serial) > LONGEST_SERIAL:
        yield error(
            "serial",
            "too_long",
            f"Serial number is longer than {LONGEST_SERIAL} characters.",
            "Give one number; put the others in the note.",
        )
    if len(new_lot.note) > LONGEST_NOTE:
        yield error(
            "note",
            "too_long",
            f"The note is longer than {LONGEST_NOTE:,} characters.",
            "Shorten it, or attach it as a document.",
        )


def _check_where(new_lot: NewLot, today: date) -> Iterator[Problem]:
    if new_lot.site_id is None and not new_lot.postcode.strip():
        yield error(
            "site",
            "missing",
            "Where the lot is was not answered.",
            "Choose a saved place or give a postcode.",
        )
    elif new_lot.postcode.strip():
        try:
            parse_postcode(new_lot.postcode)
        except RefusedAnswerError as refused:
            yield refused.problem


def _check_when(new_lot: NewLot, today: date) -> Iterator[Problem]:
    days_ahead = (new_lot.available_from_on - today).days
    shown = f"{new_lot.available_from_on:%-d %B %Y}"
    if days_ahead < 0:
        yield error(
            "available_from_on",
            "in_past",
            f"{shown} is in the past.",
            "Give today, or the first day it may be fetched.",
        )
    elif days_ahead > DAYS_AHEAD_AT_MOST:
        yield error(
            "available_from_on",
            "too_far_ahead",
            f"{shown} is more than five years ahead.",
            "Check the year, or log it when it arises.",
        )
    elif days_ahead > DAYS_AHEAD_WORTH_ASKING:
        yield warning(
            "available_from_on", "far_ahead", f"{shown} is more than a year ahead.", "Check the year."
        )


def _check_waste_code(new_lot: NewLot, today: date) -> Iterator[Problem]:
    if new_lot.ewc_code.strip():
        try:
            read_ewc_code(new_lot.ewc_code)
        except RefusedAnswerError as refused:
            yield refused.problem


ANSWER_CHECKS: tuple[Callable[[NewLot, date], Iterator[Problem]], ...] = (
    _check_choices,
    _check_quantity,
    _check_build_year,
    _check_serial_and_note,
    _check_where,
    _check_when,
    _check_waste_code,
)
