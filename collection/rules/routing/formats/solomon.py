"""Solomon text: the vehicle routing problem with time windows (also Gehring & Homberger's files).

Distances and times follow the DIMACS challenge convention: Euclidean, truncated to one decimal; here in
tenths, so an objective of 8273 means 827.3. All stops are required, the objective is distance, and there
are as many vehicles as the file gives or more.
"""

from __future__ import annotations

import numpy as np

from collection.rules.routing.formats.distances import distance_problem
from collection.rules.routing.problem import Problem, ProblemError

SCALE = 10
CONVENTION = (
    "Distances are Euclidean, truncated to one decimal (DIMACS convention); the objective is in tenths."
)


def read_solomon(text: str) -> Problem:
    """The problem in a Solomon document. Raises ProblemError."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    numeric = [row for row in lines if all(_is_number(word) for word in row)]
    fleets = [row for row in numeric if len(row) == 2]
    customers = [list(map(float, row)) for row in numeric if len(row) == 7]
    if not fleets or not customers:
        raise ProblemError(
            "Solomon: expected a line with vehicle number and capacity, then lines of seven numbers."
        )
    table = np.array(customers)
    xy = table[:, 1:3]
    distances = np.floor(SCALE * np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1)) + 1e-9)
    times = np.rint(SCALE * table[:, 4:7]).astype(int)
    return distance_problem(
        name=lines[0][0],
        xy=xy,
        distances=distances.astype(np.int64),
        demands=[int(d) for d in table[:, 3]],
        capacity=int(float(fleets[0][1])),
        windows=[(int(opens), int(closes)) for opens, closes, _ in times],
        services=[int(service) for _, _, service in times],
        note=CONVENTION,
    )


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
