"""The best plan that can be put together from known rounds, and what stops and vehicles are worth to it.

Set packing: choose rounds so that no stop is visited twice, required stops are visited, and no type is used
more often than it stands ready. HiGHS solves it; with fractions allowed it also says what one more visit to
a stop, or one more vehicle, would save, which is what pricing needs to find new rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import scipy

from collection.rules.routing.model import RELOAD, BoolArray, SearchModel
from collection.rules.routing.pool import Round, intake_room, net_cost
from collection.rules.routing.problem import IntArray

FloatArray = npt.NDArray[np.float64]
CERTAIN, NEGLIGIBLE = 0.7, 0.01  # share from which a round is settled: above a half no two can share a stop
INTERIOR_FROM = 8000  # columns
SOLVER_SCALE = 1e-5  # HiGHS likes costs near one


@dataclass(frozen=True)
class Scope:
    """The part of a plan that is open to change: stops (s), vehicles of each type (v), room at plants (m)."""

    open_stops: BoolArray
    vehicles: IntArray
    room: IntArray


@dataclass(frozen=True)
class Columns:
    """Rounds as columns: which stops they visit (stops, rounds), their types, what they bring to each limited
    plant (m, rounds), their cost net of prizes."""

    rounds: list[Round]
    incidence: scipy.sparse.csc_matrix
    types: IntArray
    brought: IntArray
    net: FloatArray

    def take(self, places: IntArray) -> Columns:
        rounds = [self.rounds[place] for place in places.tolist()]
        return Columns(
            rounds, self.incidence[:, places], self.types[places], self.brought[:, places], self.net[places]
        )

    def join(self, other: Columns) -> Columns:
        return Columns(
            [*self.rounds, *other.rounds],
            scipy.sparse.hstack([self.incidence, other.incidence], format="csc"),
            np.concatenate([self.types, other.types]),
            np.concatenate([self.brought, other.brought], axis=1),
            np.concatenate([self.net, other.net]),
        )


@dataclass(frozen=True)
class Relaxation:
    """The answer with fractions: value net of prizes, worth of stops (s), of vehicles (v), of a unit of room at
    each limited plant (m), reduced costs."""

    value: float
    stop_worth: FloatArray
    vehicle_worth: FloatArray
    room_worth: FloatArray
    reduced: FloatArray
    share: FloatArray  # of each round in the answer


def whole(model: SearchModel) -> Scope:
    """Everything open."""
    return Scope(np.ones(len(model.prize), dtype=bool), model.count, intake_room(model))


def columns_of(model: SearchModel, rounds: Sequence[Round]) -> Columns:
    """The rounds as columns."""
    lengths = np.fromiter((len(r.options) for r in rounds), dtype=np.int64, count=len(rounds))
    options = np.fromiter(chain.from_iterable(r.options for r in rounds), np.int64, count=int(lengths.sum()))
    columns = np.repeat(np.arange(len(rounds)), lengths)
    visits = options != RELOAD
    rows, columns = model.option_stop[options[visits]], columns[visits]
    pointers = np.append(0, np.cumsum(np.bincount(columns, minlength=len(rounds))))
    incidence = scipy.sparse.csc_matrix(
        (np.ones(len(rows)), rows, pointers), shape=(len(model.prize), len(rounds))
    )
    cost = np.array([r.cost for r in rounds], dtype=np.float64)
    net = cost - incidence.T @ model.prize.astype(np.float64)
    types = np.array([r.type for r in rounds], dtype=np.int64)
    load = np.rint(incidence.T @ model.load) if model.intakes else np.zeros((len(rounds), 0))
    return Columns(list(rounds), incidence, types, model.brought(types, load.astype(np.int64)), net)


def within(columns: Columns, scope: Scope) -> Columns:
    """The columns that touch only what is open."""
    outside = columns.incidence.T @ (~scope.open_stops).astype(np.float64)
    fits = (columns.brought <= scope.room[:, None]).all(axis=0)
    return columns.take(np.flatnonzero((outside == 0) & (scope.vehicles[columns.types] > 0) & fits))


def relax(model: SearchModel, columns: Columns, scope: Scope, *, insist: bool = True) -> Relaxation | None:
    """Solve with fractions allowed; None when the columns cannot cover the required stops, or are none.

    Without `insist` required stops may be left out, at a price above any other.
    """
    if not columns.rounds:
        return None
    must = np.flatnonzero(model.required & scope.open_stops & insist)
    may = np.flatnonzero((~model.required | (not insist)) & scope.open_stops)
    by_row = columns.incidence.tocsr()
    net = columns.net
    if not insist:
        net = net - 2 * np.abs(columns.net).max() * (columns.incidence.T @ model.required.astype(float))
    result = scipy.optimize.linprog(
        net * SOLVER_SCALE,
        A_ub=scipy.sparse.vstack(
            [by_row[may], _type_rows(model, columns), scipy.sparse.csr_matrix(columns.brought)]
        ),
        b_ub=np.concatenate([np.ones(len(may)), scope.vehicles, scope.room]),
        A_eq=by_row[must] if len(must) else None,
        b_eq=np.ones(len(must)) if len(must) else None,
        bounds=(0, None),
        # From so many columns on, interior points are there sooner than the simplex method.
        method="highs-ipm" if len(columns.rounds) > INTERIOR_FROM else "highs",
    )
    if result.x is None:
        return None
    worth = np.zeros(len(model.prize))
    worth[may] = -result.ineqlin.marginals[: len(may)]
    if len(must):
        worth[must] = -result.eqlin.marginals
    vehicle_worth, room_worth = np.split(-result.ineqlin.marginals[len(may) :], [len(model.count)])
    reduced = net * SOLVER_SCALE + columns.incidence.T @ worth + vehicle_worth[columns.types]
    reduced += room_worth @ columns.brought
    return Relaxation(
        result.fun / SOLVER_SCALE,
        worth / SOLVER_SCALE,
        vehicle_worth / SOLVER_SCALE,
        room_worth / SOLVER_SCALE,
        reduced / SOLVER_SCALE,
        result.x,
    )


def dive(
    model: SearchModel,
    columns: Columns,
    relaxed: Relaxation,
    scope: Scope,
    is_over: Callable[[], bool],
) -> list[Round]:
    """A whole choice of rounds from one with fractions: the most certain are settled, the rest relaxed again.

    It may leave required stops out.
    """
    chosen: list[Round] = []
    now: Relaxation | None = relaxed
    while now is not None and len(columns.rounds) and not is_over():
        settled = _most_certain(columns, now, scope)
        if not len(settled):
            break
        taken = columns.take(settled)
        chosen += taken.rounds
        stops = np.asarray(taken.incidence.sum(axis=1)).ravel() > 0
        used = np.bincount(taken.types, minlength=len(model.count))
        scope = Scope(
            scope.open_stops & ~stops, scope.vehicles - used, scope.room - taken.brought.sum(axis=1)
        )
        columns = within(columns, scope)
        now = relax(model, columns, scope, insist=False)
    return chosen


def _most_certain(columns: Columns, relaxed: Relaxation, scope: Scope) -> IntArray:
    """Places of the rounds to settle: those nearly whole, else the one nearest to it; none when all is nothing."""
    certain = np.flatnonzero(relaxed.share > CERTAIN)
    fits = np.cumsum(columns.brought[:, certain], axis=1) <= scope.room[:, None]
    certain = certain[fits.all(axis=0)]
    if len(certain):
        return certain
    best = int(np.argmax(relaxed.share))
    return np.array([best] if relaxed.share[best] > NEGLIGIBLE else [], dtype=np.int64)


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
    rows = scipy.sparse.vstack(
        [tried.incidence, _type_rows(model, tried), scipy.sparse.csr_matrix(tried.brought)]
    )
    limits_on_all = np.concatenate([scope.vehicles, scope.room]).astype(float)
    at_least = np.append((model.required & scope.open_stops).astype(float), np.zeros(len(limits_on_all)))
    at_most = np.append(np.ones(len(model.prize)), limits_on_all)
    result = scipy.optimize.milp(
        tried.net * SOLVER_SCALE,
        integrality=np.ones(len(promising)),
        bounds=scipy.optimize.Bounds(0, 1),
        constraints=scipy.optimize.LinearConstraint(rows, at_least, at_most),
        options={**limits, "mip_rel_gap": 1e-7},
    )
    if result.x is None:
        return None
    picked = [tried.rounds[place] for place in np.flatnonzero(result.x > 0.5).tolist()]
    return picked if net_cost(model, picked) < to_beat else None


def _type_rows(model: SearchModel, columns: Columns) -> scipy.sparse.csc_matrix:
    many = len(columns.rounds)
    return scipy.sparse.csc_matrix(
        (np.ones(many), (columns.types, np.arange(many))), shape=(len(model.count), many)
    )
