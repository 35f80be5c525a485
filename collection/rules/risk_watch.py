"""What one closed month says of a model: does it come true, for whom does it not, and has its input moved."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collection.rules.risk import FeatureTable, RiskModel, TrainingSet, score
from collection.rules.risk.metrics import reliability
from collection.rules.risk.monitoring import check, drift
from collection.rules.risk.signals import SIGNAL_BY_NAME

# A month is judged once its 90 days and the usual wait for records have passed.
CLOSED_AFTER = dt.timedelta(days=135)
FEWEST_ROWS = 20
SIZES = ((20, "20 lots or more"), (5, "5 to 19 lots"), (0, "fewer than 5 lots"))
FEWEST_FOR_PLOT = 60
# A difference that chance alone would show twice in a hundred months is no alarm.
ALARM_SDS = 2.0


def closed_months(at: dt.datetime, most: int) -> list[dt.date]:
    """First days of the last `most` months that can be judged by now, oldest first."""
    latest = (at - CLOSED_AFTER).date()
    months, year, month = [], latest.year, latest.month
    for _ in range(most):
        months.append(dt.date(year, month, 1))
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return months[::-1]


def month_figures(
    model: RiskModel, rows: TrainingSet, nations: NDArray[np.str_], now: FeatureTable | None, high_from: float
) -> dict[str, Any]:
    """Everything kept of a month, as JSON; `now` are open lots of today to look for drift against.

    {"check", "reliability": {nation or "": [[expected, observed, rows]]}, "drift": [[signal, psi,
    missing then, missing now, state]], "cells": [[nation, kind, size, rows, exported, expected, warned,
    warned though kept, missed]], "cut", "is_far"}
    """
    y = rows.outcomes.export_90.astype(np.float64)
    p, kg = score(model, rows.features).p90, rows.features.mass_kg()
    found = check(y, p, kg)
    far = abs(float(y.sum() - p.sum())) > ALARM_SDS * math.sqrt(float((p * (1 - p)).sum()))
    plots = {"": reliability(y, p)}
    for nation in np.unique(nations):
        own = nations == nation
        if nation and own.sum() >= FEWEST_FOR_PLOT:
            plots[str(nation)] = reliability(y[own], p[own])
    moved = drift(model, rows.features, now) if now is not None and len(now) else []
    return {
        "check": {
            "observed_over_expected": _known(found.observed_over_expected),
            "observed_over_expected_by_kg": _known(found.observed_over_expected_by_kg),
            "slope": _known(found.slope),
            "intercept": _known(found.intercept),
        },
        "reliability": {
            name: [[round(e, 4), round(o, 4), n] for e, o, n in bins] for name, bins in plots.items()
        },
        "drift": [
            [d.signal, round(d.psi, 4), round(d.missing_before, 4), round(d.missing_now, 4), d.state]
            for d in moved
        ],
        "cells": _cells(rows.features, nations, y, p, p >= high_from),
        "cut": high_from,
        "is_far": bool(far and found.is_off),
    }


def _known(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def holder_sizes(table: FeatureTable) -> NDArray[np.str_]:
    """How many lots each row's holder has open that day, in words."""
    codes = table.word("holder").codes
    open_lots = np.bincount(codes + 1)[codes + 1]
    sizes = np.array([words for _, words in SIZES])
    return sizes[np.argmax([open_lots >= least for least, _ in SIZES], axis=0)]


def _cells(
    table: FeatureTable, nations: NDArray[np.str_], y: NDArray[Any], p: NDArray[Any], warned: NDArray[Any]
) -> list[list[Any]]:
    kinds, sizes, ended = table.word("holder_type").words(), holder_sizes(table), y > 0.5
    keys = np.stack([nations.astype(np.str_), kinds, sizes])
    names, cell = np.unique(keys, axis=1, return_inverse=True)
    cell = np.reshape(cell, -1)

    def summed(values: NDArray[Any]) -> list[float]:
        return np.round(np.bincount(cell, values, minlength=names.shape[1]), 3).tolist()

    ones = np.ones(len(y))
    columns = [summed(v) for v in (ones, ended, p, warned, warned & ~ended, ~warned & ended)]
    return [[*map(str, name), *numbers] for name, *numbers in zip(names.T, *columns, strict=True)]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of a count, with the interval it is known to (95 %, Wilson)."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.whole:
            return None
        z, n, share = 1.96, self.whole, self.part / self.whole
        centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return min(max(centre - reach, 0.0), share), max(min(centre + reach, 1.0), share)


@dataclass(frozen=True, slots=True)
class GroupErrors:
    """How one group fared: reviews, exports against expected, and the two ways of being wrong."""

    name: str
    rows: int
    exported: int
    expected: float
    warned_though_kept: Rate
    missed: Rate

    @property
    def observed_over_expected(self) -> float | None:
        return self.exported / self.expected if self.expected > 0 else None


GROUPINGS = {"nation": 0, "kind": 1, "size": 2}


def group_errors(cells: Iterable[Sequence[Any]], grouping: str, *, nation: str = "") -> list[GroupErrors]:
    """Errors by "nation", "kind" or "size" of holder, over all cells or those of one nation."""
    sums: dict[str, list[float]] = {}
    for cell in cells:
        if nation and cell[0] != nation:
            continue
        own = sums.setdefault(str(cell[GROUPINGS[grouping]]), [0.0] * 6)
        for place, value in enumerate(cell[3:9]):
            own[place] += float(value)
    return [
        GroupErrors(
            name, round(rows), round(exported), expected,
            Rate(round(wrongly), round(rows - exported)), Rate(round(missed), round(exported)),
        )
        for name, (rows, exported, expected, _warned, wrongly, missed) in sorted(sums.items())
    ]  # fmt: skip


def calls_for_action(newest_first: Sequence[tuple[bool, Mapping[str, Any]]]) -> list[str]:
    """What the newest months call for, in sentences: (is off, figures) of each month, newest first."""
    said = []
    if len(newest_first) > 1 and newest_first[0][0] and newest_first[1][0]:
        ratio = newest_first[0][1]["check"]["observed_over_expected"]
        said.append(
            f"Two months in a row came out off: {ratio:.2f} exports for each one expected in the newest. "
            "A new fit is due."
        )
    if newest_first:
        drifted = newest_first[0][1].get("drift", ())
        moved = [SIGNAL_BY_NAME[line[0]].words.lower() for line in drifted if line[4] == "moved"]
        if moved:
            said.append(f"What the model reads has moved: {'; '.join(moved)}.")
    return said
