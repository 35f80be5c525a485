"""Brings the data folder to where this version of the program expects it: ``python -m config.prepare``.

Tables, reference data and static files each time (all quick when nothing changed); the demonstration register
only with ``--demo`` and only into a register nobody has signed up to yet.
"""

import argparse
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command, get_commands
from django.db import DatabaseError


def main() -> None:
    options = read_options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        prepare(demo=options.demo, sign_ins=options.sign_ins)
    except (ImproperlyConfigured, CommandError) as error:
        sys.exit(str(error))
    except DatabaseError as error:
        sys.exit(f"The database cannot be prepared: {error}. Check DATABASE_URL and LODESTONE_DATA.")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--demo", action="store_true", help="fill an empty register with the demonstration data"
    )
    parser.add_argument("--sign-ins", type=Path, help="write the demonstration sign-ins to this file")
    return parser.parse_args()


def prepare(demo: bool, sign_ins: Path | None) -> None:
    known = get_commands()
    call_command("migrate", verbosity=0)
    if "load_reference" in known:
        call_command("load_reference")
    if demo and "load_demo" in known and is_unused():
        say("Loading the demonstration register; this is done once.")
        call_command("load_demo")
    if settings.HASHED_STATIC:
        call_command("collectstatic", interactive=False, verbosity=0)
    if sign_ins and "demo_signins" in known:
        with sign_ins.open("w", encoding="utf-8") as file:
            call_command("demo_signins", stdout=file)


def is_unused() -> bool:
    return not get_user_model()._base_manager.exists()


def say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    main()
