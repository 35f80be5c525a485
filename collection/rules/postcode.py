"""UK postcodes: reading what people type, and which outcode to look up.

The outcode is the first half ("AB10" of "AB10 1AA"); the shipped table knows outcodes only. Whether one
exists is for the caller to find: this module gives the candidates in order (longest first) and the
sentences for refusal. Format: Royal Mail's published patterns (A9, A99, AA9, AA99, A9A, AA9A, then 9AA).
"""

import re
from collections.abc import Container
from dataclasses import dataclass

from collection.rules.answers import Problem, RefusedAnswerError

_OUTCODE = r"(?:[A-Z]{1,2}[0-9]{1,2}|[A-Z][0-9][A-HJKMPSTUW]|[A-Z]{2}[0-9][ABEHMNPRVWXY]|GIR ?0)"
_INCODE = r"[0-9][ABD-HJLNP-UW-Z]{2}"
_FULL = re.compile(rf"^({_OUTCODE})({_INCODE})$")
_OUTCODE_ONLY = re.compile(rf"^{_OUTCODE}$")
_SECTOR = re.compile(rf"^({_OUTCODE}) ([0-9])$")
_PUNCTUATION = re.compile(r"[\s.\-_,]+")
_ZERO_FOR_O = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Postcode:
    """A postcode in its parts; `incode` is empty where only the first half was given."""

    outcode: str
    incode: str = ""

    @property
    def is_full(self) -> bool:
        return bool(self.incode)

    def __str__(self) -> str:
        return f"{self.outcode} {self.incode}".strip()


def parse_postcode(text: str, *, field: str = "postcode") -> Postcode:
    """Read a full postcode, or its first half, however spaced and cased ("ab101aa", "AB10", "AB10 1").

    Raises RefusedAnswerError with the problem to show; where letter and figure were swapped it suggests the
    postcode that was probably meant, and leaves the correction to the person.
    """
    answer = " ".join(text.upper().split())
    if not answer:
        raise RefusedAnswerError(
            Problem(
                field, "missing", "Postcode is empty.", "Give a postcode, or its first half such as AB10."
            )
        )
    packed = _PUNCTUATION.sub("", answer)
    if full := _FULL.match(packed):
        return Postcode(full[1].replace(" ", ""), full[2])
    if _OUTCODE_ONLY.match(packed):
        return Postcode(packed)
    if sector := _SECTOR.match(answer):
        return Postcode(sector[1].replace(" ", ""))
    raise RefusedAnswerError(_not_a_postcode(text.strip()[:20], packed, field))


def outcode_candidates(postcode: Postcode) -> tuple[str, ...]:
    """Outcodes to look up, longest first: SW1A before SW1."""
    code = postcode.outcode
    if code[-1].isalpha() and code[:-1][-1].isdigit():
        return (code, code[:-1])
    return (code,)


def match_outcode(text: str, known: Container[str], *, field: str = "postcode") -> tuple[Postcode, str]:
    """The postcode read and the longest of its outcodes among `known`. Raises RefusedAnswerError."""
    postcode = parse_postcode(text, field=field)
    for code in outcode_candidates(postcode):
        if code in known:
            return postcode, code
    raise RefusedAnswerError(unknown_postcode(postcode, field=field))


def unknown_postcode(postcode: Postcode, *, field: str = "postcode") -> Problem:
    """The problem for a well-formed postcode whose first half is in no table."""
    return Problem(
        field,
        "postcode_unknown",
        f"{postcode} is not a postcode we know:",
        "check it, or give the nearest town's postcode; a saved place can be put on the map as well.",
    )


def postcode_without_place(postcode: Postcode, *, field: str = "postcode") -> Problem:
    """The problem for a postcode of PO boxes or large mail users, where no vehicle can call."""
    return Problem(
        field,
        "postcode_without_place",
        f"{postcode} is a mail-only postcode (PO boxes or large users), not a place a vehicle can go to:",
        "give the postcode of the gate, or of the nearest town.",
    )


def _not_a_postcode(typed: str, packed: str, field: str) -> Problem:
    """Name what was typed; suggest the postcode with O/0 and I/1 put right where that makes one."""
    suggestion = _swapped_characters_put_right(packed)
    way_out = (
        f"Did you mean {suggestion}?"
        if suggestion
        else "Give one such as AB10 1AA, or only its first half, AB10."
    )
    return Problem(field, "postcode_malformed", f"“{typed}” does not look like a UK postcode.", way_out)


def _swapped_characters_put_right(packed: str) -> str:
    if not 5 <= len(packed) <= 7:
        return ""
    area = re.match(r"[A-Z0]{1,2}?(?=[0-9OIL])", packed)
    head, tail = packed[:-3], packed[-3:]
    if area is None:
        return ""
    letters = len(area[0])
    repaired = (
        head[:letters].replace("0", "O")
        + head[letters:].translate(_ZERO_FOR_O)
        + tail[0].translate(_ZERO_FOR_O)
        + tail[1:].replace("0", "O").replace("1", "L")
    )
    full = _FULL.match(repaired)
    return f"{full[1]} {full[2]}" if full and repaired != packed else ""
