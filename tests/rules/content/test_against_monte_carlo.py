"""The closed forms against a plain simulation. Stated tolerance: the ends of an interval lie within 8 % of
the interval's width from the simulated 10th and 90th percentiles, and it holds 77 to 92 % of the truths (an
interval whose low end is zero cannot hold fewer than about 90 %)."""

import numpy as np
import pytest

from collection.rules.content import Catalogue, LotInput, estimate, sum_estimates

from .oracle import CountedLot, simulate

DRAWS = 60_000
TOLERANCE = 0.08


def _compare(name: str, stated: object, drawn: np.ndarray) -> None:
    low, high = np.quantile(drawn, [0.1, 0.9])
    width = high - low
    assert abs(stated.low - low) < TOLERANCE * width, name
    assert abs(stated.high - high) < TOLERANCE * width, name
    inside = np.mean((drawn >= stated.low) & (drawn <= stated.high))
    assert 0.77 < inside < 0.92, name


def test_single_lots_of_every_counted_product_agree_with_simulation(catalogue: Catalogue) -> None:
    for code, product in catalogue.products.items():
        if product.unit_basis == "per_tonne_of_item" or product.magnet_kg.central == 0:
            continue
        result = estimate(catalogue, LotInput(product_code=code, quantity=200))
        drawn = simulate(catalogue, [CountedLot(code, 200, result.composition)], DRAWS, seed=1)
        stated = {
            "magnet": result.magnet,
            **result.elements,
            "total_ree": result.total_ree,
            "NdPr": result.ndpr,
        }
        for name, spread in stated.items():
            if spread.central > 0:
                _compare(f"{code} {name}", spread, drawn[name])


MIXES = {
    "one product in three lots": [("auto_bev_traction_motor", 40), ("auto_bev_traction_motor", 300)],
    "unlike products": [
        ("auto_bev_traction_motor", 100),
        ("weee_hdd_3_5", 20_000),
        ("ind_lift_gearless", 30),
    ],
    "one grade in several products": [("auto_bev_traction_motor", 80), ("auto_phev_traction_motor", 90)],
    "many products": [
        ("auto_bev_traction_motor", 50),
        ("auto_eps_motor", 900),
        ("lev_ebike_hub_motor", 400),
        ("weee_hdd_enterprise", 8000),
        ("ind_servo_motor", 200),
        ("ind_robot_articulated", 60),
        ("weee_cordless_power_tool", 3000),
        ("hvac_magnetic_filter", 900),
    ],
}


@pytest.mark.parametrize("mix", MIXES)
def test_sums_agree_with_simulation(catalogue: Catalogue, mix: str) -> None:
    estimates = [
        estimate(catalogue, LotInput(product_code=code, quantity=count)) for code, count in MIXES[mix]
    ]
    lots = [
        CountedLot(code, count, each.composition)
        for (code, count), each in zip(MIXES[mix], estimates, strict=True)
    ]
    drawn = simulate(catalogue, lots, DRAWS, seed=2)
    total = sum_estimates(estimates)
    for name, spread in {"magnet": total.magnet, **total.columns}.items():
        if spread.central > 0:
            _compare(f"{mix} {name}", spread, drawn[name])
    assert total.expected_magnet_grams == pytest.approx(drawn["magnet"].mean(), rel=0.01)
