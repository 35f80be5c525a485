"""Numbers that tell one thing from all others, by kind of source: how they are asked for and read."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from collection.models import SupplyClass

_VIN = re.compile(r"^[A-HJ-NPR-Z0-9]{17}$")
# Current, prefix, suffix, dateless and Northern Ireland plates; DVLA's published forms.
_PLATE = re.compile(
    r"^([A-Z]{2}[0-9]{2}[A-Z]{3}|[A-Z][0-9]{1,3}[A-Z]{3}|[A-Z]{3}[0-9]{1,3}[A-Z]|[A-Z]{1,3}[0-9]{1,4}"
    r"|[0-9]{1,4}[A-Z]{1,3})$"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """How a number is asked for. `read` gives it as kept, or raises ValidationError with the way out."""

    label: str
    hint: str
    read: Callable[[str], str]


def _read_vehicle(text: str) -> str:
    packed = re.sub(r"[\s-]", "", text).upper()
    if _VIN.match(packed) or _PLATE.match(packed):
        return packed
    if len(packed) == 17:
        raise ValidationError(
            f"“{text[:30]}” is not a VIN: it never holds the letters I, O or Q. Check for 1 and 0"
        )
    raise ValidationError(
        f"“{text[:30]}” is neither a VIN (17 letters and figures) nor a UK registration plate. Leave it "
        "empty if there are several vehicles"
    )


def _read_stock_number(text: str) -> str:
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{13}", digits):
        raise ValidationError(
            f"“{text[:30]}” is not a NATO stock number. Give its 13 figures, such as 5895-99-123-4567"
        )
    if not SupplyClass.objects.filter(code=digits[:4]).exists():
        raise ValidationError(f"{digits[:4]} is not a NATO supply class. Check the first four figures")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:9]}-{digits[9:]}"


def supply_class_of(stock_number: str) -> str:
    """ "5895 Miscellaneous Communication Equipment": the class of a stock number that was read before."""
    found = SupplyClass.objects.filter(code=stock_number[:4]).first()
    return str(found) if found else stock_number[:4]


IDENTITIES: dict[str, Identity] = {
    "vehicle": Identity(
        "VIN or registration plate",
        "Of the one vehicle it came from. Leave it empty for several.",
        _read_vehicle,
    ),
    "wind": Identity(
        "Turbine serial number", "From the nameplate in the nacelle or the tower.", lambda text: text
    ),
    "defence": Identity(
        "NATO stock number", "13 figures; the first four are the supply class.", _read_stock_number
    ),
}
