"""Walk every custody chain and re-add every balance."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection.queries.custody import first_broken_chain, register_balances
from collection.rules.lifecycle import OUTSIDE_PLACES, Place


class Command(BaseCommand):
    help = "Check every custody chain and every balance; fails naming the first broken entry."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = first_broken_chain()
        if broken:
            reference, fault = broken
            raise CommandError(f"Custody of {reference} is broken: {fault}.", returncode=1)
        totals = register_balances()
        self._check_totals(totals)
        for place, grams in totals.items():
            if place not in OUTSIDE_PLACES:
                self.stdout.write(f"{place.name.replace('_', ' ').capitalize():<12} {grams:>18,} g")
        self.stdout.write(self.style.SUCCESS("Every chain holds and every gram is accounted for."))

    def _check_totals(self, totals: dict[Place, int]) -> None:
        if totals[Place.LINEAGE] != 0:
            raise CommandError(f"Divided lots do not add up: {totals[Place.LINEAGE]:,} g too many.")
        if sum(totals.values()) != 0:
            raise CommandError(f"The ledger is {sum(totals.values()):,} g out of balance.")
