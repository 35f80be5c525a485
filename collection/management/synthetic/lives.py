"""Plausible lives of lots: logged, re-estimated, and then held, collected, exported, lost or processed.

Every chain conserves mass and carries the fingerprints of the custody rules; the lengths of all chains add
up to the number of entries asked for.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collection.management.synthetic.tables import Cell, blob, instant
from collection.rules.custody import GENESIS, Composition, fingerprint
from collection.rules.lifecycle import LotState, Place

HISTORY_ENDS = dt.date(2026, 10, 1)
HISTORY_DAYS = 730
# Hours of the working day, UTC: the day is the same in London all year round.
HOURS = (8, 9, 11, 13, 14, 16)

Leg = tuple[Place, Place]

COLLECTED: Leg = (Place.HELD, Place.IN_TRANSIT)
RECEIVED: Leg = (Place.IN_TRANSIT, Place.RECEIVED)
RETAINED: Leg = (Place.RECEIVED, Place.RETAINED)
RESIDUE: Leg = (Place.RECEIVED, Place.RESIDUE)

# Share of lots that end so, and what moves their whole mass there (the residue takes its own share).
ENDINGS: dict[LotState, tuple[float, tuple[Leg, ...]]] = {
    LotState.HELD: (0.55, ()),
    LotState.RESERVED: (0.05, ()),
    LotState.IN_TRANSIT: (0.03, (COLLECTED,)),
    LotState.RECEIVED: (0.04, (COLLECTED, RECEIVED)),
    LotState.PROCESSED: (0.20, (COLLECTED, RECEIVED, RETAINED, RESIDUE)),
    LotState.EXPORTED: (0.10, ((Place.HELD, Place.EXPORTED),)),
    LotState.LOST: (0.03, ((Place.HELD, Place.LOST),)),
}
STATES = tuple(ENDINGS)
WITH_RECYCLER = frozenset(
    {LotState.RESERVED, LotState.IN_TRANSIT, LotState.RECEIVED, LotState.PROCESSED},
)
RESIDUE_SHARE = 0.04
# Grams squared; in proportion, so that a lot that leaves takes with it what it brought.
OWN_VARIANCE_PER_GRAM = 25.0


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a life, ready to write."""

    sequence: int
    from_place: int
    to_place: int
    grams: int
    composition: Composition
    slot: int
    reason: str
    previous: bytes
    fingerprint: bytes


class Calendar:
    """The instants things happen at, and how they are written."""

    def __init__(self) -> None:
        first = HISTORY_ENDS - dt.timedelta(days=HISTORY_DAYS)
        self.days = [first + dt.timedelta(days=n) for n in range(HISTORY_DAYS) for _ in HOURS]
        self.instants = [
            dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)
            for day, hour in zip(self.days, HOURS * HISTORY_DAYS, strict=True)
        ]
        self.day_texts = [day.isoformat() for day in self.days]
        self.instant_texts = [instant(at) for at in self.instants]

    def __len__(self) -> int:
        return len(self.instants)


def lengths(lots: int, entries: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """How many entries each lot has: at least one, around the mean, adding up to `entries`."""
    mean = entries // lots
    found = np.full(lots, mean)
    found[: entries - mean * lots] += 1
    moved = rng.integers(0, (mean + 1) // 2, lots // 2)
    pairs = found[: 2 * len(moved)].reshape(-1, 2)
    pairs[:, 0] += moved
    pairs[:, 1] -= moved
    return found


def states(lengths_of_lots: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Position in STATES of each lot's end; a life too short for it is still held."""
    shares = np.array([share for share, _ in ENDINGS.values()])
    chosen = rng.choice(len(STATES), len(lengths_of_lots), p=shares)
    needed = np.array([len(legs) for _, legs in ENDINGS.values()])
    return np.where(needed[chosen] < lengths_of_lots, chosen, 0)


def slots(counts: NDArray[np.int64], size: int, rng: np.random.Generator) -> list[list[int]]:
    """For each lot as many moments as it has entries, in order."""
    owner = np.repeat(np.arange(len(counts)), counts)
    drawn = rng.integers(0, size, len(owner))
    ordered = drawn[np.lexsort((drawn, owner))].tolist()
    ends = np.cumsum(counts).tolist()
    return [ordered[end - count : end] for end, count in zip(ends, counts.tolist(), strict=True)]


def life(
    lot_id: int, state: LotState, grams: int, composition: Composition, when: list[int], calendar: Calendar
) -> Iterator[Step]:
    """The chain of one lot: logged with `grams`, re-estimated while held, then its end."""
    legs = ENDINGS[state][1]
    previous = GENESIS
    moved = _movements(grams, composition, len(when) - len(legs), legs)
    for sequence, (from_place, to_place, grams_moved, content, reason) in enumerate(moved, start=1):
        slot = when[sequence - 1]
        digest = fingerprint(
            previous=previous,
            lot_id=lot_id,
            sequence=sequence,
            from_place=from_place,
            to_place=to_place,
            grams=grams_moved,
            composition=content,
            at=calendar.instants[slot],
            reason=reason,
        )
        yield Step(sequence, from_place, to_place, grams_moved, content, slot, reason, previous, digest)
        previous = digest


Moved = tuple[int, int, int, Composition, str]


def _movements(
    grams: int, composition: Composition, while_held: int, legs: tuple[Leg, ...]
) -> Iterator[Moved]:
    """`while_held` entries from the logging on, then the legs of the end."""
    held, revision = int(Place.HELD), int(Place.REVISION)
    yield int(Place.SOURCE), held, grams, composition, "Logged"
    for _ in range((while_held - 1) // 2):
        yield held, revision, grams, composition, "Estimate replaced"
        grams, composition = revised(grams, composition)
        yield revision, held, grams, composition, "Estimate replaced"
    if while_held % 2 == 0:
        more = heavier(grams)
        grams += more
        yield revision, held, more, composition, "Weighed"
    residue = round(grams * RESIDUE_SHARE)
    for leg in legs:
        moved = residue if leg == RESIDUE else grams - residue if leg == RETAINED else grams
        yield int(leg[0]), int(leg[1]), moved, composition, leg[1].name.replace("_", " ").capitalize()


def revised(grams: int, composition: Composition) -> tuple[int, Composition]:
    """A later belief: a little less magnet, a little less dysprosium."""
    return grams - grams // 50, Composition(
        composition.nd, composition.pr, composition.dy - composition.dy // 20, composition.tb, composition.sm
    )


def heavier(grams: int) -> int:
    """What the scale found above the estimate."""
    return grams // 40 + 1


def final(grams: int, composition: Composition, while_held: int) -> tuple[int, Composition]:
    """What stands in a lot after its first `while_held` entries."""
    for _ in range((while_held - 1) // 2):
        grams, composition = revised(grams, composition)
    return (grams + heavier(grams) if while_held % 2 == 0 else grams), composition


def entry_row(lot_id: int, step: Step, calendar: Calendar, dimensions: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """One row of the ledger; `dimensions` are region, sector, product, holder and receiver as written."""
    at, content = calendar.instant_texts[step.slot], step.composition
    return (
        lot_id, step.sequence, step.from_place, step.to_place, step.grams,
        content.nd, content.pr, content.dy, content.tb, content.sm,
        step.grams // 10, step.grams * OWN_VARIANCE_PER_GRAM,
        calendar.day_texts[step.slot], *dimensions, at, at, step.reason,
        blob(step.previous), blob(step.fingerprint),
    )  # fmt: skip
