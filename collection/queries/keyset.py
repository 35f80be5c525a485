"""Lists that page by key: every page costs the same, however long the list; nothing is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

PAGE_SIZE = 50
NEWEST_FIRST = ("pk",)


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """One page of primary keys in the order of the list, and the cursors of its neighbours ("" where none)."""

    ids: Sequence[int]
    older: str
    newer: str


def newest_first(rows: "QuerySet[Any]", *, before: str, after: str, size: int = PAGE_SIZE) -> KeysetPage:
    """A page of `rows` by falling primary key, as `falling` gives it."""
    return falling(rows, NEWEST_FIRST, before=before, after=after, size=size)


def falling(
    rows: "QuerySet[Any]", order: Sequence[str], *, before: str, after: str, size: int = PAGE_SIZE
) -> KeysetPage:
    """A page of `rows` from the highest to the lowest by the whole-number fields of `order`.

    The last field is the unique key whose values the page gives; so no row is lost or shown twice where many
    share the values before it. `before` and `after` are cursors of an earlier page: further down, further
    up. What is not a cursor is ignored and the first page given.
    """
    down, up = _position(before, order), _position(after, order)
    if up:
        rising = rows.filter(TupleGreaterThan(_columns(order), up)).order_by(*order)
        found = list(rising.values_list(*order)[: size + 1])
        keys = found[:size][::-1]
        if keys:
            return KeysetPage(
                [key[-1] for key in keys], older=_cursor(keys[-1]), newer=_cursor(keys[0], len(found) > size)
            )
        down = None
    below = rows.filter(TupleLessThan(_columns(order), down)) if down else rows
    found = list(below.order_by(*(f"-{field}" for field in order)).values_list(*order)[: size + 1])
    keys = found[:size]
    if not keys:
        return KeysetPage([], "", "")
    return KeysetPage(
        [key[-1] for key in keys],
        older=_cursor(keys[-1], len(found) > size),
        newer=_cursor(keys[0], down is not None),
    )


def _columns(order: Sequence[str]) -> Tuple:
    return Tuple(*(F(field) for field in order))


def _position(cursor: str, order: Sequence[str]) -> tuple[int, ...] | None:
    parts = cursor.split("-")
    if len(parts) != len(order) or not all(part.isdecimal() for part in parts):
        return None
    return tuple(map(int, parts))


def _cursor(key: Sequence[int], there_is_more: bool = True) -> str:
    return "-".join(map(str, key)) if there_is_more else ""
