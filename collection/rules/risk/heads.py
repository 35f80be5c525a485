"""One head at a time: what it learns from each row, and its penalised fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from collection.rules.risk.design import Design
from collection.rules.risk.features import Floats
from collection.rules.risk.model import HEADS, Shape
from collection.rules.risk.newton import Solution, fixed_score, sigmoid, solve
from collection.rules.risk.penalty import prior_mean, prior_precision
from collection.rules.risk.signals import SIGNAL_BY_NAME
from collection.rules.risk.training import TrainingSet

GROUP_SPREAD = 0.3
GROUPED = {"export": ("holder", "site", "day"), "retained": ("holder", "day")}
# Lots are fetched by the tonne: so much of a row's weight goes by its mass, up to so many times the mean mass.
BY_MASS, HEAVIEST = 0.3, 5.0
LEVEL_SD, STRETCH_SD, STRETCH_RANGE = 0.7, 0.4, (0.2, 1.5)


@dataclass(frozen=True)
class Tried:
    """What a trial on later days chose. `temper`: factor on what holders and sites add; 1 changes nothing."""

    hold: float
    half_life: float
    temper: float


@dataclass(frozen=True)
class Targets:
    """What a head learns: soft targets and the rows' weights (nought where the row says nothing)."""

    target: Floats
    weight: Floats


def row_weights(rows: TrainingSet, half_life: float = np.inf) -> Floats:
    """Monthly rows of one lot overlap: together they count as the square root of their number.

    Every row of a day gets the same weight; weighing each lot's own rows would favour lots that end soon.
    With a `half_life` in days, older days count less.
    """
    _, count = np.unique(rows.lot, return_counts=True)
    even = float(np.sqrt(count).sum()) / len(rows)
    return even * np.exp2((rows.day - rows.day.max()) / half_life)


def mass_weights(kg: Floats) -> Floats:
    """Factors of mean 1 by which heavy lots count more when exports are learnt; 1 where no mass is known.

    What is caught and what is expected are kilograms, so a chance has to be right by the kilogram too. Most of the
    weight stays with the row itself, and no lot counts as more than five: a few lots would rule the fit.
    """
    if not kg.any():
        return np.ones(len(kg))
    factor = 1.0 - BY_MASS + BY_MASS * np.minimum(kg / kg.mean(), HEAVIEST)
    return np.asarray(factor / factor.mean())


def targets_of(head: str, rows: TrainingSet, weight: Floats, chance: Floats, unseen: float) -> Targets:
    """Soft targets of a head.

    `chance` is a first estimate of each row's chance of export, by which an export that may not have been
    recorded yet is shared out; `unseen` is the share of exports among lots that left for an unknown
    destination.
    """
    seen = rows.outcomes
    silent = ~(seen.export_90 | seen.retained | seen.lost | seen.left_unseen)
    hidden = chance * (1.0 - seen.recorded_share)
    export = np.where(silent, hidden / (hidden + 1.0 - chance), seen.export_90.astype(np.float64))
    export = np.where(seen.left_unseen, unseen, export)
    if head == "export":
        return Targets(export, weight * mass_weights(rows.features.mass_kg()))
    if head == "export_60":
        return Targets(seen.export_60.astype(np.float64), weight * seen.export_90)
    if head == "export_30":
        return Targets(seen.export_30.astype(np.float64), weight * seen.export_60)
    if head == "retained":
        return Targets(seen.retained.astype(np.float64), weight * (1.0 - export))
    lost = np.where(seen.left_unseen, 1.0, seen.lost.astype(np.float64))
    return Targets(lost, weight * (1.0 - export) * ~seen.retained)


def unseen_export_share(rows: TrainingSet) -> float:
    """Exports as a share of the ends that look alike once a lot is gone: export and loss."""
    exports, losses = rows.outcomes.export_90.sum(), rows.outcomes.lost.sum()
    return float((exports + 1.0) / (exports + losses + 2.0))


