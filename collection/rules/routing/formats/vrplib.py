"""VRPLIB text: the capacitated problem with EUC_2D edge weights.

Distances follow the CVRPLIB convention: Euclidean, rounded to the nearest integer. All stops are required,
there are as many vehicles as stops, and the objective is distance.
"""

from __future__ import annotations

import numpy as np

from collection.rules.routing.formats.distances import distance_problem
from collection.rules.routing.problem import Problem, ProblemError

CONVENTION = "Distances are Euclidean, rounded to the nearest integer (CVRPLIB convention)."


def read_vrplib(text: str) -> Problem:
    """The problem in a VRPLIB CVRP document. Raises ProblemError."""
    fields, sections = _parts(text)
    if fields.get("EDGE_WEIGHT_TYPE") != "EUC_2D":
        raise ProblemError(
            f"EDGE_WEIGHT_TYPE: only EUC_2D is read, found {fields.get('EDGE_WEIGHT_TYPE')!r}."
        )
    try:
        numbers = [int(row[0]) for row in sections["NODE_COORD_SECTION"]]
        xy = np.array([[float(row[1]), float(row[2])] for row in sections["NODE_COORD_SECTION"]])
        demand_of = {int(row[0]): int(float(row[1])) for row in sections["DEMAND_SECTION"]}
        depots = [int(row[0]) for row in sections.get("DEPOT_SECTION", [[str(numbers[0])]]) if row[0] != "-1"]
        capacity = int(float(fields["CAPACITY"]))
        demands = [demand_of[number] for number in numbers]
    except (KeyError, ValueError, IndexError) as wrong:
        raise ProblemError(f"VRPLIB: {wrong} is missing or is not a number.") from wrong
    if len(depots) != 1 or depots[0] not in numbers:
        raise ProblemError(f"DEPOT_SECTION: exactly one depot from the coordinates is read, found {depots}.")
    order = [numbers.index(depots[0]), *(i for i, n in enumerate(numbers) if n != depots[0])]
    xy = xy[order]
    distances = np.floor(np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1)) + 0.5)
    # CVRPLIB numbers customers from 1 after the depot, whatever the file's node numbers are.
    return distance_problem(
        name=fields.get("NAME", ""),
        xy=xy,
        distances=distances.astype(np.int64),
        demands=[demands[i] for i in order],
        capacity=capacity,
        note=CONVENTION,
    )


def _parts(text: str) -> tuple[dict[str, str], dict[str, list[list[str]]]]:
    fields: dict[str, str] = {}
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] | None = None
    for line in text.splitlines():
        line = line.strip()
        if not line:
            continue
        if line == "EOF":
            break
        if line.split()[0].rstrip(":").endswith("_SECTION"):
            rows = sections.setdefault(line.split()[0].rstrip(":"), [])
        elif ":" in line:
            key, _, value = line.partition(":")
            fields[key.strip()] = value.strip().strip('"')
        elif rows is not None:
            rows.append(line.split())
    return fields, sections
