"""The rounds met so far, priced exactly for every type of vehicle that could drive them.

A search throws good rounds away with the plans they came in; here they are kept to be recombined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from collection.rules.routing.costing import Options, cost_sequences, padded
from collection.rules.routing.model import RELOAD, SearchModel
from collection.rules.routing.problem import IntArray


@dataclass(frozen=True, slots=True)
class Round:
    """A sequence of options driven by a type of vehicle, at its exact cost (without prizes)."""

    type: int
    options: Options
    cost: int


class RoutePool:
    """Remembers, for every type of vehicle and set of stops, the cheapest order met."""

    def __init__(self, model: SearchModel) -> None:
        self._model = model
        self._seen: set[Options] = set()
        self._waiting: list[Options] = []
        self._rounds: list[Round] = []
        self._place: dict[tuple[int, frozenset[int]], int] = {}
        self.version = 0  # changes whenever the pool does
        self.generation = 0  # changes when rounds are forgotten; otherwise a round keeps its place
        self.bettered: list[
            int
        ] = []  # places whose round was replaced by a cheaper order, in this generation

    def __len__(self) -> int:
        return len(self._rounds)

    def add(self, sequences: Iterable[Options]) -> int:
        """Remember sequences, to be priced when next needed; how many of them are new."""
        fresh = [sequence for sequence in sequences if sequence and sequence not in self._seen]
        self.version += bool(fresh)
        self._seen.update(fresh)
        self._waiting += fresh
        return len(fresh)

    def rounds(self) -> list[Round]:
        """For every type and set of stops the cheapest order known, feasible ones only."""
        self._price()
        return list(self._rounds)

    def priced(self, v: int, options: Options) -> Round | None:
        """The cheapest order known of these stops by type `v`, None where it is not possible."""
        self.add([options])
        self._price()
        place = self._place.get((v, self._stops(options)))
        return None if place is None else self._rounds[place]

    def keep_only(self, rounds: Iterable[Round]) -> None:
        """Forget all others, which may then be met anew."""
        self.version += 1
        self.generation += 1
        kept = list({(r.type, self._stops(r.options)): r for r in rounds}.values())
        self._rounds, self.bettered = kept, []
        self._place = {(r.type, self._stops(r.options)): place for place, r in enumerate(kept)}
        self._seen = {r.options for r in kept}

    def _stops(self, options: Options) -> frozenset[int]:
        return frozenset(self._model.stops_of(options).tolist())

    def _price(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        options, lengths = padded(waiting)
        stops = [self._stops(sequence) for sequence in waiting]
        calls = np.array([sum(option != RELOAD for option in sequence) for sequence in waiting])
        once = np.array([len(s) for s in stops]) == calls
        for v in np.flatnonzero(self._model.count > 0).tolist():
            costs = cost_sequences(self._model, v, options, lengths)
            for row in np.flatnonzero((costs >= 0) & once).tolist():
                place = self._place.setdefault((v, stops[row]), len(self._rounds))
                found = Round(v, waiting[row], int(costs[row]))
                if place == len(self._rounds):
                    self._rounds.append(found)
                elif found.cost < self._rounds[place].cost:
                    self._rounds[place] = found
                    self.bettered.append(place)


def is_plan(model: SearchModel, rounds: Sequence[Round]) -> bool:
    """Do the rounds serve every required stop, none twice, with the vehicles there are and to plants with room?"""
    visited = [model.stops_of(r.options) for r in rounds]
    visits = np.bincount(np.concatenate([np.zeros(0, dtype=np.int64), *visited]), minlength=len(model.prize))
    used = np.bincount(np.array([r.type for r in rounds], dtype=np.int64), minlength=len(model.count))
    is_possible = (visits <= 1).all() and (visits[model.required] == 1).all() and (used <= model.count).all()
    return bool(is_possible and (delivered(model, rounds) <= intake_room(model)).all())


def intake_room(model: SearchModel) -> IntArray:
    """(m): what each limited intake may take."""
    return np.array([most for _, _, most in model.intakes], dtype=np.int64)


def delivered(model: SearchModel, rounds: Sequence[Round]) -> IntArray:
    """(m): what the rounds bring to each limited intake."""
    load = np.zeros((len(rounds), model.load.shape[1]), dtype=np.int64)
    for number, r in enumerate(rounds):
        load[number] = model.load[model.stops_of(r.options)].sum(axis=0)
    return model.brought(np.array([r.type for r in rounds], dtype=np.int64), load).sum(axis=1)


def net_cost(model: SearchModel, rounds: Iterable[Round]) -> int:
    """What the rounds cost less the prizes they collect."""
    return sum(r.cost - int(model.prize[model.stops_of(r.options)].sum()) for r in rounds)