def solve_heads(
    rows: TrainingSet, design: Design, shapes: Mapping[str, Shape], tried: Tried, held: frozenset[str]
) -> dict[str, Solution]:
    hold = tried.hold
    weight, unseen = row_weights(rows, tried.half_life), unseen_export_share(rows)
    mean_rate = np.full(len(rows), rows.outcomes.export_90.mean())
    first = solve_head(
        design, shapes, "export", targets_of("export", rows, weight, mean_rate, unseen), hold, held
    )
    chance = sigmoid(first.linear)
    solutions = {}
    for head in HEADS:
        targets = targets_of(head, rows, weight, chance, unseen)
        if targets.weight.any():
            solutions[head] = solve_head(design, shapes, head, targets, hold, held)
    if "export" in solutions:
        solutions["export"] = tempered(solutions["export"], design, tried.temper)
    return solutions


def tempered(solution: Solution, design: Design, temper: float) -> Solution:
    """The solution with its groups' points scaled, at the same mean score."""
    beta = solution.beta.copy()
    beta[0] += (1.0 - temper) * float(group_score(design, solution).mean())
    scaled = {name: effects * temper for name, effects in solution.groups.items()}
    return replace(solution, beta=beta, groups=scaled)


def solve_head(
    design: Design,
    shapes: Mapping[str, Shape],
    head: str,
    targets: Targets,
    hold: float,
    held: frozenset[str],
) -> Solution:
    expert = prior_mean(head, shapes, design)
    mean = np.where(never_seen(design, shapes), expert, rescaled(expert, design, targets))
    precision = prior_precision(head, shapes, design, mean, hold, held)
    groups = [name for name in GROUPED.get(head, ()) if name in design.groups]
    spread = dict.fromkeys(groups, GROUP_SPREAD)
    rows = np.flatnonzero(targets.weight > 0)
    if len(rows) < design.size:
        design = design.rows(rows)
        targets = Targets(targets.target[rows], targets.weight[rows])
    return solve(design, targets.target, targets.weight, mean, precision, spread)


def never_seen(design: Design, shapes: Mapping[str, Shape]) -> np.ndarray:
    """Columns for words of the whole market that no row has had, such as a rule that never was in force.

    How far the experts over-scale is learnt from facts of lots, which overlap; of such a word it says nothing, so it
    keeps the expert's points.
    """
    unseen = np.zeros(design.width, dtype=np.bool_)
    for name, (slot, fraction) in design.located.items():
        if SIGNAL_BY_NAME[name].market and fraction is None:
            start = design.offset[name]
            unseen[start : start + shapes[name].slots] = True
            unseen[start + np.unique(slot)] = False
    return unseen


def group_score(design: Design, solution: Solution) -> Floats:
    """What holders and sites add on other rows; the day's own effect is not known ahead, so nought."""
    linear = np.zeros(design.size)
    for name, effects in solution.groups.items():
        if name != "day":
            linear += effects[design.groups[name][0]]
    return linear


def rescaled(mean: Floats, design: Design, targets: Targets) -> Floats:
    """The expert's points stretched by one factor and shifted by one level to the outcomes.

    Experts rank better than they scale. Two numbers can be learnt from very few lots, before any single
    signal can; they are held near 1 and 0.
    """
    points = mean.copy()
    points[0] = 0.0
    signal = fixed_score(design, points)
    if not np.ptp(signal):
        return mean
    columns = np.stack([np.ones(design.size), signal - signal.mean()])
    centre = np.array([mean[0] + signal.mean(), 1.0])
    ridge = np.diag([1.0 / LEVEL_SD**2, 1.0 / STRETCH_SD**2])
    found = centre.copy()
    for _ in range(20):
        p = sigmoid(found @ columns)
        slope = columns @ (targets.weight * (targets.target - p)) - ridge @ (found - centre)
        bend = (columns * (targets.weight * p * (1.0 - p))) @ columns.T + ridge
        found = found + np.clip(np.linalg.solve(bend, slope), -1.0, 1.0)
    stretch = float(np.clip(found[1], *STRETCH_RANGE))
    points *= stretch
    points[0] = found[0] - stretch * signal.mean()
    return points
