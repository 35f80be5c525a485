"""The fit learns what is there, stays near the experts where little is, and says how sure its totals are."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as peer_log_loss

from collection.rules.risk import (
    COLUMNS,
    Category,
    FeatureTable,
    RiskModel,
    TrainingSet,
    Widening,
    band_thresholds,
    by_mass,
    by_visits,
    catch_curve,
    fit,
    prior_model,
    score,
    stack,
    total,
)
from collection.rules.risk.columnar import day_number
from collection.rules.risk.design import design_of
from collection.rules.risk.early import levelled
from collection.rules.risk.heads import mass_weights
from collection.rules.risk.history import History, positions
from collection.rules.risk.metrics import auc, brier, calibration, caught_within, log_loss
from collection.rules.risk.monitoring import check, drift, fairness, points_moved, stability
from collection.rules.risk.newton import solve
from collection.rules.risk.outcomes import EXPORT, Ends, ended_within, ends_known_before, reporting_delay
from collection.rules.risk.shapes import fitted_shapes
from collection.rules.risk.signals import SIGNAL_BY_NAME
from collection.rules.risk.totals import learnt_widening
from collection.rules.risk.training import training_set, views_of
from collection.rules.risk.validation import learnt_temper
from tests.rules.risk.worlds import CUT_WEEK, START, Truth, day_of


@pytest.fixture(scope="module")
def model(rows: TrainingSet) -> RiskModel:
    return fit(rows)


@pytest.fixture(scope="module")
def later(history: History, world: tuple[object, Truth]) -> tuple[object, np.ndarray]:
    """Lots open on four later days and whether they really were exported within 90 days."""
    truth = world[1]
    start = day_number(START.isoformat())
    views = views_of(history, [day_number(day_of(CUT_WEEK + 4 * k).isoformat()) for k in range(0, 12, 3)])
    place = positions(truth.lot_id, history.lot_ids)
    outcomes = []
    for seen in views:
        wait = truth.day[place][seen.lot] + start - seen.day
        outcomes.append((truth.kind[place][seen.lot] == "export") & (wait > 0) & (wait <= 90))
    return stack([seen.features for seen in views]), np.concatenate(outcomes).astype(float)


def test_a_fitted_score_is_still_its_baseline_plus_its_contributions(
    model: RiskModel, rows: TrainingSet
) -> None:
    scores = score(model, rows.features, contributions=True)
    assert scores.contributions is not None
    error = scores.baseline + scores.contributions.sum(axis=1) - scores.points
    assert np.abs(error).max() < 1e-9


def test_the_same_rows_give_the_same_record(model: RiskModel, rows: TrainingSet) -> None:
    assert fit(rows).as_json() == model.as_json()
    assert RiskModel.from_json(model.as_json()).version == model.version


def test_the_fit_beats_the_unfitted_points_and_boosting_on_later_days(
    model: RiskModel, rows: TrainingSet, later: tuple[object, np.ndarray]
) -> None:
    table, y = later

    def matrix(features: object) -> np.ndarray:
        return np.stack([features.number(c.name) for c in COLUMNS if c.kind == "number"], axis=1)  # type: ignore[attr-defined]

    learn, check_rows = matrix(rows.features), matrix(table)
    used = ~np.isnan(learn).all(axis=0)
    boosted = HistGradientBoostingClassifier(random_state=0).fit(learn[:, used], rows.outcomes.export_90)
    peer = boosted.predict_proba(check_rows[:, used])[:, 1]
    ours, points = score(model, table).p90, score(prior_model(), table).p90  # type: ignore[arg-type]
    assert brier(y, ours) < brier(y, peer)
    assert brier(y, ours) < brier(y, points)
    assert auc(y, ours) > auc(y, peer)


def test_from_few_closed_lots_the_fit_already_beats_the_unfitted_points(
    rows: TrainingSet, later: tuple[object, np.ndarray]
) -> None:
    table, y = later
    lots = np.unique(rows.lot)[::6]
    few = fit(rows.rows(np.flatnonzero(np.isin(rows.lot, lots))))
    assert 80 < few.about["closed_lots"] < 300
    assert log_loss(y, score(few, table).p90) < log_loss(y, score(prior_model(), table).p90)  # type: ignore[arg-type]


def test_without_rows_the_expert_points_stand(rows: TrainingSet) -> None:
    none = fit(rows.rows(np.arange(5)))
    assert none.heads == prior_model().heads


def test_market_signals_keep_their_prior_until_seen_on_a_dozen_days(rows: TrainingSet) -> None:
    days = np.unique(rows.day)[:6]
    early = fit(rows.rows(np.flatnonzero(np.isin(rows.day, days))))
    assert set(early.about["market_signals_held"]) == {"ndpr_change", "season", "backlog", "licence"}
    points = dict(zip(early.shapes["licence"].levels, early.heads["export"].points["licence"], strict=False))
    assert points["yes"] < points["no"]


def test_a_rule_nobody_has_seen_in_force_keeps_the_experts_points(model: RiskModel) -> None:
    rule = model.shapes["licence"].levels.index("yes")
    assert (
        model.heads["export"].points["licence"][rule] == prior_model().heads["export"].points["licence"][rule]
    )


def test_a_holders_word_can_hardly_lower_a_score(rows: TrainingSet) -> None:
    words = np.where(rows.outcomes.export_90, "export", "retain")
    told = replace(rows.features, words={**rows.features.words, "declared_intent": Category.of(words)})
    boastful = fit(replace(rows, features=told))
    shape = boastful.shapes["intent"]
    points = dict(zip(shape.levels, boastful.heads["export"].points["intent"], strict=False))
    assert points["retain"] >= -6.0
    assert points["export"] > 15.0


def test_nothing_is_gained_by_leaving_a_fact_out(rows: TrainingSet) -> None:
    unsaid = {**rows.features.numbers, "broker_visits_8w": np.where(rows.outcomes.export_90, 1.0, np.nan)}
    quiet = fit(replace(rows, features=replace(rows.features, numbers=unsaid)))
    for name, points in quiet.heads["export"].points.items():
        if not SIGNAL_BY_NAME[name].is_group and len(points) > 1:
            assert points[-1] >= min(points[:-1]), name


def test_a_column_that_nobody_fills_in_does_not_move_the_level(rows: TrainingSet) -> None:
    empty = {name: np.full(len(rows), np.nan) for name in ("public_owner", "defence_owner", "dy_kg")}
    bare = replace(rows, features=replace(rows.features, numbers={**rows.features.numbers, **empty}))
    expected = score(fit(bare), bare.features).p90.mean()
    assert expected == pytest.approx(score(fit(rows), rows.features).p90.mean(), rel=0.03)


def test_a_few_very_heavy_lots_do_not_straighten_the_curve_of_all_others() -> None:
    gross = np.random.default_rng(6).lognormal(5, 2.3, 5_000)
    start = prior_model()
    table = FeatureTable.of({"gross_kg": gross, "holder_type": ["scrapyard"] * len(gross)})
    knots = fitted_shapes(table, start, start.settings)["own_load"].knots
    assert set(start.shapes["own_load"].knots) <= set(knots)
    assert sum(knot < 1_000 for knot in knots) >= 6


def test_heavy_lots_count_more_in_the_fit_but_no_lot_rules_it() -> None:
    factor = mass_weights(np.array([*[1.0] * 99, 5_000.0]))
    assert factor.mean() == pytest.approx(1.0)
    assert 2.0 < factor[-1] / factor[0] < 4.0
    assert mass_weights(np.zeros(3)).tolist() == [1.0, 1.0, 1.0]


def test_newton_finds_what_a_general_optimiser_finds(rows: TrainingSet) -> None:
    few = rows.rows(np.arange(0, len(rows), 20))
    start = prior_model()
    shapes = {name: start.shapes[name] for name in ("fill", "form", "status")}
    design = design_of(shapes, few.features, start.settings)
    y, weight = few.outcomes.export_90.astype(float), np.full(len(few), 0.7)
    mean, precision = np.full(design.width, 0.1), np.eye(design.width) * 2.0
    ours = solve(design, y, weight, mean, precision, {}).beta
    matrix = np.concatenate([part.copy() for _, part in design.blocks()])

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        linear = matrix @ beta
        p = 1 / (1 + np.exp(-linear))
        value = (weight * (np.logaddexp(0, linear) - y * linear)).sum() + ((beta - mean) ** 2).sum()
        return value, matrix.T @ (weight * (p - y)) + 2 * (beta - mean)

    peer = minimize(
        loss, mean, jac=True, method="L-BFGS-B", options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9}
    )
    np.testing.assert_allclose(ours, peer.x, atol=1e-4)


def test_what_holders_add_is_tempered_when_they_changed_their_ways() -> None:
    random = np.random.default_rng(4)
    fixed, groups = random.normal(-1.5, 0.8, 30_000), random.normal(0, 0.8, 30_000)

    def outcomes(linear: np.ndarray) -> np.ndarray:
        return (random.random(len(linear)) < 1 / (1 + np.exp(-linear))).astype(float)

    faithful = learnt_temper(outcomes(fixed + groups), fixed, groups)
    changed = learnt_temper(outcomes(fixed), fixed, groups)
    too_steep = learnt_temper(outcomes(0.7 * fixed + groups), fixed, groups)
    assert faithful == pytest.approx(1.0, abs=0.03)
    assert too_steep == pytest.approx(1.0, abs=0.03)
    assert changed < 0.55


def test_late_records_do_not_hide_the_delay() -> None:
    random = np.random.default_rng(3)
    day = random.uniform(0, 400, 20_000)
    recorded = day + random.exponential(60, 20_000)
    seen = recorded < 400
    ends = Ends(np.where(seen, EXPORT, -1), day, recorded)
    share = reporting_delay(ends, 400.0).recorded_within(np.array([60.0, 120.0]))
    np.testing.assert_allclose(share, 1 - np.exp([-1.0, -2.0]), atol=0.03)


def test_an_end_before_the_day_is_not_an_end_within_the_horizon() -> None:
    ends = Ends(np.full(4, EXPORT), np.array([9.0, 10.0, 11.0, 101.0]), np.zeros(4))
    assert ended_within(ends, np.arange(4), 10.0, 90, EXPORT).tolist() == [False, False, True, False]


def test_only_ends_recorded_before_the_cut_are_known(history: History) -> None:
    cut = day_number(day_of(60).isoformat())
    ends = ends_known_before(history, cut)
    assert (ends.recorded[ends.kind >= 0] < cut).all()
    assert (ends_known_before(history, np.inf).kind >= 0).sum() > (ends.kind >= 0).sum() > 0


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_metrics_agree_with_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    p = np.round(random.uniform(0.01, 0.99, 200), 2)
    y = (random.random(200) < p).astype(float)
    y[:2] = 0, 1
    assert auc(y, p) == pytest.approx(roc_auc_score(y, p))
    assert brier(y, p) == pytest.approx(brier_score_loss(y, p))
    assert log_loss(y, p) == pytest.approx(peer_log_loss(y, p))


def test_a_calibrated_score_has_slope_one_and_an_overconfident_one_less() -> None:
    random = np.random.default_rng(5)
    logit = random.normal(-1, 1, 40_000)
    y = (random.random(40_000) < 1 / (1 + np.exp(-logit))).astype(float)
    slope, intercept = calibration(y, 1 / (1 + np.exp(-logit)))
    assert slope == pytest.approx(1.0, abs=0.05)
    assert intercept == pytest.approx(0.0, abs=0.06)
    assert calibration(y, 1 / (1 + np.exp(-2 * logit)))[0] == pytest.approx(0.5, abs=0.03)


def test_mass_caught_counts_the_part_of_the_lot_on_the_border() -> None:
    y, p, kg = np.array([1.0, 0.0, 1.0]), np.array([0.9, 0.5, 0.4]), np.array([20.0, 60.0, 20.0])
    assert caught_within(y, p, kg, 0.1) == pytest.approx(0.25)
    assert caught_within(y, p, kg, 1.0) == pytest.approx(1.0)


def test_the_interval_of_a_total_holds_shared_shocks() -> None:
    random = np.random.default_rng(8)
    logit, kg = random.normal(-1.5, 1, 2_000), random.lognormal(0, 1, 2_000)
    p, held, narrow = 1 / (1 + np.exp(-logit)), 0, 0
    for _ in range(300):
        shifted = 1 / (1 + np.exp(-(logit + random.normal(0, 0.3))))
        truth = ((random.random(2_000) < shifted) * kg).sum()
        wide, alone = total(p, kg, Widening(1.0, 0.3)), total(p, kg, Widening(1.0, 0.0))
        held += wide.low <= truth <= wide.high
        narrow += alone.low <= truth <= alone.high
    assert 0.85 <= held / 300 <= 0.95
    assert narrow / 300 < 0.5


def test_the_interval_is_wider_where_training_days_stood_further_apart() -> None:
    random = np.random.default_rng(9)
    day, site = np.repeat(np.arange(8.0), 500), random.integers(0, 40, 4_000)
    p, kg = np.full(4_000, 0.2), np.ones(4_000)
    y = (random.random(4_000) < p).astype(float)
    calm, restless = (learnt_widening(y, p, kg, site, day, spread) for spread in (0.02, 0.4))
    assert calm.clump == restless.clump
    assert calm.shock < 0.35 < 0.7 < restless.shock
    assert total(p, kg, calm).high < total(p, kg, restless).high


def test_visits_rank_by_mass_at_risk_and_vans_by_risk_alone() -> None:
    p, kg = np.array([0.9, 0.2, 0.5]), np.array([1.0, 100.0, 10.0])
    curve = catch_curve(p, kg)
    np.testing.assert_allclose(curve.kg_caught, [20.0, 25.0, 25.9])
    assert by_visits(p, kg, 2) == pytest.approx(5.0)
    assert by_mass(p, kg, 11.0) == pytest.approx(0.5)
    assert list(band_thresholds(p, kg)) == sorted(band_thresholds(p, kg))


def test_drift_is_nought_on_the_same_rows_and_names_what_moved(model: RiskModel, rows: TrainingSet) -> None:
    assert max(entry.psi for entry in drift(model, rows.features, rows.features)) == pytest.approx(0)
    moved = replace(rows.features, numbers={**rows.features.numbers, "dist_port_km": np.full(len(rows), 5.0)})
    first = drift(model, rows.features, moved)[0]
    assert (first.signal, first.state) == ("port", "moved")
    assert stability(np.array([0.5, 0.5]), np.array([0.9, 0.1])) > 0.25


def test_monitoring_sees_an_off_score_and_each_groups_rates(model: RiskModel, rows: TrainingSet) -> None:
    y, p = rows.outcomes.export_90.astype(float), score(model, rows.features).p90
    kg = rows.features.mass_kg()
    assert not check(y, p * y.mean() / p.mean(), kg).is_off
    assert check(y, p * 2, kg).is_off
    rates = fairness(rows.features.word("holder_type"), y, p, p > np.quantile(p, 0.8))
    assert sum(rate.rows for rate in rates) == len(rows)
    assert sum(rate.flag_rate * rate.rows for rate in rates) == pytest.approx(0.2 * len(rows), rel=0.01)
    assert points_moved(model, model, rows.features)["status"] == 0
    assert points_moved(prior_model(), model, rows.features)["status"] > 0


def test_before_any_window_has_closed_the_level_is_set_from_shorter_ones(history: History) -> None:
    cut = day_number(day_of(12).isoformat())
    rows = training_set(history, cut)
    assert len(rows) < 30
    start = prior_model()
    model = levelled(start, history, cut)
    seen = views_of(history, [cut])[0]
    ends = ends_known_before(history, np.inf)
    y = ended_within(ends, seen.lot, cut, 90, EXPORT).astype(float)
    assert log_loss(y, score(model, seen.features).p90) < log_loss(y, score(start, seen.features).p90)
    assert levelled(start, history, day_number(day_of(1).isoformat())) is start
