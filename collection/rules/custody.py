"""The custody chain: how entries are made, fingerprinted, balanced and checked.

Every entry moves `grams > 0` of one lot from one place of mass to another, at the composition the register
believed at that moment (parts per million by mass), and carries its share of how unsure that mass is. A change of
belief is two entries through REVISION: everything out as it stood, everything back as it is believed now. So mass
and every element are conserved by construction, and a place that is empty again leaves no doubt behind.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from collection.rules.lifecycle import OUTSIDE_PLACES, Place

GENESIS = b"\0" * 32

ELEMENTS = ("nd", "pr", "dy", "tb", "sm")


@dataclass(frozen=True, slots=True)
class Composition:
    """Element content in parts per million by mass of magnet."""

    nd: int = 0
    pr: int = 0
    dy: int = 0
    tb: int = 0
    sm: int = 0

    def __post_init__(self) -> None:
        shares = (self.nd, self.pr, self.dy, self.tb, self.sm)
        if min(shares) < 0 or sum(shares) > 1_000_000:
            raise CustodyError(f"Element shares must lie between 0 and 1,000,000 ppm together, not {shares}.")


@dataclass(frozen=True, slots=True)
class Doubt:
    """How unsure some grams are: what sums need to carry the right interval.

    `shared_sd_grams` is the standard deviation shared with every lot of the same product type, `own_variance` the
    lot's own variance (grams squared). Both move with the grams in proportion, so that what leaves a place and
    what stays in it add up to what stood there.
    """

    shared_sd_grams: int = 0
    own_variance: float = 0.0

    def share(self, grams: int, whole: int) -> Doubt:
        """The part of the doubt that goes with `grams` of `whole`."""
        if grams == whole:
            return self
        return Doubt(round(self.shared_sd_grams * grams / whole), self.own_variance * grams / whole)

    def is_about(self, other: Doubt) -> bool:
        """Whether both are the same but for the rounding of shares."""
        return abs(self.shared_sd_grams - other.shared_sd_grams) <= 1 and math.isclose(
            self.own_variance, other.own_variance, rel_tol=1e-9
        )

    def less(self, other: Doubt) -> Doubt:
        """What is left without `other`, never below nothing."""
        return Doubt(
            max(0, self.shared_sd_grams - other.shared_sd_grams),
            max(0.0, self.own_variance - other.own_variance),
        )


NO_DOUBT = Doubt()


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Grams to move, before they have a sequence and a fingerprint."""

    from_place: Place
    to_place: Place
    grams: int
    composition: Composition
    doubt: Doubt = NO_DOUBT


class ChainedEntry(Protocol):
    """What a stored entry must offer for its chain to be checked; it is only ever read."""

    @property
    def lot_id(self) -> int: ...

    @property
    def sequence(self) -> int: ...

    @property
    def from_place(self) -> int: ...

    @property
    def to_place(self) -> int: ...

    @property
    def grams(self) -> int: ...

    @property
    def nd_ppm(self) -> int: ...

    @property
    def pr_ppm(self) -> int: ...

    @property
    def dy_ppm(self) -> int: ...

    @property
    def tb_ppm(self) -> int: ...

    @property
    def sm_ppm(self) -> int: ...

    @property
    def at(self) -> dt.datetime: ...

    @property
    def reason(self) -> str: ...

    @property
    def previous_fingerprint(self) -> bytes | bytearray | memoryview: ...

    @property
    def fingerprint(self) -> bytes | bytearray | memoryview: ...


class WeighedEntry(ChainedEntry, Protocol):
    """A stored entry with how unsure its grams are."""

    @property
    def shared_sd_grams(self) -> int: ...

    @property
    def own_variance(self) -> float: ...


class CustodyError(Exception):
    """A movement that the ledger refuses; the message is fit to show."""


