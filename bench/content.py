"""One million lots: the estimate on columns against a plain loop over lots doing the same arithmetic.

The loop is written with Python's own floats and ``math``, its coefficients looked up once per product and
alloy, as a careful programmer without arrays would. It runs on a sample and is scaled up, and its answers
must be the same.
"""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np

import collection
from bench.rows import Row
from collection.models import Lot
from collection.rules.content import (
    Catalogue,
    LotArrays,
    ProductArrays,
    estimate_many,
    sum_many,
)
from collection.rules.content.arrays import CLASSES
from collection.rules.content.composition import COLUMNS
from collection.rules.split_normal import DOWN_TO_ZERO, Z_TENTH

LOTS = 1_000_000
LOOPED = 20_000
LEAST_LOTS, LEAST_LOOPED = 100_000, 2_000
COUNTED = CLASSES.index("C")
YEARS = (0, 2005, 2012, 2018, 2022)

MEAN = 1 / math.sqrt(2 * math.pi)
CUBE = 2 * MEAN**3 - MEAN / 4 - 3 * MEAN * (0.25 - MEAN**2)
LIMIT = 0.5 - MEAN**2

Error = tuple[float, float, float, bool]
"""Mean, variance and third moment of an error's logarithm, and whether it reaches zero."""


def lots(products: ProductArrays, count: int, seed: int = 4) -> LotArrays:
    """Random counted lots over the whole catalogue; one in ten has its magnets weighed."""
    rng = np.random.default_rng(seed)
    weighed = np.where(rng.random(count) < 0.1, rng.integers(100, 100_000, count), np.nan)
    return LotArrays(
        product=rng.integers(0, len(products.codes), count),
        units=rng.integers(1, 500, count).astype(float),
        build_year=rng.choice(YEARS, count),
        evidence=np.full(count, COUNTED),
        weighed_grams=weighed.astype(float),
    )


def moments(down: float, up: float) -> Error:
    below, above = (DOWN_TO_ZERO if math.isinf(down) else down) / Z_TENTH, up / Z_TENTH
    lean = above - below
    variance = (above * above + below * below) / 2 - (MEAN * lean) ** 2
    return MEAN * lean, variance, lean * (3 * MEAN * variance + CUBE * lean * lean), math.isinf(down)


def interval(centre: float, one: Error, two: Error) -> tuple[float, float]:
    """Low and high of a centre under two independent errors."""
    mean, variance, third = one[0] + two[0], one[1] + two[1], one[2] + two[2]
    limit, slope = math.sqrt(variance / LIMIT), 3 * MEAN * max(variance, 1e-300)
    lean = max(-limit, min(limit, third / slope))
    for _ in range(2):
        excess = lean * (slope + CUBE * lean * lean) - third
        lean = max(-limit, min(limit, lean - excess / (slope + 3 * CUBE * lean * lean)))
    middle = math.sqrt(max(0.0, variance - (0.25 - MEAN * MEAN) * lean * lean))
    shift = mean - MEAN * lean
    down = math.inf if one[3] or two[3] else max(0.0, Z_TENTH * (middle - lean / 2) - shift)
    up = max(0.0, Z_TENTH * (middle + lean / 2) + shift)
    return centre * math.exp(-down), centre * math.exp(up)


def add(one: Error, two: Error) -> Error:
    return one[0] + two[0], one[1] + two[1], one[2] + two[2], one[3] or two[3]


def one_by_one(
    catalogue: Catalogue, products: ProductArrays, rows: LotArrays, count: int
) -> list[list[float]]:
    """Low, central, high of the magnets and of every column for the first lots, one at a time."""
    alloys: dict[tuple[int, int], list[tuple[float, Error]]] = {}
    counting = catalogue.assumptions.own_error_by_class["C"]
    variation = catalogue.assumptions.item_variation
    nothing = moments(0.0, 0.0)
    results = []
    for row in range(count):
        product, year = int(rows.product[row]), int(rows.build_year[row])
        units, weighed = float(rows.units[row]), float(rows.weighed_grams[row])
        is_weighed = not math.isnan(weighed)
        share = float(products.prevalence[product])
        own = counting**2
        if products.is_counted[product] and not is_weighed:
            own += (variation**2 + (1 - share) / share) / units
        reach = Z_TENTH * math.sqrt(own)
        measuring = moments(-math.log1p(-reach) if reach < 1 else math.inf, math.log1p(reach))
        shared = (
            nothing if is_weighed else moments(float(products.down[product]), float(products.up[product]))
        )
        mass = add(shared, measuring)
        centre = weighed if is_weighed else units * float(products.grams_per_unit[product])
        low, high = interval(centre, mass, nothing)
        if not is_weighed:
            high = min(high, max(centre, float(products.gross_limit_grams[product]) * units))
        figures = [low, centre, high]
        key = (int(products.grade[product]), year)
        if key not in alloys:
            alloys[key] = alloy(catalogue, products.grade_codes[key[0]], year)
        for fraction, error in alloys[key]:
            low, high = interval(centre * fraction, mass, error)
            figures += [low, centre * fraction, high]
        results.append(figures)
    return results


def alloy(catalogue: Catalogue, grade_code: str, year: int) -> list[tuple[float, Error]]:
    composition = catalogue.composition(grade_code, year or None)
    columns = []
    for name in COLUMNS:
        part = composition.fractions[name]
        if part.central <= 0:
            columns.append((0.0, moments(0.0, 0.0)))
            continue
        down = math.log(part.central / part.low) if part.low > 0 else math.inf
        columns.append((part.central, moments(down, math.log(part.high / part.central))))
    return columns


def run() -> list[Row]:
    found = compare(max(Lot.unscoped.count(), LEAST_LOTS), LEAST_LOOPED)
    return [
        Row(
            name=f"estimate the content of {found['lots']:,.0f} lots",
            ours_seconds=found["columns_seconds"],
            peer="one lot after the other, scaled",
            peer_seconds=found["loop_seconds"],
            facts={"largest relative difference": found["largest_relative_difference"]},
        )
    ]


def compare(count: int = LOTS, looped: int = LOOPED) -> dict[str, float]:
    """Seconds for ``count`` lots on columns and, scaled up, one by one, and how far their answers differ."""
    catalogue = Catalogue.from_csv(Path(collection.__file__).parent / "data")
    products = ProductArrays.of(catalogue)
    rows = lots(products, count)
    estimate_many(catalogue, lots(products, 1000), products)
    start = time.perf_counter()
    columns = estimate_many(catalogue, rows, products)
    on_columns = time.perf_counter() - start
    start = time.perf_counter()
    sum_many(columns)
    summing = time.perf_counter() - start
    start = time.perf_counter()
    single = np.array(one_by_one(catalogue, products, rows, looped))
    one_at_a_time = (time.perf_counter() - start) / looped * count
    elements = np.stack([columns.element_low, columns.element_central, columns.element_high], axis=2)
    magnets = np.stack([columns.low, columns.central, columns.high], axis=1)
    together = np.concatenate([magnets[:looped], elements[:looped].reshape(looped, -1)], axis=1)
    return {
        "lots": count,
        "columns_seconds": round(on_columns, 3),
        "total_with_interval_seconds": round(summing, 3),
        "loop_seconds": round(one_at_a_time, 1),
        "times_faster": round(one_at_a_time / on_columns, 1),
        "largest_relative_difference": float(np.max(np.abs(together - single) / np.maximum(single, 1e-9))),
    }


if __name__ == "__main__":
    for name, figure in compare().items():
        print(f"{name:>30}  {figure:,}")
