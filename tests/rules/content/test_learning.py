"""Learning: bias, spread, coverage, and a refit that small samples move little."""

import numpy as np
import pytest

from collection.rules.content import Catalogue, LotInput, estimate
from collection.rules.content.learning import Coverage, Observation, accuracies, coverage, propose, wilson
from tests.rules.content.oracle import CountedLot, simulate

EPS = "auto_eps_motor"


def _observations(code: str, ratios: list[float]) -> list[Observation]:
    return [Observation(code, 50.0, 100.0, 200.0, 100.0 * ratio) for ratio in ratios]


def test_bias_spread_and_coverage_are_counted_by_product() -> None:
    found = accuracies(_observations(EPS, [1.2, 1.2, 1.2, 2.4]) + _observations("weee_hdd_3_5", [0.9]))
    assert found[EPS].count == 4
    assert found[EPS].bias == pytest.approx(1.2 * 2**0.25 - 1)
    assert (found[EPS].coverage.inside, found[EPS].coverage.count) == (3, 4)
    assert found["weee_hdd_3_5"].spread is None


def test_one_lot_moves_a_coefficient_a_sixth_of_the_way_and_many_move_it_most(catalogue: Catalogue) -> None:
    steps = []
    for count in (1, 5, 45):
        proposal = propose(catalogue, _observations(EPS, [1.5] * count))[0]
        steps.append(np.log(proposal.proposed.central / 0.15) / np.log(1.5))
        assert proposal.current.central == 0.15
    assert steps == pytest.approx([1 / 6, 1 / 2, 0.9])


def test_consistent_evidence_narrows_and_scattered_evidence_widens(catalogue: Catalogue) -> None:
    rng = np.random.default_rng(3)
    close = propose(catalogue, _observations(EPS, list(np.exp(rng.normal(0, 0.05, 60)))))[0]
    wild = propose(catalogue, _observations(EPS, list(np.exp(rng.normal(0, 1.5, 60)))))[0]
    assert close.proposed.relative_width < 0.6 * close.current.relative_width
    assert wild.proposed.relative_width > 1.5 * wild.current.relative_width
    for proposal in (close, wild):
        assert proposal.proposed.low <= proposal.proposed.central <= proposal.proposed.high


def test_after_the_refit_new_lots_fall_inside_about_as_often_as_stated(catalogue: Catalogue) -> None:
    rng = np.random.default_rng(11)
    inside = []
    for _ in range(60):
        truth = np.log(1.4) + rng.normal(0, 0.2, 80)
        proposed = propose(catalogue, _observations(EPS, list(np.exp(truth[:40]))))[0].proposed
        inside.extend(proposed.low <= 0.15 * np.exp(each) <= proposed.high for each in truth[40:])
    assert 0.76 < np.mean(inside) < 0.92


def test_stated_intervals_of_the_whole_catalogue_contain_about_eight_truths_in_ten(
    catalogue: Catalogue,
) -> None:
    """Synthetic truths from the plain simulation, unknown by unknown, not from the interval being judged."""
    observations = []
    for product in catalogue.products.values():
        if product.magnet_kg.low <= 0 or product.unit_basis != "per_item":
            continue
        made = estimate(catalogue, LotInput(product_code=product.code, quantity=40))
        stated = made.magnet
        lot = CountedLot(product.code, 40, made.composition)
        observations += [
            Observation(product.code, stated.low, stated.central, stated.high, float(truth))
            for truth in simulate(catalogue, [lot], draws=80, seed=7)["magnet"]
        ]
    found = coverage(observations)
    assert found.count > 3_000
    assert found.share == pytest.approx(0.8, abs=0.03)
    assert found.below / found.count == pytest.approx(0.1, abs=0.03)


def test_an_honest_interval_is_called_honest_and_a_boastful_one_is_not() -> None:
    assert Coverage(80, 100).is_honest
    assert not Coverage(40, 100).is_honest
    assert Coverage(0, 0).share is None
    assert wilson(0, 0) == (0, 1)
    low, high = wilson(8, 10)
    assert 0.44 < low < 0.8 < high < 0.97


def test_truths_of_nothing_are_left_out_of_ratios_but_not_of_coverage() -> None:
    observations = [*_observations(EPS, [1.0]), Observation(EPS, 50, 100, 200, 0)]
    assert accuracies(observations)[EPS].count == 1
    assert coverage(observations) == Coverage(inside=1, count=2, below=1)


def test_products_without_magnets_or_unknown_are_not_refitted(catalogue: Catalogue) -> None:
    assert (
        propose(catalogue, _observations("gone", [1.1]) + _observations("med_mri_superconducting", [1.0]))
        == []
    )


def test_a_proposal_can_be_read_aloud(catalogue: Catalogue) -> None:
    text = propose(catalogue, _observations(EPS, [1.5] * 5))[0].sentence
    assert "5 lots were +50% off; they count for 50%" in text