def fingerprint(
    *,
    previous: bytes,
    lot_id: int,
    sequence: int,
    from_place: int,
    to_place: int,
    grams: int,
    composition: Composition,
    at: dt.datetime,
    reason: str,
) -> bytes:
    """SHA-256 over the entry's own facts and the fingerprint of the entry before it (32 bytes)."""
    facts = (
        f"{lot_id}|{sequence}|{int(from_place)}|{int(to_place)}|{grams}|"
        f"{composition.nd}|{composition.pr}|{composition.dy}|{composition.tb}|{composition.sm}|"
        f"{at.astimezone(dt.UTC).isoformat(timespec='microseconds')}|{reason}"
    )
    return hashlib.sha256(bytes(previous) + facts.encode()).digest()


def balances(entries: Iterable[ChainedEntry]) -> dict[Place, int]:
    """Grams in each place after these entries of one lot."""
    totals: dict[Place, int] = defaultdict(int)
    for entry in entries:
        totals[Place(entry.from_place)] -= entry.grams
        totals[Place(entry.to_place)] += entry.grams
    return dict(totals)


def composition_at(entries: Sequence[ChainedEntry], place: Place) -> Composition | None:
    """The composition at which the grams now in `place` last arrived there."""
    for entry in reversed(entries):
        if entry.to_place == place:
            return Composition(entry.nd_ppm, entry.pr_ppm, entry.dy_ppm, entry.tb_ppm, entry.sm_ppm)
    return None


def doubt_at(entries: Iterable[WeighedEntry], place: Place) -> Doubt:
    """How unsure the grams now in `place` are."""
    shared, own = 0, 0.0
    for entry in entries:
        sign = int(entry.to_place == place) - int(entry.from_place == place)
        shared, own = shared + sign * entry.shared_sd_grams, own + sign * entry.own_variance
    return Doubt(max(0, shared), max(0.0, own))


def check_movement(standing: dict[Place, int], movement: Movement) -> None:
    """Refuse a movement that makes no sense or takes more than stands in its place."""
    if movement.grams <= 0:
        raise CustodyError("A custody entry must move at least one gram.")
    if movement.from_place == movement.to_place:
        raise CustodyError("A custody entry must move mass from one place to another.")
    if movement.from_place in OUTSIDE_PLACES:
        return
    available = standing.get(movement.from_place, 0)
    if movement.grams > available:
        raise CustodyError(
            f"Only {available:,} g stand in {movement.from_place.name.replace('_', ' ').lower()}, "
            f"so {movement.grams:,} g cannot leave it."
        )


def first_fault(entries: Sequence[ChainedEntry]) -> str | None:
    """What is wrong with one lot's chain, in words; None when it holds.

    Checks that the sequence runs 1, 2, 3…, every fingerprint follows from the one before, and no place
    inside the register ever goes below zero grams.
    """
    previous = GENESIS
    standing: dict[Place, int] = defaultdict(int)
    for expected, entry in enumerate(entries, start=1):
        if entry.sequence != expected:
            return f"entry {entry.sequence} stands where {expected} should be"
        if bytes(entry.previous_fingerprint) != previous:
            return f"entry {expected} does not follow the entry before it"
        computed = fingerprint(
            previous=previous,
            lot_id=entry.lot_id,
            sequence=entry.sequence,
            from_place=entry.from_place,
            to_place=entry.to_place,
            grams=entry.grams,
            composition=Composition(entry.nd_ppm, entry.pr_ppm, entry.dy_ppm, entry.tb_ppm, entry.sm_ppm),
            at=entry.at,
            reason=entry.reason,
        )
        if bytes(entry.fingerprint) != computed:
            return f"entry {expected} was changed after it was written"
        standing[Place(entry.from_place)] -= entry.grams
        standing[Place(entry.to_place)] += entry.grams
        short = [place for place, grams in standing.items() if grams < 0 and place not in OUTSIDE_PLACES]
        if short:
            return f"entry {expected} takes more out of {short[0].name} than stood there"
        previous = computed
    return None
