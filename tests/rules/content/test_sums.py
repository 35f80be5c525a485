"""Sums: what is shared adds linearly, what is a lot's own in quadrature, and the columns still add up."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.rules.content import (
    Catalogue,
    ContentEstimate,
    LedgerMass,
    LotInput,
    ProductArrays,
    estimate,
    estimate_many,
    sum_estimates,
    sum_ledger,
    sum_many,
)
from collection.rules.content.arrays import lot_arrays
from collection.rules.content.inputs import check

PRODUCTS = ["auto_bev_traction_motor", "weee_hdd_3_5", "ind_lift_gearless", "wind_dd_pmsg_offshore"]
LOTS = st.lists(
    st.tuples(st.sampled_from(PRODUCTS), st.integers(1, 5000), st.none() | st.integers(1, 10**6)),
    min_size=1,
    max_size=12,
)


def _estimates(catalogue: Catalogue, lots: list[tuple[str, int, int | None]]) -> list[ContentEstimate]:
    return [
        estimate(catalogue, LotInput(product_code=code, quantity=count, magnet_grams_weighed=weighed))
        for code, count, weighed in lots
    ]


@settings(deadline=None, max_examples=60)
@given(lots=LOTS)
def test_the_centre_of_a_sum_is_the_sum_of_the_centres(
    catalogue: Catalogue, lots: list[tuple[str, int, int | None]]
) -> None:
    estimates = _estimates(catalogue, lots)
    total = sum_estimates(estimates)
    assert total.magnet.central == pytest.approx(math.fsum(e.magnet.central for e in estimates))
    for element in ("Nd", "Pr", "Dy", "Tb", "Sm"):
        assert total[element].central == pytest.approx(
            math.fsum(e.elements[element].central for e in estimates)
        )
    for spread in (total.magnet, *total.columns.values()):
        assert spread.low <= spread.central <= spread.high


@settings(deadline=None, max_examples=40)
@given(lots=LOTS)
def test_the_order_of_lots_does_not_matter_to_the_interval(
    catalogue: Catalogue, lots: list[tuple[str, int, int | None]]
) -> None:
    forth = sum_estimates(_estimates(catalogue, lots))
    back = sum_estimates(_estimates(catalogue, lots[::-1]))
    assert back.magnet.low == pytest.approx(forth.magnet.low, rel=1e-6)
    assert back.magnet.high == pytest.approx(forth.magnet.high, rel=1e-6)


def test_within_one_product_the_interval_adds_linearly(catalogue: Catalogue) -> None:
    one = estimate(catalogue, LotInput(product_code="ind_robot_articulated", quantity=1000))
    total = sum_estimates([one] * 20)
    assert total.magnet.low == pytest.approx(20 * one.magnet.low, rel=0.005)
    assert total.magnet.high == pytest.approx(20 * one.magnet.high, rel=0.005)


def test_between_unlike_products_it_adds_to_less(catalogue: Catalogue) -> None:
    estimates = [
        estimate(catalogue, LotInput(product_code=code, quantity=count))
        for code, count in [
            ("ind_robot_articulated", 100),
            ("lev_ebike_hub_motor", 440),
            ("auto_eps_motor", 1100),
        ]
    ]
    total = sum_estimates(estimates)
    linear = sum(e.magnet.high - e.magnet.low for e in estimates)
    assert 0.45 * linear < total.magnet.high - total.magnet.low < 0.75 * linear


def test_weighed_lots_of_one_product_add_in_quadrature(catalogue: Catalogue) -> None:
    one = estimate(
        catalogue, LotInput(product_code="auto_eps_motor", quantity=100, magnet_grams_weighed=15_000)
    )
    total = sum_estimates([one] * 25)
    assert total.magnet.high - total.magnet.low == pytest.approx(
        5 * (one.magnet.high - one.magnet.low), rel=0.01
    )


def test_columns_and_single_estimates_give_the_same_lots_and_the_same_total(catalogue: Catalogue) -> None:
    inputs = [
        LotInput(product_code="auto_bev_traction_motor", quantity=100, build_year=2014),
        LotInput(product_code="auto_bev_traction_motor", quantity=30, build_year=2022, evidence="E"),
        LotInput(product_code="weee_hdd_3_5", quantity=900, magnet_grams_weighed=14_000),
        LotInput(product_code="scrap_pm_rotors", quantity=800, unit="kg"),
        LotInput(product_code="def_gyro_torquer", quantity=3),
    ]
    products = ProductArrays.of(catalogue)
    arrays = estimate_many(
        catalogue, lot_arrays(products, [check(catalogue, lot) for lot in inputs]), products
    )
    single = [estimate(catalogue, lot) for lot in inputs]
    for row, one in enumerate(single):
        for end in ("low", "central", "high"):
            assert getattr(arrays.magnet(row), end) == pytest.approx(getattr(one.magnet, end))
            for element, spread in one.elements.items():
                assert getattr(arrays.elements(row)[element], end) == pytest.approx(getattr(spread, end))
    total, from_columns = sum_estimates(single), sum_many(arrays)
    assert from_columns.lots == 5
    assert from_columns.magnet.low == pytest.approx(total.magnet.low, rel=0.01)
    assert from_columns.magnet.high == pytest.approx(total.magnet.high, rel=0.01)
    assert sum_many(arrays, np.array([True, True, False, False, False])).lots == 2


def test_what_the_ledger_keeps_gives_nearly_the_same_interval(catalogue: Catalogue) -> None:
    estimates = _estimates(
        catalogue,
        [
            ("auto_bev_traction_motor", 100, None),
            ("lev_ebike_hub_motor", 300, None),
            ("auto_eps_motor", 900, 130_000),
        ],
    )
    kept = [
        LedgerMass(e.product.code, e.magnet_grams.central, e.shared_sd_grams, e.own_variance, e.composition)
        for e in estimates
    ]
    full, ledger = sum_estimates(estimates), sum_ledger(kept)
    assert ledger.lots == 3
    for name in ("magnet", "Nd", "Dy", "total_ree"):
        one = full.magnet if name == "magnet" else full[name]
        other = ledger.magnet if name == "magnet" else ledger[name]
        width = one.high - one.low
        assert abs(other.low - one.low) < 0.08 * width
        assert abs(other.high - one.high) < 0.08 * width
    without_alloys = sum_ledger([replace(row, composition=None) for row in kept])
    assert without_alloys.columns == {}
    assert without_alloys.magnet.central == ledger.magnet.central


def test_an_empty_ledger_is_nothing() -> None:
    total = sum_ledger([]).magnet
    assert (total.low, total.central, total.high) == (0, 0, 0)
