"""Which lots are fetched while somebody waits for a page: what the log of reads is made from.

Fetching counts as reading, so a new page is in the log without saying so. What is read as plain values is said
with `note_fetched`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_fetched: ContextVar[set[int] | None] = ContextVar("fetched_lots", default=None)


@contextmanager
def noting_fetched_lots() -> Iterator[set[int]]:
    """The keys of lots fetched inside that are, or may be, defence lots."""
    found: set[int] = set()
    token = _fetched.set(found)
    try:
        yield found
    finally:
        _fetched.reset(token)


def note_fetched(lot_ids: Iterable[int]) -> None:
    """Say that these lots are being read; nothing happens where nobody waits for a page."""
    found = _fetched.get()
    if found is not None:
        found.update(lot_ids)
