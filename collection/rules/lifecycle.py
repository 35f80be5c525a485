"""The states of a lot and the only ways from one to the next.

A transition names the states it may start from, the state it leads to, and the custody movement that goes
with it. Nothing else in the product changes a lot's state.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Place(IntEnum):
    """Places of mass: where grams can be. SOURCE and REVISION are outside the register and may go negative;
    LINEAGE passes grams between parent and child lots and sums to zero over the register."""

    SOURCE = 1
    HELD = 2
    IN_TRANSIT = 3
    RECEIVED = 4
    RETAINED = 5
    RESIDUE = 6
    EXPORTED = 7
    LOST = 8
    REVISION = 9
    LINEAGE = 10


OUTSIDE_PLACES = frozenset({Place.SOURCE, Place.REVISION, Place.LINEAGE})


class LotState(StrEnum):
    HELD = "held"
    RESERVED = "reserved"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    PROCESSED = "processed"
    EXPORTED = "exported"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    DIVIDED = "divided"


STATE_LABELS = {
    LotState.HELD: "Held",
    LotState.RESERVED: "Pickup booked",
    LotState.IN_TRANSIT: "In transit",
    LotState.RECEIVED: "Received at plant",
    LotState.PROCESSED: "Processed",
    LotState.EXPORTED: "Exported",
    LotState.LOST: "Lost",
    LotState.WITHDRAWN: "Withdrawn",
    LotState.DIVIDED: "Became other lots",
}

OPEN_STATES = frozenset({LotState.HELD, LotState.RESERVED})


@dataclass(frozen=True, slots=True)
class Transition:
    """One permitted change of state. `movement` is None where no mass moves."""

    verb: str
    from_states: frozenset[LotState]
    to_state: LotState
    movement: tuple[Place, Place] | None = None


def _transition(
    verb: str, from_states: set[LotState], to_state: LotState, movement: tuple[Place, Place] | None = None
) -> Transition:
    return Transition(verb, frozenset(from_states), to_state, movement)


RESERVE = _transition("reserved", {LotState.HELD}, LotState.RESERVED)
RELEASE = _transition("released", {LotState.RESERVED}, LotState.HELD)
COLLECT = _transition("collected", {LotState.RESERVED}, LotState.IN_TRANSIT, (Place.HELD, Place.IN_TRANSIT))
RECEIVE = _transition(
    "received", {LotState.IN_TRANSIT}, LotState.RECEIVED, (Place.IN_TRANSIT, Place.RECEIVED)
)
RETURN = _transition("returned", {LotState.IN_TRANSIT}, LotState.HELD, (Place.IN_TRANSIT, Place.HELD))
PROCESS = _transition("processed", {LotState.RECEIVED}, LotState.PROCESSED, (Place.RECEIVED, Place.RETAINED))
EXPORT = _transition("exported", {LotState.HELD}, LotState.EXPORTED, (Place.HELD, Place.EXPORTED))
LOSE = _transition("lost", {LotState.HELD}, LotState.LOST, (Place.HELD, Place.LOST))
LOSE_IN_TRANSIT = _transition(
    "lost_in_transit", {LotState.IN_TRANSIT}, LotState.LOST, (Place.IN_TRANSIT, Place.LOST)
)
WITHDRAW = _transition("withdrawn", {LotState.HELD}, LotState.WITHDRAWN, (Place.HELD, Place.REVISION))
DIVIDE = _transition("divided", {LotState.HELD}, LotState.DIVIDED, (Place.HELD, Place.LINEAGE))

TRANSITIONS = (
    RESERVE,
    RELEASE,
    COLLECT,
    RECEIVE,
    RETURN,
    PROCESS,
    EXPORT,
    LOSE,
    LOSE_IN_TRANSIT,
    WITHDRAW,
    DIVIDE,
)


class Verb(StrEnum):
    """What can happen to a lot: the closed list of event verbs, in the past tense."""

    LOGGED = "logged"
    RESERVED = "reserved"
    RELEASED = "released"
    COLLECTED = "collected"
    COLLECTION_FAILED = "collection_failed"
    RECEIVED = "received"
    RETURNED = "returned"
    PROCESSED = "processed"
    EXPORTED = "exported"
    LOST = "lost"
    LOST_IN_TRANSIT = "lost_in_transit"
    WITHDRAWN = "withdrawn"
    DIVIDED = "divided"
    DERIVED = "derived"
    REVISED = "revised"
    CHANGED = "changed"
    FLAGGED = "flagged"
    UNFLAGGED = "unflagged"
    OVERRIDDEN = "overridden"
    OVERRIDE_ENDED = "override_ended"
    OFFERED = "offered"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_DECLINED = "offer_declined"
    OFFER_ENDED = "offer_ended"
    BID_REPORTED = "bid_reported"


class StateConflictError(Exception):
    """Somebody was first, or the lot is not in a state that allows this. The message is fit to show."""
