"""How often somebody may try to sign in: few enough that guessing is hopeless, enough for a bad memory.

Failures are counted for each e-mail address and for each network address in the cache; they are forgotten
after `WINDOW_SECONDS` without a try, or when the person gets in.
"""

import hashlib

from django.core.cache import cache

WINDOW_SECONDS = 15 * 60
MOST_FAILURES_AN_ADDRESS = 8
MOST_FAILURES_A_NETWORK = 60


def is_blocked(email: str, network: str) -> bool:
    """Whether this person, or everybody behind this network address, must wait."""
    return (
        cache.get(_key("email", email), 0) >= MOST_FAILURES_AN_ADDRESS
        or cache.get(_key("network", network), 0) >= MOST_FAILURES_A_NETWORK
    )


def count_failure(email: str, network: str) -> None:
    for key in (_key("email", email), _key("network", network)):
        cache.set(key, cache.get(key, 0) + 1, WINDOW_SECONDS)


def forget_failures(email: str) -> None:
    """The person is in: what they mistyped before no longer counts. The network's count stays."""
    cache.delete(_key("email", email))


def _key(kind: str, value: str) -> str:
    # Digests: what people type must not become a file name or a cache key as it stands.
    return f"sign-in-{kind}-{hashlib.sha256(value.strip().lower().encode()).hexdigest()[:32]}"
