"""Fit the export risk model on the register's own outcomes."""

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from collection.actions.risk import activate_by_command
from collection.actions.risk_models import Fitted, TooFewOutcomesError, fit_model
from collection.rules.risk_words import METRIC_WORDS


def _day(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a date as YYYY-MM-DD") from None


class Command(BaseCommand):
    help = "Fit the export risk model on what became of past lots, and keep it beside the active one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until", type=_day, help="Learn only from what was recorded before this day")
        parser.add_argument(
            "--activate", action="store_true", help="Put it in force at once, without a person's review"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        until = options["until"] or now
        if until > now:
            raise CommandError("--until must not lie in the future.")
        try:
            fitted = fit_model(until=until, at=now)
        except TooFewOutcomesError as error:
            self.stdout.write(str(error))
            return
        self.stdout.write(_report(fitted))
        if options["activate"]:
            self.stderr.write(
                self.style.WARNING("Activated without a person's review: no name stands behind this choice.")
            )
            due = activate_by_command(fitted.version.pk, at=now)
            self.stdout.write(f"{due:,} open lots wait to be scored anew: manage.py assess_lots")
        else:
            self.stdout.write("It is not active: a product administrator can activate it at /risk/model/.")


def _report(fitted: Fitted) -> str:
    training = fitted.version.metrics["training"]
    lines = [
        f"{'Kept' if fitted.is_new else 'Already there:'} model {fitted.version.version}, "
        f"fitted on {training['rows']:,} reviews of {training['closed_lots']:,} closed lots, "
        f"{training['first_day']} to {training['last_day']}."
    ]
    if not fitted.compared:
        lines.append("There are too few days to compare it with the active model.")
        return "\n".join(lines)
    active, new = fitted.compared["active"]["metrics"], fitted.compared["fitted"]["metrics"]
    lines.append(f"On {fitted.compared['active']['rows']:,} later reviews that this trial did not see:")
    lines.append(f"{'':<44}{'active':>12}{'new':>12}")
    for name, words in METRIC_WORDS.items():
        lines.append(f"{words:<44}{_text(active.get(name)):>12}{_text(new.get(name)):>12}")
    return "\n".join(lines)


def _text(value: float | None) -> str:
    if value is None:
        return "not known"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.4f}"
