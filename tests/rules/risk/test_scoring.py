"""A score is its baseline plus its contributions, on one lot as on a million."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.rules.risk import (
    POINTS_PER_LOGIT,
    PRIORS,
    SIGNALS,
    FeatureTable,
    RiskModel,
    band,
    explain,
    exported_by,
    prior_model,
    saved_kg,
    score,
)


def lots(size: int = 500, seed: int = 1) -> FeatureTable:
    """Lots with every column filled for most rows and holes in all of them."""
    random = np.random.default_rng(seed)

    def holes(values: np.ndarray) -> np.ndarray:
        return np.where(random.random(size) < 0.15, np.nan, values)

    def words(*levels: str) -> np.ndarray:
        return random.choice([*levels, ""], size)

    bid = random.lognormal(1, 0.5, size)
    return FeatureTable.of(
        {
            "status": words("logged", "logged", "offered", "booked"),
            "holder_type": words("scrapyard", "trader", "itad", "a new kind"),
            "form": words("separated", "hdd", "swarf"),
            "contract": words("none", "framework", "exclusive"),
            "declared_intent": words("retain", "export"),
            "compliance_band": words("A", "D"),
            "gross_kg": holes(random.lognormal(6, 2, size)),
            "magnet_kg": random.lognormal(3, 1, size),
            "re_kg": holes(random.lognormal(2, 1, size)),
            "dy_kg": holes(random.lognormal(-1, 1, size)),
            "days_in_stock": holes(random.exponential(90, size)),
            "days_since_logged": random.exponential(90, size),
            "weeks_since_offer": holes(random.exponential(9, size)),
            "hold_days_left": holes(random.normal(0, 60, size)),
            "export_bid_gbp_kg": holes(bid),
            "domestic_price_gbp_kg": holes(bid * random.lognormal(0, 0.3, size)),
            "ndpr_change_4w": np.full(size, 0.02),
            "site_pile_t": holes(random.uniform(0, 30, size)),
            "site_load_t": holes(random.choice([0.0, 20.0, 24.0], size)),
            "dispatches_13w": holes(random.poisson(2, size).astype(float)),
            "weeks_since_dispatch": holes(random.exponential(5, size)),
            "broker_visits_8w": random.poisson(0.3, size).astype(float),
            "dist_port_km": random.uniform(0, 300, size),
            "holder_closed_n": holes(random.poisson(9, size).astype(float)),
            "holder_export_n": holes(random.poisson(4, size).astype(float)),
            "licence_in_force": random.choice([-1.0, 0.0, 1.0], size),
        }
    )


def test_every_score_is_its_baseline_plus_its_contributions() -> None:
    scores = score(prior_model(), lots(), contributions=True)
    assert scores.contributions is not None
    np.testing.assert_allclose(
        scores.baseline + scores.contributions.sum(axis=1), scores.points, rtol=0, atol=1e-9
    )
    np.testing.assert_allclose(1 / (1 + np.exp(-scores.points / POINTS_PER_LOGIT)), scores.p90, atol=1e-12)


def test_ten_points_double_the_odds() -> None:
    plain = FeatureTable.of({"form": ["hdd"], "broker_visits_8w": [0.0]})
    visited = FeatureTable.of({"form": ["hdd"], "broker_visits_8w": [1.0]})
    before, after = score(prior_model(), plain), score(prior_model(), visited)
    odds = (after.p90 / (1 - after.p90)) / (before.p90 / (1 - before.p90))
    assert odds[0] == pytest.approx(2 ** (9.0 / 10.0))


def test_the_ends_compete_and_the_horizons_never_contradict_one_another() -> None:
    scores = score(prior_model(), lots())
    assert (scores.p30 <= scores.p60).all()
    assert (scores.p60 <= scores.p90).all()
    total = scores.p90 + scores.p_retained + scores.p_lost
    assert (total < 1).all()
    assert min(scores.p30.min(), scores.p_retained.min(), scores.p_lost.min()) > 0


def test_a_lot_scores_the_same_alone_as_in_company() -> None:
    table = lots(300)
    together = score(prior_model(), table).points
    alone = [score(prior_model(), table.rows(slice(i, i + 1))).points[0] for i in range(0, 300, 7)]
    np.testing.assert_array_equal(together[::7], alone)


def test_a_model_record_comes_back_from_json_bit_for_bit() -> None:
    model = prior_model()
    again = RiskModel.from_json(model.as_json())
    assert again.version == model.version
    np.testing.assert_array_equal(score(again, lots()).points, score(model, lots()).points)


def test_a_record_that_names_an_unknown_signal_is_refused() -> None:
    text = prior_model().as_json().replace('"broker"', '"horoscope"')
    with pytest.raises(ValueError, match="horoscope"):
        RiskModel.from_json(text)


def test_a_lot_of_which_nothing_is_known_still_gets_a_cautious_score() -> None:
    scores = score(prior_model(), FeatureTable.of({"gross_kg": [np.nan]}))
    assert 0.05 < scores.p90[0] < 0.4


def test_an_unknown_column_is_named_in_the_error() -> None:
    with pytest.raises(ValueError, match="star_sign"):
        FeatureTable.of({"star_sign": [1.0]})


def test_a_column_of_another_length_is_named_in_the_error() -> None:
    with pytest.raises(ValueError, match="“form” has 1 rows where the first column has 2"):
        FeatureTable.of({"gross_kg": [1.0, 2.0], "form": ["hdd"]})


def test_every_signal_has_a_prior_with_a_sentence_a_source_and_a_grade() -> None:
    assert [signal.name for signal in SIGNALS] == [prior.signal for prior in PRIORS]
    for prior in PRIORS:
        assert prior.sentence.endswith(".")
        assert prior.source
        assert prior.grade in "ABCD"


def test_an_explanation_adds_up_and_says_what_would_lower_the_score() -> None:
    table = FeatureTable.of(
        {
            "status": ["logged"],
            "holder_type": ["trader"],
            "export_bid_gbp_kg": [13.0],
            "domestic_price_gbp_kg": [10.0],
            "broker_visits_8w": [2.0],
        }
    )
    told = explain(prior_model(), table, 0)
    assert told.baseline + sum(reason.points for reason in told.reasons) == pytest.approx(
        told.points, abs=1e-9
    )
    assert told.reasons[0].words == "Kind of holder"
    assert told.remedies[0].words == "A booked pickup"
    assert told.remedies[0].p90 < told.p90 / 3
    assert any("£13.00 a kg" in remedy.words for remedy in told.remedies)
    assert told.how_sure.startswith("Only 4 of")


def test_a_band_starts_at_its_threshold() -> None:
    assert band(np.array([0.1, 0.3, 0.31, 0.9]), (0.3, 0.6)).tolist() == [0, 1, 1, 2]


@given(st.floats(0, 90), st.floats(0, 90))
@settings(max_examples=50, deadline=None)
def test_coming_sooner_never_saves_less(one: float, other: float) -> None:
    scores = score(prior_model(), lots(40))
    sooner, later = sorted((one, other))
    saved = saved_kg(scores, lots(40).mass_kg(), np.array([sooner, later]))
    assert (saved[:, 0] >= saved[:, 1] - 1e-9).all()
    assert (saved >= 0).all()


def test_collecting_today_saves_what_was_expected_to_leave_and_in_90_days_nothing() -> None:
    scores, kg = score(prior_model(), lots(40)), lots(40).mass_kg()
    saved = saved_kg(scores, kg, np.array([0.0, 30.0, 90.0]))
    np.testing.assert_allclose(saved[:, 0], scores.p90 * kg)
    np.testing.assert_allclose(saved[:, 1], (scores.p90 - scores.p30) * kg)
    np.testing.assert_allclose(saved[:, 2], 0, atol=1e-9)


def test_saved_mass_by_element_adds_up_to_saved_mass() -> None:
    scores, kg = score(prior_model(), lots(40)), lots(40).mass_kg()
    shares = np.array([0.7, 0.2, 0.1])
    by_element = saved_kg(scores, kg[:, None] * shares, np.array([10.0, 20.0]))
    np.testing.assert_allclose(by_element.sum(axis=2), saved_kg(scores, kg, np.array([10.0, 20.0])))


def test_exports_by_day_meet_the_scored_horizons() -> None:
    scores = score(prior_model(), lots(40))
    curve = exported_by(scores, np.array([30.0, 60.0, 90.0, 200.0]))
    np.testing.assert_allclose(curve, np.stack([scores.p30, scores.p60, scores.p90, scores.p90], axis=1))
