"""Write the model card as a document from the model itself."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection.queries.risk import active_model
from collection.rules.risk import prior_model
from collection.rules.risk.card_text import model_card_text

SHIPPED = Path("docs/export-risk-model-card.md")


class Command(BaseCommand):
    help = "Write the card of the model in force as Markdown; --shipped writes that of the expert points."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, help=f"File to write; with --shipped {SHIPPED} unless given")
        parser.add_argument("--shipped", action="store_true", help="The expert points, without a database")
        parser.add_argument("--check", action="store_true", help="Fail where the file is not up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["out"] or (SHIPPED if options["shipped"] else None)
        text = model_card_text(prior_model()) if options["shipped"] else _in_force()
        if path is None:
            self.stdout.write(text)
        elif options["check"]:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                raise CommandError(f"{path} is not up to date: run this command without --check.")
        else:
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"Wrote {path}.")


def _in_force() -> str:
    found = active_model()
    if found is None:
        return model_card_text(prior_model())
    version, model = found
    return model_card_text(model, metrics=version.metrics)
