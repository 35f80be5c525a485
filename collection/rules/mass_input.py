"""Masses and quantities as people type them, read without guessing.

How a number is read: a point is always the decimal point; a comma followed by exactly three digits
separates thousands ("1,500" is one thousand five hundred); any other single comma is a decimal comma ("1,5"
is one and a half); spaces may separate thousands. What could mean two things ("0,500", "1.500,5") is
refused with the way to write it. Every reading comes with `understood`, the sentence part to echo back to
the person.
"""

import contextlib
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from collection.rules.answers import Problem, RefusedAnswerError

LONGEST_ANSWER = 60
MOST_DIGITS = 15

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_SHAPE = re.compile(r"^(?P<number>[0-9][0-9.,' ]*|[.,][0-9]+)\s*(?P<unit>[^0-9]*)$")
_PLAIN = re.compile(r"^[0-9]*\.?[0-9]+$|^[0-9]+\.$")
_POINT_OR_SPACE_GROUPS = re.compile(r"^[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]+)?$")
_COMMA_GROUPS = re.compile(r"^[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?$")
_COMMA_DECIMAL = re.compile(r"^[0-9]*,[0-9]+$")
_ABOUT = re.compile(r"^(about|approx\w*|around|roughly|circa|ca|c|est\w*)\b\.?|^[~≈±]", re.IGNORECASE)
_RANGE = re.compile(r"[0-9]\s*[a-z]*\s*(-|–|—|to)\s*[0-9]", re.IGNORECASE)

_GRAMS_IN_UNIT = {
    **dict.fromkeys(
        ("t", "te", "tonne", "tonnes", "metric tonne", "metric tonnes", "mt"), Decimal(1_000_000)
    ),
    **dict.fromkeys(
        ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes"), Decimal(1000)
    ),
    **dict.fromkeys(("g", "gs", "gr", "gram", "grams", "gramme", "grammes"), Decimal(1)),
}
_NOT_METRIC = {
    "ton", "tons", "cwt", "hundredweight", "lb", "lbs", "pound", "pounds", "stone", "st", "oz",
}  # fmt: skip
_CONTAINERS = {
    "pallet", "pallets", "bag", "bags", "box", "boxes", "drum", "drums", "skip", "skips", "load", "loads",
    "bin", "bins", "crate", "crates", "stillage", "stillages", "cage", "cages", "tub", "tubs", "ibc", "ibcs",
    "lorry", "van", "trailer",
}  # fmt: skip
_ITEM_WORDS = {
    "", "item", "items", "off", "pc", "pcs", "piece", "pieces", "unit", "units", "no", "nr", "each", "ea",
}  # fmt: skip
_MW_IN_UNIT = {
    **dict.fromkeys(("mw", "megawatt", "megawatts"), Decimal(1)),
    **dict.fromkeys(("kw", "kilowatt", "kilowatts"), Decimal("0.001")),
    **dict.fromkeys(("gw", "gigawatt", "gigawatts"), Decimal(1000)),
}


@dataclass(frozen=True, slots=True)
class ReadMass:
    """A mass in whole grams, and how it was understood ("1,500 kg")."""

    grams: int
    understood: str


@dataclass(frozen=True, slots=True)
class ReadQuantity:
    """A count or a power as a Decimal, and how it was understood ("12 items", "3.6 MW")."""

    amount: Decimal
    understood: str


def read_mass(text: str, *, field: str, label: str, default_unit: str = "kg") -> ReadMass:
    """Read a mass such as "1,5 t", "1.5 tonnes", "1500" or "1 500 kg".

    A bare number is in `default_unit` (kg, t or g). Finer than a gram is rounded to the nearest gram.
    `field` is the machine name of the answer, `label` what the form calls it. Raises RefusedAnswerError
    with the problem to show.
    """
    number, unit = _number_and_unit(text, field=field, label=label, example="1500 kg or 1.5 t")
    factor = _GRAMS_IN_UNIT.get(unit or default_unit)
    if factor is None:
        raise _refused(field, *_unit_refusal(label, unit))
    grams = int((number * factor).quantize(Decimal(1)))
    if grams == 0:
        raise _refused(
            field, "too_small", f"{label} must be more than 0.", "Give at least 1 g, for example 0.001 kg."
        )
    return ReadMass(grams, format_mass(grams))


