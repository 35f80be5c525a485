"""Keeping what is read whole, in the process, until its tables change."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Built = TypeVar("Built")
Stamp = tuple[object, ...]


def kept_until_changed(stamp: Callable[[], Stamp]) -> Callable[[Callable[[], Built]], Callable[[], Built]]:
    """Keep what a function builds until `stamp()` gives another value.

    `stamp` is asked on every call, so it must be cheap and must differ whenever the built value would.
    """

    def decorate(build: Callable[[], Built]) -> Callable[[], Built]:
        kept: dict[Stamp, Built] = {}

        @wraps(build)
        def current() -> Built:
            now = stamp()
            found = kept.get(now)
            if found is None:
                found = build()
                kept.clear()
                kept[now] = found
            return found

        return current

    return decorate
