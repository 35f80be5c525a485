"""Backtest the risk model beside boosting and plain logistic regression in synthetic worlds.

Each world has 14 monthly days after the training cut. Truth is what really happened, recorded or not. Prints a
Markdown table; docs/export-risk-backtests.md holds a committed copy.

Run: python -m bench.risk_worlds [lots] [seed] [world …]; without a seed each world has its own.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from bench import choice_worlds, odd_worlds
from bench.choice_worlds import Choice
from bench.odd_worlds import ODD, End, Odd
from collection.rules.risk import (
    COLUMNS,
    SIGNALS,
    FeatureTable,
    TrainingSet,
    Widening,
    fit,
    prior_model,
    score,
    stack,
    total,
)
from collection.rules.risk.columnar import day_number
from collection.rules.risk.features import Floats
from collection.rules.risk.history import positions, read_history
from collection.rules.risk.metrics import auc, brier, calibration, caught_within
from collection.rules.risk.signals import DEFAULT_SETTINGS
from collection.rules.risk.training import training_set, views_of
from tests.rules.risk.worlds import (
    CUT_WEEK,
    DRIFT,
    GAMING,
    SMOOTH,
    START,
    WRONG_FAMILY,
    World,
    build,
    day_of,
    sized,
)

WORLDS = (
    SMOOTH,
    WRONG_FAMILY,
    DRIFT,
    GAMING,
    replace(WRONG_FAMILY, name="wrong family, shock and rule", seed=23, export_level=-4.0, shock_week=130, shock=0.4,
            rule_week=160, rule_effect=-0.6, site_spread=0.7, late_share=0.3),
    replace(SMOOTH, name="few exports", seed=22, export_level=-5.6, shock_week=140, shock=-0.3, rule_week=150,
            rule_effect=-0.9, holder_spread=1.0),
)  # fmt: skip
COLD = (150, 1_000)
REFIT_EVERY, MONTHS = 3, 14


def main(lots: int, seed: int | None, names: Sequence[str]) -> None:
    print(
        "| world | model | Brier | AUC | slope | mass caught | expected ÷ true kg | kg error | in interval |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, run in _runs(lots, seed):
        if not names or name in names:
            for line in _world(name, run):
                print(line, flush=True)


Run = Callable[[Path], tuple[End, list[float]]]


def _runs(lots: int, seed: int | None) -> Iterator[tuple[str, Run]]:
    def sown(world: Odd | Choice) -> Odd | Choice:
        return replace(world, lots=lots, seed=world.seed if seed is None else seed)

    for world in WORLDS:
        same = world.lots == lots and seed is None
        yield world.name, _logits(world if same else sized(world, lots, seed))
    for odd in ODD:
        yield odd.name, _days_of(odd_worlds, sown(odd))
    yield Choice().name, _days_of(choice_worlds, sown(Choice()))


def _logits(world: World) -> Run:
    """Writes the folder; gives what really happened and the first day of the 14 months that are judged."""

    def run(folder: Path) -> tuple[End, list[float]]:
        truth, start = build(world, folder), day_number(START.isoformat())
        days = [day_number(day_of(CUT_WEEK + 4 * k).isoformat()) for k in range(MONTHS)]
        return End(truth.lot_id, truth.kind, truth.day + start), days

    return run


def _days_of(worlds: ModuleType, world: Odd | Choice) -> Run:
    def run(folder: Path) -> tuple[End, list[float]]:
        days = [day_number(worlds.day_of(worlds.CUT + 4 * k).isoformat()) for k in range(MONTHS)]
        return worlds.build(world, folder), days

    return run


def _world(name: str, run: Run) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        truth, days = run(Path(folder))
        history, cut = read_history(Path(folder)), days[0]
        place = positions(truth.lot_ids, history.lot_ids)
        views = views_of(history, days)
        refits = {k: training_set(history, days[k]) for k in range(0, MONTHS, REFIT_EVERY)}
    tables = [seen.features for seen in views]
    ended = [truth.day[place][seen.lot] - seen.day for seen in views]
    exported = [
        (truth.kind[place][seen.lot] == "export") & (wait > 0) & (wait <= 90)
        for seen, wait in zip(views, ended, strict=True)
    ]
    y = [outcome.astype(float) for outcome in exported]
    rows = refits[0]
    if not len(rows) or rows.day.max() > cut:
        raise RuntimeError("the world has no training days before the cut")
    model = fit(rows)
    widening = Widening.of(model.about["widening"])
    yield _line(name, "this model", tables, y, [score(model, table).p90 for table in tables], widening)
    refitted = {k: fit(part) for k, part in refits.items()}
    quarterly = [score(refitted[k - k % REFIT_EVERY], table).p90 for k, table in enumerate(tables)]
    yield _line(name, "refitted quarterly", tables, y, quarterly)
    yield _line(name, "boosting", tables, y, _boosted(rows, tables))
    yield _line(name, "plain logistic", tables, y, _logistic(rows, tables))
    yield _line(name, "unfitted points", tables, y, [score(prior_model(), table).p90 for table in tables])
    for closed in COLD:
        few = _few(rows, closed)
        fitted = fit(few)
        yield _line(
            name, f"this model, {closed} closed lots", tables, y, [score(fitted, t).p90 for t in tables]
        )
        yield _line(name, f"plain logistic, {closed} closed lots", tables, y, _logistic(few, tables))


def _few(rows: TrainingSet, closed: int) -> TrainingSet:
    """A register with so many closed lots: whole lots, drawn at random."""
    seen = rows.outcomes
    ended = np.unique(rows.lot[seen.export_90 | seen.retained | seen.lost | seen.left_unseen])
    lots = np.random.default_rng(1).permutation(np.unique(rows.lot))
    reached = int(np.searchsorted(np.cumsum(np.isin(lots, ended)), closed))
    return rows.rows(np.flatnonzero(np.isin(rows.lot, lots[: reached + 1])))


def _numbers(table: FeatureTable) -> Floats:
    """The features as boosting takes them: numbers, ordinal words, and the derived signals."""
    columns = [table.number(c.name) for c in COLUMNS if c.kind == "number"]
    derived = [s.read(table, DEFAULT_SETTINGS) for s in SIGNALS if len(s.columns) > 1]
    words = [
        table.word(c.name).words() for c in COLUMNS if c.kind == "word" and c.name not in ("holder", "site")
    ]
    coded = [np.array([hash_of(word) for word in column.tolist()]) for column in words]
    return np.stack([*columns, *(v for v in derived if isinstance(v, np.ndarray)), *coded], axis=1)


_CODES: dict[str, float] = {"": np.nan}


def hash_of(word: str) -> float:
    """A stable code of a word within one run."""
    return _CODES.setdefault(word, float(len(_CODES)))


def _boosted(rows: TrainingSet, tables: list[FeatureTable]) -> list[Floats]:
    learn = _numbers(rows.features)
    used = ~np.isnan(learn).all(axis=0)
    peer = HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.05, min_samples_leaf=50, l2_regularization=1.0, early_stopping=False
    ).fit(learn[:, used], rows.outcomes.export_90)
    return [peer.predict_proba(_numbers(table)[:, used])[:, 1] for table in tables]


def _dummies(table: FeatureTable, levels: dict[str, tuple[str, ...]]) -> Floats:
    columns: list[Floats] = []
    for column in COLUMNS:
        if column.kind == "number":
            values = table.number(column.name)
            values = np.log1p(values) if column.name.endswith("_kg") else values
            columns += [np.nan_to_num(values), np.isnan(values).astype(float)]
        elif column.name in levels:
            columns += [
                table.word(column.name).is_level(level).astype(float) for level in levels[column.name]
            ]
    return np.stack(columns, axis=1)


def _logistic(rows: TrainingSet, tables: list[FeatureTable]) -> list[Floats]:
    levels = {
        c.name: tuple(sorted(rows.features.word(c.name).levels))
        for c in COLUMNS
        if c.kind == "word" and c.name not in ("holder", "site")
    }
    learn = _dummies(rows.features, levels)
    used = learn.std(axis=0) > 1e-9
    scaler = StandardScaler().fit(learn[:, used])
    peer = LogisticRegression(max_iter=500).fit(scaler.transform(learn[:, used]), rows.outcomes.export_90)
    return [peer.predict_proba(scaler.transform(_dummies(t, levels)[:, used]))[:, 1] for t in tables]


def _line(
    world: str, name: str, tables: list[FeatureTable], ys: list[Floats], ps: list[Floats],
    widening: Widening | None = None,
) -> str:  # fmt: skip
    kgs = [table.mass_kg() for table in tables]
    y, p, kg = np.concatenate(ys), np.concatenate(ps), stack(tables).mass_kg()
    true_kg = float((y * kg).sum())
    error = sum(abs(float(((a - b) * m).sum())) for a, b, m in zip(ps, ys, kgs, strict=True)) / true_kg
    held = ""
    if widening is not None:
        totals = [total(a, m, widening) for a, m in zip(ps, kgs, strict=True)]
        truths = [float((b * m).sum()) for b, m in zip(ys, kgs, strict=True)]
        held = f"{sum(t.low <= v <= t.high for t, v in zip(totals, truths, strict=True))} of {len(totals)}"
    return (
        f"| {world} | {name} | {brier(y, p):.5f} | {auc(y, p):.4f} | {calibration(y, p)[0]:.3f} | "
        f"{caught_within(y, p, kg):.3f} | {float((p * kg).sum()) / true_kg:.3f} | {error:.3f} | {held} |"
    )


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 20_000, int(given[1]) if given[1:] else None, given[2:])
