"""What is wrong, or worth a second look, about an answer: one shape for every door.

A form shows a `Problem` beside its field, the API puts it in the body, an import prints it beside the row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error stops the lot; a warning is shown before it is logged and may be confirmed."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to tell the person: which field, what is wrong with it, and the way out.

    `code` is stable and meant for software; `message` and `way_out` are sentences fit to show.
    """

    field: str
    code: str
    message: str
    way_out: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.message} {self.way_out}".strip()


class RefusedAnswerError(ValueError):
    """An answer that could not be read. Carries the problem to show."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def error(field: str, code: str, message: str, way_out: str) -> Problem:
    """A problem that stops the lot."""
    return Problem(field, code, message, way_out)


def warning(field: str, code: str, message: str, way_out: str) -> Problem:
    """A problem that a person may confirm and go on."""
    return Problem(field, code, message, way_out, Severity.WARNING)


def errors_in(problems: Iterable[Problem]) -> list[Problem]:
    """Those problems that stop the lot."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def warnings_in(problems: Iterable[Problem]) -> list[Problem]:
    """Those problems that a person may confirm and go on."""
    return [problem for problem in problems if problem.severity is Severity.WARNING]
