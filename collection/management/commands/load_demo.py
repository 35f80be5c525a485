"""Fill the register with the demonstration."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from collection.actions.flags import announce_open_flags
from collection.actions.risk import assess_all
from collection.management.demo.cast import make_cast, make_sites
from collection.management.demo.market import open_market, second_thoughts
from collection.management.demo.showcase import show_every_form
from collection.management.demo.story import Story
from collection.management.demo.yard import keep_yards
from collection.models import AssessmentDue, Lot, Notification, ProductType

FEWEST, MOST = 1, 20_000


class Command(BaseCommand):
    help = "Fill the register with demonstration organisations, people and lots; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=26, help="another seed tells another story")
        parser.add_argument("--lots", type=int, default=600, help="how many lots to log")

    def handle(self, *args: Any, **options: Any) -> None:
        if not FEWEST <= options["lots"] <= MOST:
            raise CommandError(f"--lots must lie between {FEWEST} and {MOST:,}.")
        if not ProductType.objects.exists():
            raise CommandError("Load the reference tables first: manage.py load_reference")
        if Lot.unscoped.filter(is_demonstration=True).exists():
            self.stdout.write("The demonstration is there already; nothing was changed.")
            return
        now = timezone.now()
        with transaction.atomic():
            organisations = make_cast()
            story = Story(options["seed"], now, organisations, make_sites(organisations))
            lots = [*story.tell(options["lots"]), *show_every_form(story.viewers, now)]
            keep_yards(story.viewers, lots, now=now)
            open_market(options["seed"], now)
            AssessmentDue.objects.all().delete()
            assessed = assess_all(at=now)
            second_thoughts(now)
            _tell_without_writing(now)
        self.stdout.write(
            f"Logged {len(lots):,} demonstration lots over 24 months; {assessed.lots:,} are open, "
            f"{assessed.opened:,} of them flagged."
        )


def _tell_without_writing(now: dt.datetime) -> None:
    """The story's notices stand in the app; e-mails about the past two years would only bury the first log."""
    while announce_open_flags(at=now):
        pass
    State = Notification.EmailState
    of_the_story = Notification.objects.filter(
        recipient__memberships__organisation__is_demonstration=True, email_state=State.WAITING
    )
    of_the_story.update(email_state=State.NOT_WANTED)
