"""Print who may sign in to the demonstration."""

from typing import Any

from django.core.management.base import BaseCommand

from collection.management.demo.cast import PARTS, PASSWORD, email_of
from collection.models import User


class Command(BaseCommand):
    help = "Print the demonstration's sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        there = set(User.objects.values_list("email", flat=True))
        rows = [
            (email_of(login), f"{name}, {part.name}")
            for part in PARTS
            for login, (name, _) in part.people.items()
            if email_of(login) in there
        ]
        if not rows:
            return
        self.stdout.write(f"Demonstration sign-ins, all with the password {PASSWORD}")
        width = max(len(email) for email, _ in rows)
        for email, words in rows:
            self.stdout.write(f"  {email:<{width}}  {words}")
