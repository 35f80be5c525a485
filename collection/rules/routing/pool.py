"""The rounds met so far, and the best plan that can be put together from them.

The search keeps throwing good rounds away with the plans they came in. Here they are kept, priced exactly
for every type of vehicle that could drive them, and recombined by set packing: choose rounds so that no
stop is visited twice, required stops are visited, and no type is used more often than it stands ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_matrix, vstack

from collection.rules.routing.costing import Options, cost_sequences, padded
from collection.rules.routing.model import SearchModel
from collection.rules.routing.problem import IntArray

FloatArray = npt.NDArray[np.float64]
MOST_COLUMNS = 4000
SOLVER_SCALE = 1e-5  # HiGHS likes costs near one


@dataclass(frozen=True, slots=True)
class Round:
    """A sequence of options driven by a type of vehicle, at its exact cost (without prizes)."""

    type: int
    options: Options
    cost: int


@dataclass(frozen=True)
class Columns:
    """Rounds as columns of a matrix: stops by rounds, with cost net of prizes."""

    rounds: list[Round]
    incidence: csc_matrix  # (stops, rounds)
    types: IntArray
    net: FloatArray


class RoutePool:
    """Remembers sequences of options with what each type of vehicle would cost for them."""

    def __init__(self, model: SearchModel) -> None:
        self._model = model
        self._seen: set[Options] = set()
        self._waiting: list[Options] = []
        self._best: dict[tuple[int, frozenset[int]], Round] = {}

    def __len__(self) -> int:
        return len(self._best)

    def add(self, sequences: Iterable[Options]) -> None:
        """Remember sequences; they are priced when next needed."""
        for sequence in sequences:
            if sequence and sequence not in self._seen:
                self._seen.add(sequence)
                self._waiting.append(sequence)

    def rounds(self) -> list[Round]:
        """For every type and set of stops the cheapest order known, feasible ones only."""
        self._price()
        return list(self._best.values())

    def _price(self) -> None:
        model = self._model
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        options, lengths = padded(waiting)
        stops = [frozenset(model.option_stop[list(sequence)].tolist()) for sequence in waiting]
        twice = np.array([len(s) for s in stops]) < lengths
        for v in range(len(model.count)):
            if model.count[v] < 1:
                continue
            costs = cost_sequences(model, v, options, lengths)
            for row in np.flatnonzero((costs >= 0) & ~twice).tolist():
                key = (v, stops[row])
                known = self._best.get(key)
                if known is None or costs[row] < known.cost:
                    self._best[key] = Round(v, waiting[row], int(costs[row]))


def columns_of(model: SearchModel, rounds: Sequence[Round]) -> Columns:
    """The rounds as columns."""
    stops = [model.option_stop[list(r.options)] for r in rounds]
    lengths = [len(s) for s in stops]
    rows = np.concatenate(stops) if stops else np.zeros(0, dtype=np.int64)
    pointers = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    incidence = csc_matrix(
        (np.ones(len(rows)), rows, pointers), shape=(len(model.problem.stops), len(rounds))
    )
    cost = np.array([r.cost for r in rounds], dtype=np.float64)
    net = cost - incidence.T @ model.prize.astype(np.float64)
    return Columns(list(rounds), incidence, np.array([r.type for r in rounds], dtype=np.int64), net)


@dataclass(frozen=True)
class Relaxation:
    """The set-packing problem with fractions allowed: value (net of prizes) and what each row is worth."""

    value: float
    stop_worth: FloatArray  # (s) what one more chance to serve the stop would save
    type_worth: FloatArray  # (v) what one more vehicle would save
    reduced: FloatArray  # (columns) reduced cost


def relax(model: SearchModel, columns: Columns) -> Relaxation | None:
    """Solve the relaxation over `columns`; None when they cannot cover the required stops."""
    types = _type_rows(model, columns)
    required = model.required
    optional_rows, required_rows = columns.incidence[~required], columns.incidence[required]
    result = linprog(
        columns.net * SOLVER_SCALE,
        A_ub=vstack([optional_rows, types]),
        b_ub=np.concatenate([np.ones((~required).sum()), model.count]),
        A_eq=required_rows if required.any() else None,
        b_eq=np.ones(required.sum()) if required.any() else None,
        bounds=(0, None),
        method="highs",
    )
    if result.x is None:
        return None
    worth = np.zeros(len(required))
    worth[~required] = -result.ineqlin.marginals[: (~required).sum()]
    if required.any():
        worth[required] = -result.eqlin.marginals
    type_worth = -result.ineqlin.marginals[(~required).sum() :]
    reduced = columns.net * SOLVER_SCALE + columns.incidence.T @ worth + type_worth[columns.types]
    return Relaxation(
        result.fun / SOLVER_SCALE, worth / SOLVER_SCALE, type_worth / SOLVER_SCALE, reduced / SOLVER_SCALE
    )


def _type_rows(model: SearchModel, columns: Columns) -> csc_matrix:
    many = len(columns.rounds)
    return csc_matrix((np.ones(many), (columns.types, np.arange(many))), shape=(len(model.count), many))


def recombine(
    model: SearchModel,
    rounds: Sequence[Round],
    *,
    incumbent_net: int,
    seconds: float | None,
) -> list[Round] | None:
    """The best choice of rounds if it beats `incumbent_net` (cost less prizes collected), else None.

    With `seconds` None the work is limited by nodes instead, so that the answer does not depend on the clock.
    """
    columns = columns_of(model, rounds)
    relaxed = relax(model, columns)
    if relaxed is None:
        return None
    gap = incumbent_net - relaxed.value
    if gap < 1:
        return None
    worth_it = np.flatnonzero(relaxed.reduced < gap)
    if len(worth_it) > MOST_COLUMNS:
        worth_it = worth_it[np.argsort(relaxed.reduced[worth_it], kind="stable")[:MOST_COLUMNS]]
    chosen = columns_of(model, [columns.rounds[i] for i in worth_it.tolist()])
    at_least = np.concatenate([model.required.astype(float), np.zeros(len(model.count))])
    at_most = np.concatenate([np.ones(len(model.required)), model.count.astype(float)])
    limits = {"node_limit": 2000} if seconds is None else {"time_limit": max(seconds, 0.05)}
    result = milp(
        chosen.net * SOLVER_SCALE,
        integrality=np.ones(len(worth_it)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            vstack([chosen.incidence, _type_rows(model, chosen)]), at_least, at_most
        ),
        options={**limits, "mip_rel_gap": 1e-6},
    )
    if result.x is None:
        return None
    picked = [chosen.rounds[i] for i in np.flatnonzero(result.x > 0.5).tolist()]
    return picked if net_cost(model, picked) < incumbent_net else None


def net_cost(model: SearchModel, rounds: Iterable[Round]) -> int:
    """What the rounds cost less the prizes they collect."""
    return sum(r.cost - int(model.prize[model.option_stop[list(r.options)]].sum()) for r in rounds)
