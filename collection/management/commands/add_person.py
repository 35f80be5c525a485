"""Give somebody roles in an organisation; safe to repeat."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection.actions.people import InvalidOrganisationError, ensure_member
from collection.rules.roles import Role


class Command(BaseCommand):
    help = "Give somebody roles in an organisation; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address they sign in with")
        parser.add_argument("--organisation", required=True, help="the organisation's short name")
        parser.add_argument(
            "--role",
            required=True,
            action="append",
            choices=[role.value for role in Role],
            help="may be repeated",
        )
        parser.add_argument("--name", default="", help="the full name; made from the address when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        roles = {Role(role) for role in options["role"]}
        try:
            person, organisation = ensure_member(
                options["email"], options["organisation"], roles, name=options["name"]
            )
        except InvalidOrganisationError as error:
            raise CommandError(str(error)) from error
        words = ", ".join(sorted(role.value.replace("_", " ") for role in roles))
        self.stdout.write(f"{person.email} is {words} of {organisation.name}.")
        if not person.password:
            self.stdout.write("They choose a password under “Forgotten your password?” on the sign-in page.")
