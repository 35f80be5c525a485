"""Takes a file of dated prices into the price table."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from collection.actions.prices import import_prices
from collection.models import User
from collection.queries.people import viewer_for
from collection.rules.content.price_file import OPTIONAL, REQUIRED, read_price_file
from collection.rules.content.sheet import ListErrors
from collection.rules.roles import NotPermittedError


class Command(BaseCommand):
    help = (
        "Takes prices from a CSV file, each with its date, VAT basis and source. "
        f"Columns: {', '.join(REQUIRED)}; optional {', '.join(OPTIONAL)}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the CSV file")
        parser.add_argument(
            "--by", required=True, help="e-mail of the product administrator who takes them in"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source = Path(options["file"])
        person = User.objects.filter(email__iexact=options["by"]).first()
        viewer = viewer_for(person) if person else None
        if viewer is None:
            raise CommandError(f"Nobody with the address {options['by']} acts for an organisation here.")
        try:
            with source.open(encoding="utf-8-sig", newline="") as handle:
                rows = read_price_file(handle, today=timezone.localdate())
        except OSError as problem:
            raise CommandError(f"{source} cannot be read: {problem.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError(f"{source} is not UTF-8 text. Save it as “CSV UTF-8” and try again.") from None
        except ListErrors as problems:
            raise CommandError(f"{source} was not taken:\n{problems}") from None
        try:
            taken = import_prices(viewer, rows, at=timezone.now())
        except NotPermittedError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(taken.sentence)
