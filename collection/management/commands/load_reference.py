"""`manage.py load_reference`: bring the reference tables up to the shipped files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from collection.actions.reference import TableError, load_reference


class Command(BaseCommand):
    help = "Load the shipped reference tables. Safe to repeat; says what changed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changes = load_reference(at=timezone.now())
        except TableError as problem:
            raise CommandError(str(problem)) from problem
        differing = [change for change in changes if not change.is_nothing]
        for change in differing:
            self.stdout.write(str(change))
        if not differing:
            self.stdout.write("Reference tables: nothing changed.")
