"""`manage.py plan_benchmark INSTANCE --seconds S [--seed N] --out PLAN.json`: the engine on a file."""

from __future__ import annotations

import math
import os
import time
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from time import monotonic

from django.core.management.base import BaseCommand, CommandError

from collection.rules.routing import NoFeasiblePlan, Plan, ProblemError, diagnose, evaluate, solve
from collection.rules.routing.formats import plan_to_json, read_problem

LEAVING_S = 0.1  # what the interpreter takes to end


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ArgumentTypeError(f"“{text}” is not a time to search. Give seconds, such as 60.")
    return seconds


class Command(BaseCommand):
    help = "Plan the rounds of an instance (lodestone-plan/1, VRPLIB or Solomon text) and write the plan."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("instance", type=Path)
        parser.add_argument("--seconds", type=_seconds, required=True, help="wall time for the whole command")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument(
            "--iterations", type=int, help="count work instead of time: the same plan every time"
        )
        parser.add_argument("--out", type=Path, required=True)

    def handle(
        self,
        *,
        instance: Path,
        seconds: float,
        seed: int,
        iterations: int | None,
        out: Path,
        verbosity: int,
        **options: object,
    ) -> None:
        began = monotonic() - _age_s()  # the interpreter and Django took their share already

        def report(better: Plan) -> None:
            self.stdout.write(f"{monotonic() - began:7.1f} s  {better.objective}")

        try:
            # Before the search: afterwards its plan would be lost.
            out.parent.mkdir(parents=True, exist_ok=True)
            problem = read_problem(instance.read_text(encoding="utf-8"), instance.name)
            plan = solve(
                problem,
                seconds=seconds - LEAVING_S - (monotonic() - began),
                seed=seed,
                iterations=iterations,
                on_progress=report if verbosity > 1 else None,
            )
            out.write_text(plan_to_json(plan), encoding="utf-8")
        except NoFeasiblePlan as no_plan:
            raise CommandError("\n".join([str(no_plan), *diagnose(problem)])) from no_plan
        except (OSError, UnicodeDecodeError, ProblemError) as problem_with_input:
            raise CommandError(str(problem_with_input)) from problem_with_input
        judged = evaluate(problem, plan)
        for note in (*problem.notes, *judged.violations):
            self.stdout.write(note)
        self.stdout.write(
            f"{problem.name}: objective {judged.objective}, {len(plan.routes)} rounds, "
            f"{len(plan.omitted)} stops left out, {monotonic() - began:.1f} s."
        )


def _age_s() -> float:
    """Wall time since this process began, from the kernel where it says so, else its processor time."""
    try:
        fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        began = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return max(time.clock_gettime(time.CLOCK_BOOTTIME) - began, time.process_time())
    except (OSError, AttributeError, IndexError, ValueError):
        return time.process_time()
