"""Prove that the report's monthly cells are what their entries add up to, and make them again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.rollups import first_difference, fold, rebuild


class Command(BaseCommand):
    help = "Compare the monthly cells of the reports with the custody entries, then make them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare; exit 1 at a difference")

    def handle(self, *args: Any, **options: Any) -> None:
        fold()
        before = first_difference()
        if options["check"]:
            if before:
                raise CommandError(f"Different: {before}. Run rebuild_rollups without --check.")
            self.stdout.write("Equal: every monthly cell is the sum of its entries.")
            return
        entries = rebuild()
        after = first_difference()
        if after:
            raise CommandError(f"Still different after folding {entries} entries again: {after}.")
        found = f"Was different: {before}." if before else "Was equal: every cell was the sum of its entries."
        self.stdout.write(f"{found} Folded {entries} entries again; equal.")
