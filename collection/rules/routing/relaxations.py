"""The pool of rounds, relaxed: asked for the whole or for an open part, and kept until the pool changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from collection.rules.routing.master import Columns, Relaxation, Scope, columns_of, relax, whole, within
from collection.rules.routing.model import SearchModel
from collection.rules.routing.pool import Round, RoutePool
from collection.rules.routing.tuning import Tuning


class Relaxations:
    """What the known rounds say about the worth of stops, vehicles and room."""

    def __init__(self, model: SearchModel, tuning: Tuning, pool: RoutePool) -> None:
        self._model, self._tuning, self._pool = model, tuning, pool
        # The whole pool's relaxation, and the version of the pool it was made of.
        self._known: tuple[int, Columns, Relaxation | None] | None = None
        self._all: Columns | None = None  # the pool's rounds when last asked for, of this generation
        self._generation = pool.generation
        self._bettered = 0  # as many of the pool's bettered rounds are in `_all`
        self.is_priced = False
        """Rounds have been priced at least once: reduced costs say which to look at first."""

    def of(self, scope: Scope, best: Iterable[Round]) -> tuple[Columns, Relaxation | None]:
        """The columns that touch only what is open, and their relaxation; `best` stays among them."""
        columns = self._columns()
        if not scope.open_stops.all():
            columns = within(columns, scope)
            return columns, relax(self._model, columns, scope)
        if self._known is None or self._known[0] != self._pool.version:
            columns = self._promising(columns, best)
            relaxed = relax(self._model, columns, scope)
            self._known = (self._pool.version, columns, relaxed)
        return self._known[1:]

    def _columns(self) -> Columns:
        """The whole pool as columns: what is known already, the newly bettered, and the new."""
        rounds, generation = self._pool.rounds(), self._pool.generation
        if self._all is None or self._generation != generation:
            self._all, self._generation = columns_of(self._model, rounds), generation
            self._bettered = len(self._pool.bettered)
        known = self._all
        old = len(known.rounds)
        bettered = [place for place in self._pool.bettered[self._bettered :] if place < old]
        self._bettered = len(self._pool.bettered)
        if bettered:
            net = known.net.copy()
            for place in set(bettered):
                net[place] += rounds[place].cost - known.rounds[place].cost
            known = replace(known, rounds=rounds[:old], net=net)
        if len(rounds) > old:
            known = known.join(columns_of(self._model, rounds[old:]))
        self._all = known
        return known

    def forget(self, best: Iterable[Round]) -> None:
        """Keep the pool small enough to be quick: the rounds of least reduced cost, and the best plan's."""
        if len(self._pool) <= self._tuning.most_rounds:
            return
        columns, relaxed = self.of(whole(self._model), best)
        if relaxed is not None:
            kept = np.argsort(relaxed.reduced, kind="stable")[: self._tuning.most_rounds // 2]
            self._pool.keep_only([*(columns.rounds[place] for place in kept.tolist()), *best])

    def _promising(self, columns: Columns, best: Iterable[Round]) -> Columns:
        """At most as many columns as are quickly relaxed: those of least reduced cost at the last prices.

        What the last relaxation used stays in, so that its value never rises.
        """
        if self._known is None or not self.is_priced or len(columns.rounds) <= self._tuning.most_relaxed:
            return columns
        _, known, last = self._known
        if last is None:
            return columns
        reduced = columns.net + columns.incidence.T @ last.stop_worth + last.vehicle_worth[columns.types]
        reduced += last.room_worth @ columns.brought
        promising = np.argsort(reduced, kind="stable")[: self._tuning.most_relaxed]
        kept = {known.rounds[place] for place in np.flatnonzero(last.share > 0).tolist()}
        kept.update(best)
        places = [place for place, r in enumerate(columns.rounds) if r in kept]
        return columns.take(np.union1d(promising, np.array(places, dtype=np.int64)))
