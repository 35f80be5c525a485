"""Patterns in a holder's record that make a lot look safer than it is. Each starts a question, not a charge.

Everything here is plain rows in, notices out; what is read from the register is decided in `queries.risk_gaming`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

FEWEST = 3
SOON_DAYS, LATE_DAYS, AGAIN_DAYS = 3, 30, 14
SPLIT_HOURS, SMALL_KG, TOGETHER_KG = 48, 150, 300
LIKE_SHARE = 0.2

PATTERNS = {
    "kept_word": (
        "Said it would sell here, and exported",
        "Lots declared for a UK recycler that were exported all the same.",
    ),
    "logged_at_departure": (
        "Logged within days of leaving",
        f"Lots logged no more than {SOON_DAYS} days before they were exported: nobody could make an offer.",
    ),
    "recorded_late": (
        "Export recorded late",
        f"Exports recorded more than {LATE_DAYS} days after they happened: the lots looked open meanwhile.",
    ),
    "logged_again": (
        "Withdrawn and logged again",
        f"A lot withdrawn as an error, and much the same lot logged within {AGAIN_DAYS} days: its days on the "
        "register start anew, and what was declared may change.",
    ),
    "split": (
        "Split into small lots",
        f"Several lots of one product at one place within {SPLIT_HOURS} hours, each under {SMALL_KG} kg and "
        f"together over {TOGETHER_KG} kg: small lots score lower.",
    ),
}


@dataclass(frozen=True, slots=True)
class LotFacts:
    """What the patterns are found in, of one lot."""

    reference: str
    holder: str
    holder_kind: str
    place: str
    product: str
    quantity: float
    gross_kg: float | None
    intent: str
    logged_at: dt.datetime
    state: str
    state_at: dt.datetime
    left_on: dt.date | None = None
    left_recorded_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One pattern at one holder, the lots it was seen in, and how many such lots there could have been."""

    pattern: str
    holder: str
    lots: tuple[str, ...]
    of: int

    @property
    def words(self) -> str:
        return PATTERNS[self.pattern][0]


def notices_in(lots: Iterable[LotFacts]) -> list[Notice]:
    """Every pattern, the holders with most of its lots first."""
    by_holder: dict[str, list[LotFacts]] = defaultdict(list)
    for lot in lots:
        by_holder[lot.holder].append(lot)
    found = []
    for holder, own in by_holder.items():
        own.sort(key=lambda lot: (lot.logged_at, lot.reference))
        exported = [lot for lot in own if lot.state == "exported" and lot.left_on is not None]
        among_exports = {
            "kept_word": [lot for lot in exported if lot.intent == "sell_here"],
            "logged_at_departure": [lot for lot in exported if _days_to_leave(lot) <= SOON_DAYS],
            "recorded_late": [lot for lot in exported if _days_to_tell(lot) > LATE_DAYS],
        }
        for pattern, seen in among_exports.items():
            if len(seen) >= FEWEST:
                found.append(Notice(pattern, holder, _named(seen), len(exported)))
        for pattern, seen in (("logged_again", _logged_again(own)), ("split", _split(own))):
            if seen:
                found.append(Notice(pattern, holder, _named(seen), len(own)))
    order = {pattern: place for place, pattern in enumerate(PATTERNS)}
    return sorted(found, key=lambda notice: (order[notice.pattern], -len(notice.lots), notice.holder))


def _named(lots: Sequence[LotFacts]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lot.reference for lot in lots))


def _days_to_leave(lot: LotFacts) -> int:
    return (lot.left_on - lot.logged_at.date()).days if lot.left_on else 0


def _days_to_tell(lot: LotFacts) -> int:
    if lot.left_on is None or lot.left_recorded_at is None:
        return 0
    return (lot.left_recorded_at.date() - lot.left_on).days


def _logged_again(own: Sequence[LotFacts]) -> list[LotFacts]:
    seen = []
    for gone in (lot for lot in own if lot.state == "withdrawn"):
        for lot in own:
            wait = lot.logged_at - gone.state_at
            alike = (lot.product, lot.place) == (gone.product, gone.place)
            near = abs(lot.quantity - gone.quantity) <= LIKE_SHARE * max(lot.quantity, gone.quantity)
            if (
                lot is not gone
                and alike
                and near
                and dt.timedelta(0) <= wait <= dt.timedelta(days=AGAIN_DAYS)
            ):
                seen += [gone, lot]
                break
    return seen


def _split(own: Sequence[LotFacts]) -> list[LotFacts]:
    """Runs of small lots of one product at one place, each logged within the hours after the one before."""
    if not own or own[0].holder_kind == "trader":
        return []
    groups: dict[tuple[str, str], list[LotFacts]] = defaultdict(list)
    for lot in own:
        if lot.gross_kg is not None and lot.gross_kg < SMALL_KG and lot.state != "withdrawn":
            groups[lot.product, lot.place].append(lot)
    seen: list[LotFacts] = []
    for group in groups.values():
        run = [group[0]]
        for before, lot in pairwise(group):
            if lot.logged_at - before.logged_at > dt.timedelta(hours=SPLIT_HOURS):
                seen += _if_large(run)
                run = []
            run.append(lot)
        seen += _if_large(run)
    return seen


def _if_large(run: list[LotFacts]) -> list[LotFacts]:
    together = sum(lot.gross_kg or 0.0 for lot in run)
    return run if len(run) >= FEWEST and together >= TOGETHER_KG else []
