"""Lists that page by key: every page costs the same, however long the list; nothing is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """One page of primary keys, newest first, and the cursors of its neighbours ("" where there is none)."""

    ids: Sequence[int]
    older: str
    newer: str


def newest_first(rows: "QuerySet[Any]", *, before: str, after: str, size: int = PAGE_SIZE) -> KeysetPage:
    """A page of `rows` by falling primary key.

    `before` and `after` are cursors of an earlier page: older than, newer than. What is not a cursor is
    ignored and the newest page given.
    """
    if after.isdecimal():
        found = list(rows.filter(pk__gt=int(after)).order_by("pk").values_list("pk", flat=True)[: size + 1])
        has_newer = len(found) > size
        ids = found[:size][::-1]
        if ids:
            return KeysetPage(ids, older=str(ids[-1]), newer=str(ids[0]) if has_newer else "")
        before = ""
    older_than = rows.filter(pk__lt=int(before)) if before.isdecimal() else rows
    found = list(older_than.order_by("-pk").values_list("pk", flat=True)[: size + 1])
    ids = found[:size]
    return KeysetPage(
        ids,
        older=str(ids[-1]) if len(found) > size else "",
        newer=str(ids[0]) if ids and before.isdecimal() else "",
    )
