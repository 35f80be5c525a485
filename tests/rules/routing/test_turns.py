"""Ways of bettering a plan, in turn by what each gains."""

from collection.rules.routing.turns import Turns


def test_what_was_never_tried_comes_before_what_gains_little() -> None:
    turns = Turns([2000, 1000])
    assert turns.next() == 0
    turns.tell(0, gained=0.01, effort=0.1)
    assert turns.next() == 1


def test_the_way_that_gains_more_for_its_effort_goes_on() -> None:
    turns = Turns([2000, 1000])
    turns.tell(0, gained=0.01, effort=0.1)
    turns.tell(1, gained=0.01, effort=0.5)
    assert turns.next() == 0


def test_a_way_that_gains_nothing_is_tried_again_some_day() -> None:
    turns = Turns([2000, 1000])
    turns.tell(1, gained=0, effort=0.1)
    taken = []
    for _ in range(50):
        taken.append(turns.next())
        turns.tell(taken[-1], gained=0.0005 if taken[-1] == 0 else 0, effort=0.1)
    assert taken[0] == 0
    assert 0 < taken.count(1) < 25