def read_items(text: str, *, field: str, label: str) -> ReadQuantity:
    """Read a whole number of items such as "12", "1,500" or "12 pcs". Raises RefusedAnswerError."""
    number, unit = _number_and_unit(text, field=field, label=label, example="12")
    if unit not in _ITEM_WORDS:
        raise _refused(field, *_count_refusal(label, unit))
    if number != number.to_integral_value():
        raise _refused(
            field,
            "not_whole",
            f"{label} must be a whole number of items, not {number:f}.",
            "Count complete items only.",
        )
    if number == 0:
        raise _refused(
            field,
            "too_small",
            f"{label} must be at least 1.",
            "If there is nothing to log, leave the lot out.",
        )
    count = int(number)
    return ReadQuantity(Decimal(count), f"{count:,} item" + ("" if count == 1 else "s"))


def read_megawatts(text: str, *, field: str, label: str) -> ReadQuantity:
    """Read a nameplate power such as "3.6", "3,6 MW" or "850 kW"; a bare number is MW. Raises
    RefusedAnswerError.
    """
    number, unit = _number_and_unit(text, field=field, label=label, example="3.6 MW or 850 kW")
    factor = _MW_IN_UNIT.get(unit or "mw")
    if factor is None:
        raise _refused(
            field,
            "unit_unknown",
            f"{label}: “{unit}” is not a unit of power.",
            "Give the nameplate power in MW or kW, for example 3.6 MW.",
        )
    if number == 0:
        raise _refused(
            field, "too_small", f"{label} must be more than 0.", "Copy the rated power from the nameplate."
        )
    megawatts = (number * factor).normalize()
    return ReadQuantity(megawatts, f"{megawatts:f} MW")


def read_amount(text: str, unit: str, *, field: str, label: str) -> ReadQuantity:
    """Read how much there is of something counted in `unit` (items, MW, kg_gross, kg_magnets); weights come
    out in kg. Raises RefusedAnswerError.
    """
    if unit == "items":
        return read_items(text, field=field, label=label)
    if unit == "MW":
        return read_megawatts(text, field=field, label=label)
    mass = read_mass(text, field=field, label=label)
    return ReadQuantity(Decimal(mass.grams) / 1000, mass.understood)


def read_power_kw(text: str, *, field: str, label: str = "Rated power") -> Decimal:
    """Read a motor's or machine's power such as "7.5 kW" or "900 W"; a bare number is kW. Raises
    RefusedAnswerError.
    """
    number, unit = _number_and_unit(text, field=field, label=label, example="7.5 kW")
    factor = {"w": Decimal("0.001"), "watt": Decimal("0.001"), "watts": Decimal("0.001")}.get(unit)
    if factor is None and (megawatts := _MW_IN_UNIT.get(unit or "kw")) is not None:
        factor = megawatts * 1000
    if factor is None:
        raise _refused(
            field,
            "unit_unknown",
            f"{label}: “{unit}” is not a unit of power.",
            "Give the rated power in kW or W, for example 7.5 kW.",
        )
    return (number * factor).quantize(Decimal("0.001"))


def plain_number(text: str) -> str:
    """A number as people write it, "£1,250.50", "1,5" or "1 200", as programs do; anything else as it was."""
    digits = _SPACES.sub(" ", text).strip().removeprefix("£").strip()
    with contextlib.suppress(RefusedAnswerError):
        return f"{_read_number(digits, field='', label=''):f}"
    return text


def format_mass(grams: int) -> str:
    """Grams as a person reads them: "12 g", "1.25 kg", "1,500 kg"."""
    if abs(grams) < 1000:
        return f"{grams} g"
    return f"{(Decimal(grams) / 1000).normalize():,f} kg"


