"""Reading problems and writing plans: lodestone JSON, VRPLIB and Solomon text."""

from __future__ import annotations

from collection.rules.routing.formats.lodestone import plan_to_json, read_plan, read_problem_json
from collection.rules.routing.formats.solomon import read_solomon
from collection.rules.routing.formats.vrplib import read_vrplib
from collection.rules.routing.problem import Problem, ProblemError

__all__ = ["plan_to_json", "read_plan", "read_problem", "read_problem_json", "read_solomon", "read_vrplib"]


def read_problem(text: str, name: str = "") -> Problem:
    """The problem in `text`, whichever of the three formats it is in. Raises ProblemError."""
    head = text.lstrip()
    if head.startswith("{"):
        return read_problem_json(head)
    if "NODE_COORD_SECTION" in head:
        return read_vrplib(head)
    if "CUST" in head.upper() and "CAPACITY" in head.upper():
        return read_solomon(head)
    raise ProblemError(
        f"{name or 'The file'} is none of lodestone-plan/1 JSON, VRPLIB text (with NODE_COORD_SECTION) or "
        "Solomon text (with VEHICLE and CUSTOMER tables)."
    )
