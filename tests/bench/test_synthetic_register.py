"""The synthetic register: sound chains, exact numbers, the same for the same seed."""

from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from collection.management.synthetic.lives import lengths
from collection.models import CustodyEntry, Estimate, Lot, Organisation
from collection.queries.custody import first_broken_chain, register_balances
from collection.rules.lifecycle import Place

pytestmark = pytest.mark.django_db


def make(lots: int, entries: int, seed: int = 1) -> str:
    out = StringIO()
    call_command("load_reference", stdout=StringIO())
    call_command("load_synthetic_register", lots=lots, entries=entries, seed=seed, stdout=out)
    return out.getvalue()


def test_it_has_the_lots_and_entries_asked_for_and_every_chain_holds() -> None:
    make(150, 1_203)

    assert Lot.unscoped.count() == Estimate.objects.filter(is_current=True).count() == 150
    assert CustodyEntry.unscoped.count() == 1_203
    assert first_broken_chain() is None
    totals = register_balances()
    assert sum(totals.values()) == 0
    assert totals[Place.RETAINED] > 0
    call_command("verify_custody", stdout=StringIO())


def test_what_stands_in_an_open_lot_is_its_magnet_mass() -> None:
    make(60, 400)

    for lot in Lot.unscoped.filter(state="held"):
        arrived = sum(entry.grams for entry in lot.custody.filter(to_place=Place.HELD))
        left = sum(entry.grams for entry in lot.custody.filter(from_place=Place.HELD))
        assert arrived - left == lot.magnet_grams


def test_everything_is_marked_as_made_up() -> None:
    make(20, 100)

    assert set(Lot.unscoped.values_list("is_demonstration", flat=True)) == {True}
    assert not Organisation.objects.filter(slug__startswith="synthetic", is_demonstration=False).exists()


def test_a_second_run_changes_nothing() -> None:
    make(20, 100)

    assert "nothing was changed" in make(30, 300)
    assert Lot.unscoped.count() == 20


def test_fewer_entries_than_lots_is_refused_with_the_way_out() -> None:
    with pytest.raises(CommandError, match="at least 20"):
        make(20, 10)


def fingerprints_of_a_trial(seed: int) -> list[bytes]:
    """The whole ledger of a register that is then taken back."""
    with transaction.atomic():
        make(40, 300, seed)
        ledger = CustodyEntry.unscoped.order_by("lot_id", "sequence")
        found = [bytes(value) for value in ledger.values_list("fingerprint", flat=True)]
        transaction.set_rollback(True)
    return found


def test_the_same_seed_makes_the_same_ledger_and_another_seed_another() -> None:
    assert fingerprints_of_a_trial(1) == fingerprints_of_a_trial(1)
    assert fingerprints_of_a_trial(1) != fingerprints_of_a_trial(2)


def test_lives_differ_in_length_and_add_up() -> None:
    found = lengths(99, 1_000, np.random.default_rng(1))

    assert found.sum() == 1_000
    assert found.min() >= 1
    assert len(set(found.tolist())) > 5