def _number_and_unit(text: str, *, field: str, label: str, example: str) -> tuple[Decimal, str]:
    """The number and the lower-case unit words after it, or a refusal that says what stands in the way."""
    answer = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().replace("−", "-")
    unit = "" if example.isdecimal() else " and a unit"
    give = f"Give a number{unit}, for example {example}."
    if not answer:
        raise _refused(field, "missing", f"{label} is empty.", give)
    if len(answer) > LONGEST_ANSWER:
        raise _refused(field, "too_long", f"{label} is longer than {LONGEST_ANSWER} characters.", give)
    if answer.startswith("-"):
        raise _refused(
            field, "negative", f"{label} cannot be negative.", "Give the amount without the minus sign."
        )
    if _ABOUT.search(answer):
        raise _refused(
            field,
            "not_exact",
            f"{label}: “{answer}” is an approximation.",
            "Give the number alone and say separately that it is an estimate.",
        )
    if _RANGE.search(answer):
        raise _refused(
            field, "range", f"{label}: “{answer}” is a range.", "Give one number, your best estimate."
        )
    symbols = [
        c for c in answer if unicodedata.category(c) in {"So", "Sk", "Cs", "Co", "Cn", "Cf", "Cc", "Sc"}
    ]
    if symbols:
        raise _refused(
            field, "symbol", f"{label} contains “{symbols[0]}”, which is not part of a number.", give
        )
    shape = _SHAPE.match(answer)
    if shape is None or not shape["number"].isascii():
        raise _refused(field, "not_a_number", f"{label}: “{answer}” is not a number we can read.", give)
    number = _read_number(shape["number"].strip(), field=field, label=label)
    return number, shape["unit"].strip().rstrip(".").lower()


def _read_number(digits: str, *, field: str, label: str) -> Decimal:
    if sum(c.isdigit() for c in digits) > MOST_DIGITS:
        raise _refused(
            field,
            "too_large",
            f"{label} has more than {MOST_DIGITS} digits.",
            "Check for digits typed twice.",
        )
    if _PLAIN.match(digits):
        return Decimal(digits)
    if _POINT_OR_SPACE_GROUPS.match(digits):
        return Decimal(digits.replace(" ", ""))
    if _COMMA_GROUPS.match(digits):
        return Decimal(digits.replace(",", ""))
    if _COMMA_DECIMAL.match(digits) and not re.fullmatch(r"[0-9]*,[0-9]{3}", digits):
        return Decimal(digits.replace(",", "."))
    raise _refused(
        field,
        "ambiguous",
        f"{label}: “{digits}” could mean more than one number.",
        "Write it with a point for decimals and no other marks, for example 1500.5 or 0.5.",
    )


def _unit_refusal(label: str, unit: str) -> tuple[str, str, str]:
    if unit in _NOT_METRIC:
        return (
            "unit_not_metric",
            f"{label}: “{unit}” is not a metric weight.",
            "Give tonnes (1 t is 1,000 kg), kg or g; read the scale in kg if it can show both.",
        )
    if unit in _CONTAINERS:
        return (
            "unit_is_container",
            f"{label}: “{unit}” is not a weight.",
            "Weigh it and give kg or tonnes.",
        )
    return (
        "unit_unknown",
        f"{label}: “{unit}” is not a unit of weight.",
        "Use kg, t or g, for example 1500 kg or 1.5 t.",
    )


def _count_refusal(label: str, unit: str) -> tuple[str, str, str]:
    if unit in _CONTAINERS:
        return (
            "unit_is_container",
            f"{label}: “{unit}” does not say how many items there are.",
            "Count the items inside and give their number, for example 12.",
        )
    if unit in _GRAMS_IN_UNIT:
        return (
            "unit_is_weight",
            f"{label} asks for a number of items, and “{unit}” is a weight.",
            "Count them and give a whole number, for example 12. A load that is only weighed is another product: "
            "search for it by weight, such as “whole hard disk drives”.",
        )
    return (
        "unit_unknown",
        f"{label}: “{unit}” is not a count of items.",
        "Give a whole number, for example 12.",
    )


def _refused(field: str, code: str, message: str, way_out: str) -> RefusedAnswerError:
    return RefusedAnswerError(Problem(field, code, message, way_out))
