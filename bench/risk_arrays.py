"""Score 1,000,000 lots held as arrays, with and without every signal's contribution.

Run: python -m bench.risk_arrays [lots]
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from collection.rules.risk import Category, FeatureTable, prior_model, score
from collection.rules.risk.features import COLUMNS
from collection.rules.risk.model import RiskModel

ROUNDS = 3


def lots(size: int) -> FeatureTable:
    """Every column filled, a tenth of each not known."""
    random = np.random.default_rng(1)
    columns: dict[str, object] = {}
    for column in COLUMNS:
        if column.kind == "number":
            values = random.lognormal(1.0, 1.5, size)
            values[random.random(size) < 0.1] = np.nan
            columns[column.name] = values
        else:
            levels = tuple(word.strip() for word in column.unit.split(","))
            columns[column.name] = Category(random.integers(-1, len(levels), size), levels)
    return FeatureTable.of(columns)


def seconds(model: RiskModel, table: FeatureTable, *, contributions: bool) -> float:
    """Processor time of the fastest of a few rounds, so that neighbours on the machine count less."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        score(model, table, contributions=contributions)
        taken.append(time.process_time() - start)
    return min(taken)


def main(size: int) -> None:
    model, table = prior_model(), lots(size)
    for contributions in (False, True):
        word = "with contributions" if contributions else "scores only"
        print(
            f"{size:,} lots, {word}: {seconds(model, table, contributions=contributions):.2f} s of processor time"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
