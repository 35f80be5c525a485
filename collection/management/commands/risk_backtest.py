"""Backtest the export risk model on a folder of lot histories; no database is used."""

from __future__ import annotations

import csv
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection.rules.risk.backtest import Judgement, Prediction, backtest, judge
from collection.rules.risk.columnar import HistoryError, day_number, iso_date
from collection.rules.risk.history import History, read_history

COLUMNS = (
    "lot_id", "as_of", "p_exported", "p_retained", "expected_export_kg", "band", "top_signals",
    "p_exported_30", "p_exported_60", "p_exported_90", "p_lost", "points", "model_version",
)  # fmt: skip


def _iso_day(text: str) -> float:
    try:
        return day_number(datetime.fromisoformat(text.strip()).date().isoformat())
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a date as YYYY-MM-DD") from None


def _iso_days(text: str) -> list[float]:
    """Days with commas between them, or one alone."""
    return [_iso_day(day) for day in text.split(",") if day.strip()]


class Command(BaseCommand):
    help = "Score past days of a lot history as they stood, and judge the scores by what came after."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--history", type=Path, required=True, help="Folder of CSV files")
        parser.add_argument(
            "--as-of",
            type=_iso_days,
            required=True,
            action="append",
            nargs="+",
            help="Day to score; may be repeated",
        )
        parser.add_argument("--horizon", type=int, default=90, help="Days ahead, 1 to 90")
        parser.add_argument(
            "--train-before",
            type=_iso_day,
            help="Train on what was known before this day; else the first as-of day",
        )
        parser.add_argument("--out", type=Path, required=True, help="Predictions as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        days = sorted({day for group in options["as_of"] for some in group for day in some})
        train_before = options["train_before"] if options["train_before"] is not None else days[0]
        try:
            history = read_history(options["history"])
            predictions = backtest(history, days, options["horizon"], train_before)
        except (HistoryError, ValueError) as error:
            raise CommandError(str(error)) from error
        write_predictions(options["out"], history, predictions)
        totals = options["out"].with_name(f"{options['out'].stem}_kg_bands.csv")
        write_totals(totals, predictions)
        for sentence in history.left_out:
            self.stdout.write(sentence)
        for prediction in predictions:
            self.stdout.write(_summary(prediction))
        self.stdout.write(_report(judge(history, predictions, options["horizon"])))
        self.stdout.write(f"Predictions are in {options['out']}, totals with 90 % bands in {totals}.")


def write_predictions(path: Path, history: History, predictions: Sequence[Prediction]) -> None:
    """One row for each open lot on each as-of day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        for prediction in predictions:
            writer.writerows(_rows(history, prediction))


def _rows(history: History, prediction: Prediction) -> zip[tuple[object, ...]]:
    scores, count = prediction.scores, len(prediction.lot)
    return zip(
        history.lot_ids[prediction.lot].tolist(),
        [iso_date(prediction.day)] * count,
        prediction.p_exported.round(6).tolist(),
        scores.p_retained.round(6).tolist(),
        (prediction.p_exported * prediction.kg).round(6).tolist(),
        prediction.bands,
        prediction.top_signals,
        scores.p30.round(6).tolist(),
        scores.p60.round(6).tolist(),
        scores.p90.round(6).tolist(),
        scores.p_lost.round(6).tolist(),
        scores.points.round(3).tolist(),
        [prediction.model.version] * count,
        strict=True,
    )


def write_totals(path: Path, predictions: Sequence[Prediction]) -> None:
    """Expected exported kg of each as-of day, of all rare earths (REE) and of Dy, with the 90 % interval."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(("date", "element", "mean", "low", "high"))
        for prediction in predictions:
            for element, kg in prediction.total_kg.items():
                writer.writerow(
                    (
                        iso_date(prediction.day),
                        element,
                        round(kg.mean, 3),
                        round(kg.low, 3),
                        round(kg.high, 3),
                    )
                )


def _summary(prediction: Prediction) -> str:
    kg, about = prediction.total_kg["REE"], prediction.model.about
    return (
        f"{iso_date(prediction.day)}: {len(prediction.lot):,} open lots, {kg.mean:,.1f} kg of rare earths "
        f"expected to leave ({kg.low:,.1f} to {kg.high:,.1f}); model {prediction.model.version} "
        f"({about['name'].lower()}, {about['closed_lots']:,} closed lots)"
    )


def _told(value: float, width: int, places: int) -> str:
    """A figure, or a dash where the rows cannot give it: nothing was exported, or everything was."""
    return f"{value:>{width}.{places}f}" if isfinite(value) else f"{'–':>{width}}"


def _report(judgement: Judgement | None) -> str:
    if judgement is None:
        return (
            "Nothing can be judged: on every as-of day either no lot was open, or its horizon had not passed "
            "when the history ends."
        )
    lines = [
        f"Judged on {judgement.rows:,} rows; {judgement.exported_kg:,.1f} kg were exported.",
        f"{'':<10} {'Brier':>8} {'log loss':>9} {'AUC':>7} {'slope':>7} {'intercept':>10} "
        f"{'top 10 % mass':>14} {'expected kg':>12}",
    ]
    lines += [
        f"{v.name:<10} {_told(v.brier, 8, 5)} {_told(v.log_loss, 9, 5)} {_told(v.auc, 7, 4)} {_told(v.slope, 7, 3)} "
        f"{_told(v.intercept, 10, 3)} {_told(v.caught, 14, 4)} {v.expected_kg:>12,.1f}"
        for v in judgement.verdicts
    ]
    lines.append(
        f"The 90 % interval for kg held the truth on {judgement.days_covered} of "
        f"{judgement.days_judged} days."
    )
    return "\n".join(lines)
