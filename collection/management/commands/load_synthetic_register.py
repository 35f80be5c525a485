"""Fill the register with synthetic lots and custody entries, for measuring at size."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from collection.management.synthetic.population import is_there
from collection.management.synthetic.register import SyntheticRegister
from collection.models import ProductType


class Command(BaseCommand):
    help = "Make a synthetic register of any size: the same for the same seed, marked as demonstration data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lots", type=int, default=10_000, help="how many lots")
        parser.add_argument("--entries", type=int, default=None, help="how many custody entries; 10 a lot")
        parser.add_argument("--seed", type=int, default=1, help="another seed makes another register")

    def handle(self, *args: Any, **options: Any) -> None:
        lots, entries = options["lots"], options["entries"] or 10 * options["lots"]
        if lots < 1:
            raise CommandError("--lots must be 1 or more.")
        if entries < lots:
            raise CommandError(f"--entries must be at least {lots:,}: every lot was logged by one entry.")
        if not ProductType.objects.exists():
            raise CommandError("Load the reference tables first: manage.py load_reference")
        if is_there():
            self.stdout.write("A synthetic register is there already; nothing was changed.")
            return
        self.started = time.monotonic()
        with transaction.atomic():
            SyntheticRegister(options["seed"], lots).write(lots, entries, self._tell)
        self.stdout.write(f"Made {lots:,} lots with {entries:,} custody entries in {self._seconds():.0f} s.")

    def _tell(self, lots: int, entries: int) -> None:
        rate = entries / max(self._seconds(), 0.001)
        self.stdout.write(f"{lots:>12,} lots {entries:>14,} entries  {rate:>9,.0f} entries/s")

    def _seconds(self) -> float:
        return time.monotonic() - self.started
