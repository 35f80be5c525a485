"""Numbers that tell one thing from all others: a vehicle's VIN or plate, a turbine's serial, a NATO stock number.

`identity_key` is what two lots of the same thing have in common whoever logged them and however it was typed.
A stock number names a kind of item, not one item, so it never makes a key.
"""

import re

from collection.rules.answers import RefusedAnswerError, error

_VIN = re.compile(r"^[A-HJ-NPR-Z0-9]{17}$")
# Current, prefix, suffix, dateless and Northern Ireland plates; DVLA's published forms.
_PLATE = re.compile(
    r"^([A-Z]{2}[0-9]{2}[A-Z]{3}|[A-Z][0-9]{1,3}[A-Z]{3}|[A-Z]{3}[0-9]{1,3}[A-Z]|[A-Z]{1,3}[0-9]{1,4}"
    r"|[0-9]{1,4}[A-Z]{1,3})$"
)
_SHORTEST_TELLING_SERIAL = 4


def read_vehicle_number(text: str, *, field: str = "serial") -> str:
    """A VIN or a UK plate, packed and in capitals. Raises RefusedAnswerError."""
    packed = re.sub(r"[\s-]", "", text).upper()
    if _VIN.match(packed) or _PLATE.match(packed):
        return packed
    if len(packed) == 17:
        raise RefusedAnswerError(
            error(
                field,
                "vin_malformed",
                f"“{text.strip()[:30]}” is not a VIN: it never holds the letters I, O or Q.",
                "Check for 1 and 0.",
            )
        )
    raise RefusedAnswerError(
        error(
            field,
            "vehicle_number_malformed",
            f"“{text.strip()[:30]}” is neither a VIN (17 letters and figures) nor a UK registration plate.",
            "Copy it from the log book or the door frame, or leave it empty if there are several vehicles.",
        )
    )


def is_vin(number: str) -> bool:
    """Whether a number that was read is a VIN; else it is a plate."""
    return len(number) == 17


def read_plate(text: str, *, field: str = "vehicle") -> str:
    """A UK registration plate, packed and in capitals. Raises RefusedAnswerError."""
    packed = re.sub(r"[\s-]", "", text).upper()
    if _PLATE.match(packed):
        return packed
    raise RefusedAnswerError(
        error(
            field,
            "plate_malformed",
            f"“{text.strip()[:30]}” is not a UK registration plate.",
            "Write it as on the vehicle, for example AB12 CDE.",
        )
    )


def read_stock_number(text: str, *, field: str = "stock_number") -> str:
    """A NATO stock number as 5960-99-123-4567. Raises RefusedAnswerError; whether its class exists is looked
    up by the caller."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{13}", digits):
        raise RefusedAnswerError(
            error(
                field,
                "stock_number_malformed",
                f"“{text.strip()[:30]}” is not a NATO stock number.",
                "Give its 13 figures, such as 5960-99-123-4567.",
            )
        )
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:9]}-{digits[9:]}"


def identity_key(*, source_kind: str, product_code: str, serial: str, maker: str = "") -> str:
    """What tells this thing from all others; empty where its number tells too little.

    Vehicles are one register for the whole country, and one vehicle gives several products; any other serial
    number counts within its product and, for turbines, its maker. "1" or "n/a" tells nothing.
    """
    packed = re.sub(r"[^0-9A-Z]", "", serial.upper())
    if len(packed) < _SHORTEST_TELLING_SERIAL or not any(sign.isdigit() for sign in packed):
        return ""
    if source_kind == "vehicle":
        return f"{'vin' if is_vin(packed) else 'plate'}:{packed}:{product_code}"
    if source_kind == "wind":
        return f"turbine:{re.sub(r'[^0-9A-Z]', '', maker.upper())}:{packed}"
    return f"serial:{product_code}:{packed}"
