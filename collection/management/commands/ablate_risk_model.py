"""Say what each family of signals is worth, by fitting without it."""

from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from collection.actions.risk_models import keep_ablation
from collection.queries.risk_history import register_rows
from collection.rules.risk import TrainingSet
from collection.rules.risk.ablation import Ablation, ablate
from collection.rules.risk.columnar import HistoryError, day_number
from collection.rules.risk.history import read_history
from collection.rules.risk.training import training_set
from collection.rules.risk_review import split_by_time


class Command(BaseCommand):
    help = (
        "Fit the export risk model without each family of signals and show what is lost on later days. On the "
        "register the table is kept with the model in force; with --history nothing is kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--history", type=Path, help="Folder of CSV files instead of the register")
        parser.add_argument("--train-before", help="With --history: use what was known before this day")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = _from_files(options) if options["history"] else _from_register()
        split = split_by_time(rows) if rows is not None else None
        if rows is None or split is None:
            raise CommandError("There are too few closed lots, or too few days, to split them in two.")
        lines = list(self._lines(ablate(rows.rows(split.learn), rows.rows(split.judge))))
        if not options["history"]:
            kept_with = keep_ablation([asdict(line) for line in lines])
            self.stdout.write(f"Kept with model {kept_with}: see its card at /risk/model/.")

    def _lines(self, found: Iterator[Ablation]) -> Iterator[Ablation]:
        """Write each line as soon as it is known."""
        self.stdout.write("| without | Brier | AUC | exported mass in the top tenth |")
        self.stdout.write("|---|---|---|---|")
        for line in found:
            self.stdout.write(
                f"| {line.without or '(nothing: the whole model)'} | {line.brier:.5f} | {line.auc:.4f} | "
                f"{line.caught:.3f} |"
            )
            yield line


def _from_register() -> TrainingSet | None:
    found = register_rows(until=timezone.now())
    return found.rows if found is not None else None


def _from_files(options: dict[str, Any]) -> TrainingSet:
    try:
        history = read_history(options["history"])
        told = options["train_before"]
        cut = day_number(told) if told else float(np.nanmax(history.events.recorded)) + 1.0
        return training_set(history, cut)
    except (HistoryError, ValueError) as error:
        raise CommandError(str(error)) from error
