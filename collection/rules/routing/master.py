"""The best plan that can be put together from known rounds, and what stops and vehicles are worth to it.

Set packing: choose rounds so that no stop is visited twice, required stops are visited, and no type is used
more often than it stands ready. HiGHS solves it; with fractions allowed it also says what one more visit to
a stop, or one more vehicle, would save, which is what pricing needs to find new rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_matrix, vstack

from collection.rules.routing.model import BoolArray, SearchModel
from collection.rules.routing.pool import Round, net_cost
from collection.rules.routing.problem import IntArray

FloatArray = npt.NDArray[np.float64]
SOLVER_SCALE = 1e-5  # HiGHS likes costs near one


@dataclass(frozen=True)
class Scope:
    """The part of a plan that is open to change: stops (s) and vehicles of each type (v)."""

    open_stops: BoolArray
    vehicles: IntArray


@dataclass(frozen=True)
class Columns:
    """Rounds as columns: which stops they visit (stops, rounds), their types, their cost net of prizes."""

    rounds: list[Round]
    incidence: csc_matrix
    types: IntArray
    net: FloatArray

    def take(self, places: IntArray) -> Columns:
        rounds = [self.rounds[place] for place in places.tolist()]
        return Columns(rounds, self.incidence[:, places], self.types[places], self.net[places])


@dataclass(frozen=True)
class Relaxation:
    """The answer with fractions: value net of prizes, worth of stops (s) and vehicles (v), reduced costs."""

    value: float
    stop_worth: FloatArray
    vehicle_worth: FloatArray
    reduced: FloatArray


def whole(model: SearchModel) -> Scope:
    """Everything open."""
    return Scope(np.ones(len(model.prize), dtype=bool), model.count)


def columns_of(model: SearchModel, rounds: Sequence[Round]) -> Columns:
    """The rounds as columns."""
    stops = [model.option_stop[list(r.options)] for r in rounds]
    rows = np.concatenate(stops) if stops else np.zeros(0, dtype=np.int64)
    pointers = np.append(0, np.cumsum([len(s) for s in stops], dtype=np.int64))
    incidence = csc_matrix((np.ones(len(rows)), rows, pointers), shape=(len(model.prize), len(rounds)))
    cost = np.array([r.cost for r in rounds], dtype=np.float64)
    net = cost - incidence.T @ model.prize.astype(np.float64)
    return Columns(list(rounds), incidence, np.array([r.type for r in rounds], dtype=np.int64), net)


def within(columns: Columns, scope: Scope) -> Columns:
    """The columns that touch only what is open."""
    outside = columns.incidence.T @ (~scope.open_stops).astype(np.float64)
    return columns.take(np.flatnonzero((outside == 0) & (scope.vehicles[columns.types] > 0)))


def relax(model: SearchModel, columns: Columns, scope: Scope) -> Relaxation | None:
    """Solve with fractions allowed; None when the columns cannot cover the required stops, or are none."""
    if not columns.rounds:
        return None
    must = np.flatnonzero(model.required & scope.open_stops)
    may = np.flatnonzero(~model.required & scope.open_stops)
    by_row = columns.incidence.tocsr()
    result = linprog(
        columns.net * SOLVER_SCALE,
        A_ub=vstack([by_row[may], _type_rows(model, columns)]),
        b_ub=np.concatenate([np.ones(len(may)), scope.vehicles]),
        A_eq=by_row[must] if len(must) else None,
        b_eq=np.ones(len(must)) if len(must) else None,
        bounds=(0, None),
        method="highs",
    )
    if result.x is None:
        return None
    worth = np.zeros(len(model.prize))
    worth[may] = -result.ineqlin.marginals[: len(may)]
    if len(must):
        worth[must] = -result.eqlin.marginals
    vehicle_worth = -result.ineqlin.marginals[len(may) :]
    reduced = columns.net * SOLVER_SCALE + columns.incidence.T @ worth + vehicle_worth[columns.types]
    return Relaxation(
        result.fun / SOLVER_SCALE,
        worth / SOLVER_SCALE,
        vehicle_worth / SOLVER_SCALE,
        reduced / SOLVER_SCALE,
    )


def choose(
    model: SearchModel,
    columns: Columns,
    relaxed: Relaxation,
    scope: Scope,
    *,
    to_beat: int,
    most_columns: int,
    seconds: float | None,
) -> list[Round] | None:
    """The best whole choice of rounds if its net cost is below `to_beat`, else None.

    Columns whose reduced cost exceeds the gap cannot help and are left out; of the rest the `most_columns`
    most promising are tried. With `seconds` None the work is limited by nodes, so that the answer does not
    depend on the clock.
    """
    gap = to_beat - relaxed.value
    if gap < 1:
        return None
    promising = np.flatnonzero(relaxed.reduced < gap)
    promising = promising[np.argsort(relaxed.reduced[promising], kind="stable")[:most_columns]]
    tried = columns.take(promising)
    limits = {"node_limit": 500} if seconds is None else {"time_limit": max(seconds, 0.05)}
    rows = vstack([tried.incidence, _type_rows(model, tried)])
    at_least = np.concatenate([(model.required & scope.open_stops).astype(float), np.zeros(len(model.count))])
    at_most = np.concatenate([np.ones(len(model.prize)), scope.vehicles.astype(float)])
    result = milp(
        tried.net * SOLVER_SCALE,
        integrality=np.ones(len(promising)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, at_least, at_most),
        options={**limits, "mip_rel_gap": 1e-7},
    )
    if result.x is None:
        return None
    picked = [tried.rounds[place] for place in np.flatnonzero(result.x > 0.5).tolist()]
    return picked if net_cost(model, picked) < to_beat else None


def _type_rows(model: SearchModel, columns: Columns) -> csc_matrix:
    many = len(columns.rounds)
    return csc_matrix((np.ones(many), (columns.types, np.arange(many))), shape=(len(model.count), many))
