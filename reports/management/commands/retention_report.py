"""Print the retention report of a period for the whole register."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.definitions.retention import BREAKDOWNS, Period, build_within
from reports.flows import FlowFilter
from reports.renderers import as_csv, as_json


def day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is not a day. Write it as 2025-01-31.") from error


class Command(BaseCommand):
    help = "Retention of a period: logged, held, received, retained, exported, lost, with intervals."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="from_day", required=True, help="first day, as 2025-01-01")
        parser.add_argument("--to", dest="until_day", required=True, help="the day after the last")
        parser.add_argument("--by", choices=sorted(BREAKDOWNS), default="month")
        parser.add_argument("--format", choices=["csv", "json"], default="csv")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = Period.asked(day(options["from_day"]), day(options["until_day"]))
        except ValueError as error:
            raise CommandError(f"{error} --from is the first day, --to the day after the last.") from error
        report = build_within(FlowFilter(), period, by=options["by"])
        text = as_csv(report) if options["format"] == "csv" else as_json(report)
        self.stdout.write(text.rstrip("\n"))
