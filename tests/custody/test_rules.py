"""The custody chain as plain arithmetic."""

import datetime as dt
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.rules.custody import (
    GENESIS,
    Composition,
    CustodyError,
    Movement,
    balances,
    check_movement,
    composition_at,
    fingerprint,
    first_fault,
)
from collection.rules.lifecycle import OUTSIDE_PLACES, TRANSITIONS, LotState, Place, Verb

AT = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Entry:
    lot_id: int
    sequence: int
    from_place: int
    to_place: int
    grams: int
    at: dt.datetime
    reason: str
    previous_fingerprint: bytes
    fingerprint: bytes = b""
    nd_ppm: int = 230_000
    pr_ppm: int = 60_000
    dy_ppm: int = 20_000
    tb_ppm: int = 0
    sm_ppm: int = 0


def chained(*moves: tuple[Place, Place, int], lot_id: int = 7) -> list[Entry]:
    entries: list[Entry] = []
    for from_place, to_place, grams in moves:
        previous = entries[-1].fingerprint if entries else GENESIS
        entry = Entry(lot_id, len(entries) + 1, from_place, to_place, grams, AT, "test", previous)
        mark = fingerprint(
            previous=previous,
            lot_id=lot_id,
            sequence=entry.sequence,
            from_place=from_place,
            to_place=to_place,
            grams=grams,
            composition=Composition(230_000, 60_000, 20_000),
            at=AT,
            reason="test",
        )
        entries.append(replace(entry, fingerprint=mark))
    return entries


A_WHOLE_LIFE = (
    (Place.SOURCE, Place.HELD, 1000),
    (Place.HELD, Place.IN_TRANSIT, 1000),
    (Place.IN_TRANSIT, Place.RECEIVED, 1000),
    (Place.RECEIVED, Place.RETAINED, 900),
    (Place.RECEIVED, Place.RESIDUE, 100),
)


def test_a_whole_life_holds_and_ends_where_it_should() -> None:
    chain = chained(*A_WHOLE_LIFE)
    assert first_fault(chain) is None
    assert balances(chain)[Place.RETAINED] == 900
    assert balances(chain)[Place.HELD] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"grams": 999},
        {"to_place": Place.EXPORTED},
        {"reason": "other"},
        {"dy_ppm": 1},
        {"at": AT + dt.timedelta(1)},
    ],
)
def test_any_later_change_of_an_entry_is_found(change: dict[str, object]) -> None:
    chain = chained(*A_WHOLE_LIFE)
    chain[2] = replace(chain[2], **change)
    assert first_fault(chain) == "entry 3 was changed after it was written"


def test_a_missing_entry_is_found() -> None:
    chain = chained(*A_WHOLE_LIFE)
    assert first_fault(chain[:1] + chain[2:]) == "entry 3 stands where 2 should be"


def test_an_entry_taken_from_another_lot_is_found() -> None:
    chain = chained(*A_WHOLE_LIFE)
    other = chained(*A_WHOLE_LIFE, lot_id=8)
    assert first_fault([chain[0], other[1]]) == "entry 2 does not follow the entry before it"


def test_more_cannot_leave_a_place_than_stands_in_it() -> None:
    fault = first_fault(chained((Place.SOURCE, Place.HELD, 10), (Place.HELD, Place.LOST, 11)))
    assert fault == "entry 2 takes more out of HELD than stood there"


@pytest.mark.parametrize("grams", [0, -1])
def test_a_movement_is_at_least_one_gram(grams: int) -> None:
    movement = Movement(from_place=Place.SOURCE, to_place=Place.HELD, grams=grams, composition=Composition())
    with pytest.raises(CustodyError, match="at least one gram"):
        check_movement({}, movement)


def test_element_shares_cannot_exceed_the_whole() -> None:
    with pytest.raises(CustodyError, match="between 0 and 1,000,000"):
        Composition(nd=900_000, pr=200_000)


def test_the_composition_at_a_place_is_that_of_the_last_arrival() -> None:
    chain = chained(*A_WHOLE_LIFE)
    assert composition_at(chain, Place.RETAINED) == Composition(230_000, 60_000, 20_000)
    assert composition_at(chain, Place.EXPORTED) is None


@given(st.lists(st.tuples(st.sampled_from(Place), st.sampled_from(Place), st.integers(-5, 500)), max_size=30))
def test_no_sequence_of_movements_gains_or_loses_a_gram(
    wanted: list[tuple[Place, Place, int]],
) -> None:
    accepted: list[tuple[Place, Place, int]] = []
    for from_place, to_place, grams in wanted:
        standing = balances(chained(*accepted))
        try:
            movement = Movement(
                from_place=from_place, to_place=to_place, grams=grams, composition=Composition()
            )
            check_movement(standing, movement)
        except CustodyError:
            continue
        accepted.append((from_place, to_place, grams))
    chain = chained(*accepted)
    assert first_fault(chain) is None
    assert sum(balances(chain).values()) == 0
    assert all(grams >= 0 for place, grams in balances(chain).items() if place not in OUTSIDE_PLACES)


def test_every_transition_has_its_verb_and_keeps_mass_where_the_state_says() -> None:
    stands = {LotState.HELD: Place.HELD, LotState.RESERVED: Place.HELD, LotState.IN_TRANSIT: Place.IN_TRANSIT}
    for transition in TRANSITIONS:
        assert transition.verb in set(Verb)
        for state in transition.from_states:
            if transition.movement and state in stands:
                assert transition.movement[0] == stands[state]


def test_no_way_leads_out_of_an_ended_lot() -> None:
    ended = {LotState.PROCESSED, LotState.EXPORTED, LotState.LOST, LotState.WITHDRAWN, LotState.DIVIDED}
    assert not any(transition.from_states & ended for transition in TRANSITIONS)
