"""`make bench`: our own code against named peers and limits, in one run; ratios, never absolute limits.

Sizes: BENCH_LOTS and BENCH_ENTRIES (2,000 and 20,000 unless told; the published table used more). The register
is made in a temporary data folder, or in a database of its own beside the one DATABASE_URL names. With
BENCH_REGISTER=there the synthetic register that DATABASE_URL already holds is measured as it is: its scores are
written anew and some entries are added.

Names of parts run those alone (`make bench ARGS="lists scores"`); the other rows of the results are kept. Every row
says what it was measured on.
"""

import contextlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench.rows import Row

RESULTS = Path(__file__).resolve().parent / "results.json"
LOTS = int(os.environ.get("BENCH_LOTS", "2000"))
ENTRIES = int(os.environ.get("BENCH_ENTRIES", str(LOTS * 10)))
IS_THERE = os.environ.get("BENCH_REGISTER") == "there"
DATABASE = "lodestone_bench"


@contextlib.contextmanager
def own_database() -> Iterator[None]:
    """A database of the benchmark's own, gone afterwards; nothing that was there before is touched."""
    address = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="lodestone-bench-") as folder:
        os.environ["LODESTONE_DATA"] = folder
        if not address or IS_THERE:
            yield
            return
        import psycopg

        with psycopg.connect(address, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            server.execute(f"CREATE DATABASE {DATABASE}")
            os.environ["DATABASE_URL"] = urlunsplit(urlsplit(address)._replace(path=f"/{DATABASE}"))
            try:
                yield
            finally:
                from django.db import connections

                connections.close_all()
                server.execute(f"DROP DATABASE {DATABASE}")


def make_register() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_reference")
    call_command("load_synthetic_register", lots=LOTS, entries=ENTRIES, seed=1)


PARTS = ("start", "places", "content", "lists", "scores", "retention", "planning")


def measure(parts: Sequence[str], about: dict[str, object]) -> list[dict[str, object]]:
    """Every row of the named parts, told as it is made."""
    rows: list[dict[str, object]] = []
    for part in parts:
        # Imported once Django is set up.
        for row in import_module(f"bench.{part}").run():
            print(line_of(row), flush=True)
            rows.append({"part": part, **row.as_dict(), "measured_on": about})
    return rows


def kept_rows(parts: Sequence[str]) -> list[dict[str, object]]:
    """The rows of an earlier run that this one does not measure again."""
    if not RESULTS.exists():
        return []
    rows: list[dict[str, object]] = json.loads(RESULTS.read_text())["rows"]
    return [row for row in rows if row["part"] not in parts]


def line_of(row: Row) -> str:
    words = [f"{row.name:<58}{row.ours_seconds:>10.4f} s"]
    if row.times_peer is not None:
        words.append(f"{row.times_peer:>9,.1f} × {row.peer}")
    if row.times_limit is not None:
        words.append(f"{row.times_limit:,.2f} × the time of {row.limit}")
    if row.meets_reach is not None:
        words.append("reach met" if row.meets_reach else "REACH NOT MET")
    if row.facts:
        words.append(", ".join(f"{name} {value}" for name, value in row.facts.items()))
    return " | ".join(words)


def main() -> None:
    parts = sys.argv[1:] or list(PARTS)
    if unknown := [part for part in parts if part not in PARTS]:
        sys.exit(f"There is no part “{unknown[0]}”. The parts are: {', '.join(PARTS)}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with own_database():
        import django

        django.setup()
        from django.db import connection

        from collection.models import CustodyEntry, Lot

        if not IS_THERE:
            make_register()
        about: dict[str, object] = {
            "database": connection.vendor,
            "lots": Lot.unscoped.count(),
            "entries": CustodyEntry.unscoped.count(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
        }
        rows = measure(parts, about) + kept_rows(parts)
    rows.sort(key=lambda row: PARTS.index(str(row["part"])))
    RESULTS.write_text(json.dumps({"rows": rows}, indent=1, default=str) + "\n")
    print(f"Written to {RESULTS.relative_to(Path.cwd())}")


if __name__ == "__main__":
    sys.exit(main())
