"""Splitting, merging and taking apart keep every gram, and nothing descends from itself."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.rules.content import Catalogue, LotInput, estimate
from collection.rules.content.disassembly import Dismantling, expected_parts, league
from collection.rules.content.lineage import (
    CircularLineage,
    GateBalance,
    NotConserved,
    Transformation,
    ancestors,
    apportion,
    check_conserved,
    check_descent,
)


@given(total=st.integers(0, 10**12), weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_apportioned_grams_add_up_exactly(total: int, weights: list[float]) -> None:
    if sum(weights) <= 0:
        with pytest.raises(ValueError, match="Apportioning"):
            apportion(total, weights)
        return
    grams = apportion(total, weights)
    assert sum(grams) == total
    assert min(grams) >= 0
    for part, weight in zip(grams, weights, strict=True):
        assert abs(part - total * Fraction(weight) / sum(map(Fraction, weights))) < 1


@given(parts=st.lists(st.integers(0, 10**9), min_size=1, max_size=9), residue=st.integers(0, 10**6))
def test_a_change_that_conserves_mass_passes_and_a_gram_more_or_less_does_not(
    parts: list[int], residue: int
) -> None:
    named = {f"part {number}": grams for number, grams in enumerate(parts)}
    check_conserved(Transformation({"parent": sum(parts) + residue}, named, residue_grams=residue))
    with pytest.raises(NotConserved) as caught:
        check_conserved(Transformation({"parent": sum(parts) + residue + 1}, named, residue_grams=residue))
    assert caught.value.difference_grams == -1


@pytest.mark.parametrize(
    "change",
    [
        Transformation({"a": 5}, {"b": -1}, loss_grams=6),
        Transformation({"a": 5.0}, {"b": 5}),  # type: ignore[dict-item]
        Transformation({}, {"b": 0}),
        Transformation({"a": 0}, {}),
    ],
)
def test_amounts_that_are_not_masses_are_refused(change: Transformation) -> None:
    with pytest.raises(NotConserved):
        check_conserved(change)


def test_a_lot_cannot_become_its_own_ancestor() -> None:
    parents = {"c": ["a", "b"], "d": ["c"]}
    assert ancestors(parents, "d") == {"a", "b", "c"}
    check_descent(parents, ["d"], "e")
    with pytest.raises(CircularLineage, match="a cannot descend from d"):
        check_descent(parents, ["d"], "a")
    with pytest.raises(CircularLineage):
        check_descent(parents, ["d"], "d")


def test_the_gate_balance_says_what_is_missing() -> None:
    closed = GateBalance(10_000, 1_200, {"steel": 6_000, "copper": 2_500, "plastics": 100})
    assert closed.is_closed
    short = GateBalance(10_000, 1_200, {"steel": 6_000})
    assert not short.is_closed
    assert "2,800 g (28% of the gate weight) is missing" in short.sentence


def test_the_form_for_taking_apart_is_filled_in_with_what_should_come_out(catalogue: Catalogue) -> None:
    lot = estimate(catalogue, LotInput(product_code="auto_eps_motor", quantity=100))
    parts = expected_parts(lot, catalogue.assumptions, gross_grams=250_000)
    assert parts.freed_magnet_grams + parts.magnet_left_inside_grams == lot.magnet_grams.central == 13_500
    assert parts.freed_magnet_grams == 12_420
    assert parts.rest_grams == 236_500
    assert expected_parts(lot, catalogue.assumptions).rest_grams is None


def test_the_league_ranks_models_by_minutes_per_kilogram_and_counts_obstacles() -> None:
    rows = league(
        [
            Dismantling("Alder", "P1", 10, 80.0, 1000, 900, frozenset({"glue"})),
            Dismantling("Alder", "P1", 10, 120.0, 1000, 100, frozenset({"glue", "rivets"})),
            Dismantling("Birch", "Q", 5, 20.0, 1000, 1000),
            Dismantling("Cedar", "R", 5, 90.0, 0, 0, frozenset({"sealed"})),
        ]
    )
    assert [row.maker for row in rows] == ["Birch", "Alder", "Cedar"]
    assert [row.minutes_per_kg for row in rows] == [20.0, 100.0, None]
    assert rows[1].intact_share == 0.5
    assert rows[1].obstacles == (("glue", 2), ("rivets", 1))
    assert rows[1].minutes_per_item == 10.0


def test_one_lucky_sample_does_not_lead_the_league() -> None:
    steady = [Dismantling("Alder", "P1", 20, 300.0, 15_000, 13_000) for _ in range(10)]
    middling = [Dismantling("Birch", "Q", 20, 900.0, 15_000, 9_000) for _ in range(10)]
    lucky = [Dismantling("Cedar", "R", 1, 1.0, 100, 100)]

    rows = league([*steady, *middling, *lucky])

    assert [row.maker for row in rows] == ["Alder", "Cedar", "Birch"]
    cedar = rows[1]
    assert cedar.minutes_per_kg == 10.0 < (rows[0].minutes_per_kg or 0)
    assert cedar.judged_minutes_per_kg == pytest.approx(10**0.25 * 39.87**0.75, rel=0.01)
    assert cedar.intact_share == 1.0
    assert cedar.judged_intact_share == pytest.approx(0.8, abs=0.01)


def test_models_are_compared_within_a_product_and_however_they_are_written() -> None:
    rows = league(
        [
            Dismantling("Alder", "P 1", 1, 10.0, 1000, 500, product_code="pump"),
            Dismantling("ALDER ", "p  1", 1, 30.0, 1000, 500, product_code="pump"),
            Dismantling("Alder", "P 1", 1, 5.0, 1000, 500, product_code="drive"),
        ]
    )
    assert [(row.product_code, row.lots, row.minutes_per_kg) for row in rows] == [
        ("drive", 1, 5.0),
        ("pump", 2, 20.0),
    ]
