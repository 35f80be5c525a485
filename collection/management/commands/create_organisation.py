"""Make an organisation; safe to repeat."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection.actions.people import InvalidOrganisationError, ensure_organisation
from collection.models import HolderKind, Nation
from collection.rules.roles import OrganisationKind


class Command(BaseCommand):
    help = "Make an organisation of a kind; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="a short name for addresses, such as clydeside-metals")
        parser.add_argument("--kind", required=True, choices=[kind.value for kind in OrganisationKind])
        parser.add_argument("--name", default="", help="the full name; made from the slug when left out")
        parser.add_argument("--holder-kind", default="", choices=["", *HolderKind.values])
        parser.add_argument("--nation", default="", choices=["", *Nation.values])
        parser.add_argument("--admin-email", default="", help="make this person its administrator")

        parser.add_argument(
            "--plant",
            action="append",
            default=[],
            help="the code of a plant this recycler runs; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organisation, created = ensure_organisation(
                options["slug"],
                kind=OrganisationKind(options["kind"]),
                name=options["name"],
                holder_kind=options["holder_kind"],
                nation=options["nation"],
                admin_email=options["admin_email"],
                plants=options["plant"],
            )
        except InvalidOrganisationError as error:
            raise CommandError(str(error)) from error
        verb = "Made" if created else "Already there:"
        self.stdout.write(f"{verb} {organisation.name} ({organisation.slug}), a {organisation.kind}.")
