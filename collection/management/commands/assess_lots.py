"""Estimate and score lots now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from collection.actions.risk import assess_all, assess_due


class Command(BaseCommand):
    help = "Score the lots that wait for it; with --all every open lot."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="every open lot, not only those waiting")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["all"]:
            waited = 0
            while batch := assess_due(now=timezone.now()):
                waited += batch
            self.stdout.write(f"Assessed {waited:,} waiting lots.")
            return
        done = assess_all(at=timezone.now())
        self.stdout.write(
            f"Scored {done.lots:,} open lots, wrote {done.written:,} changes, "
            f"opened {done.opened:,} flags and closed {done.closed:,}."
        )
