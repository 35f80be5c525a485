"""A signature drawn with a finger: strokes of points, as they are kept and drawn again."""

from collections.abc import Sequence
from typing import Any, TypeAlias

Strokes: TypeAlias = list[list[list[int]]]

SIDE = 1000
MOST_STROKES, MOST_POINTS = 200, 6000


class SignatureError(ValueError):
    """What was sent is not a drawing; the message is fit to show."""


def checked_strokes(sent: Any) -> Strokes:
    """Strokes as lists of [x, y] whole numbers from 0 to 1000. Raises SignatureError; nothing is nothing."""
    if sent in (None, "", []):
        return []
    if not isinstance(sent, list) or len(sent) > MOST_STROKES:
        raise SignatureError("The signature could not be read. Sign again, or enter the name only.")
    if sum(len(stroke) for stroke in sent if isinstance(stroke, list)) > MOST_POINTS:
        raise SignatureError("The signature is too long. Clear it and sign again.")
    return [[_point(point) for point in _stroke(stroke)] for stroke in sent]


def _stroke(stroke: Any) -> Sequence[Any]:
    if not isinstance(stroke, list) or not stroke:
        raise SignatureError("The signature could not be read. Sign again, or enter the name only.")
    return stroke


def _point(point: Any) -> list[int]:
    is_pair = isinstance(point, list) and len(point) == 2
    if not is_pair or not all(isinstance(each, int) and 0 <= each <= SIDE for each in point):
        raise SignatureError("The signature could not be read. Sign again, or enter the name only.")
    return list(point)


def path_of(strokes: Strokes) -> str:
    """The strokes as one SVG path, in a square of 1000 by 1000; a dot becomes a short line."""
    parts = []
    for stroke in strokes:
        first, *rest = stroke
        line = "".join(f"L{x} {y}" for x, y in rest) or f"L{first[0] + 1} {first[1]}"
        parts.append(f"M{first[0]} {first[1]}{line}")
    return "".join(parts)
