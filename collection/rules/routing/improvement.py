"""The search for a better plan: local search, column generation and reopened parts, until time is up."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from collection.rules.routing.bound import free_bound, lower_bound
from collection.rules.routing.budget import Budget
from collection.rules.routing.costing import Options
from collection.rules.routing.first_rounds import first_rounds
from collection.rules.routing.insertion import with_required, worthwhile_rounds
from collection.rules.routing.master import (
    Columns,
    Relaxation,
    Scope,
    choose,
    columns_of,
    dive,
    relax,
    whole,
)
from collection.rules.routing.model import BoolArray, SearchModel
from collection.rules.routing.pool import Round, RoutePool, delivered, intake_room, is_plan, net_cost
from collection.rules.routing.pricing import FloatArray, Pricer
from collection.rules.routing.problem import IntArray
from collection.rules.routing.relaxations import Relaxations
from collection.rules.routing.search import Search
from collection.rules.routing.solver_data import build_data
from collection.rules.routing.tuning import Tuning
from collection.rules.routing.turns import Turns

WORST = 10**17
LON_SCALE = 0.6  # a degree of longitude in degrees of latitude, about Britain
BOUND_AFTER, BOUND_SHARE = 0.75, 0.05  # of the time: when to look for a lower bound, and how long
BOUND_WORK, MOST_WIDTH = 2000, 10_000  # beginnings kept in all at first; for each last stop at most
AFTER_TIME = 0.5  # seconds at most for the bound when the search has been stopped
NOTHING = 100_000  # a pound: a gap nobody waits for
GENERATING = 3  # the way that looks at everything at once
PRICING_WORK = 50  # counted work of one pricing of all types, in iterations of local search


class Improver:
    """One solve's search: the pool of rounds, the best choice so far, and the ways of bettering it."""

    def __init__(
        self,
        model: SearchModel,
        tuning: Tuning,
        budget: Budget,
        seed: int,
        announce: Callable[[list[Round]], None],
    ) -> None:
        self._model, self._tuning, self._budget, self._announce = model, tuning, budget, announce
        self._pool = RoutePool(model)
        self._pool.add((option,) for option in range(len(model.option_stop)))
        self._rng = np.random.default_rng(seed)
        self._seed = seed
        self._best: list[Round] | None = None
        self._best_net = WORST
        self._has_learnt = False
        self._recombined: tuple[int, int] | None = None  # the pool and the plan when all was last recombined
        places = [(stop.lat, LON_SCALE * stop.lon) for stop in model.problem.stops]
        self._places = np.array(places, dtype=float).reshape(-1, 2)
        self._pricers: dict[int, Pricer] = {}
        self._searches: dict[bool, Search] = {}
        self._relaxations = Relaxations(model, tuning, self._pool)
        self.lower_bound = self.expected_bound = free_bound(model)
        self._must_bound = len(model.prize) <= tuning.most_bounded

    def learn(self, sequences: Iterable[Options]) -> None:
        """Put sequences of options into the pool."""
        self._has_learnt = self._pool.add(sequences) > 0

    def run(self) -> list[Round] | None:
        """The best choice of rounds found within the budget; None when none serves the required stops."""
        if not len(self._model.option_stop):
            # Nobody can serve anything: the empty plan, unless something is required.
            return None if self._model.required.any() else []
        everything = whole(self._model)
        if not self._has_learnt and not (self._tuning.begins_anywhere and self._has_time_for_local_search()):
            self._begin_greedily()
        self._recombine(everything)
        if self._has_learnt and not self._budget.is_over():
            self._polish()
        if self._has_time_for_local_search():
            self._search_on(everything)
        else:
            self._reopen_parts(self._tuning.per_last[0])
        if not self._budget.is_late():
            self._polish()
        self._bound()
        return self._best

    def _search_on(self, everything: Scope) -> None:
        """Local search, prices and reopened parts in turn, as long as there is time."""
        for share in self._tuning.first_shares:
            self._local_search(self._search(0), share)
            if self._best is None:
                self._begin_greedily()
        if self._tuning.hopes:
            self._take_turns(everything)
            return
        per_last, turn = self._tuning.per_last[0], 0
        while not self._budget.is_over():
            pricings = self._tuning.pricings if turn else self._tuning.first_pricings
            self._generate(everything, per_last, pricings)
            self._relaxations.is_priced = True
            if turn == 0 and self._tuning.dives:
                self._dive()
            self._recombine(everything)
            self._reopen_parts(per_last)
            turn += 1
            self._local_search(self._search(turn), self._tuning.turn_share)
            per_last = min(2 * per_last, self._tuning.per_last[1])
            self._relaxations.forget(self._best or ())
            if self._budget.spent() > BOUND_AFTER * self._budget.seconds:
                self._bound()

    def _take_turns(self, everything: Scope) -> None:
        """Both local searches, parts and everything, each when its turn comes by what it gained lately."""
        tuning, share = self._tuning, self._tuning.turn_share
        ways = (
            lambda: self._local_search(self._search(0), share),
            lambda: self._local_search(self._search(1), share),
            lambda: self._reopen_parts(tuning.per_last[0]),
            lambda: self._generate(everything, tuning.per_last[0], tuning.pricings),
        )
        first, second, *others = tuning.hopes
        turns = Turns([first, first if self._minds_driving() else second, *others])
        while not self._budget.is_over():
            way = turns.next()
            began, before = self._budget.used(), self._cost()
            ways[way]()
            if way == GENERATING:
                self._budget.work(PRICING_WORK)
                self._recombine(everything)
            self._relaxations.forget(self._best or ())
            gained = 0.0 if self._best is None else (before - self._cost()) / max(abs(before), 1)
            turns.tell(way, gained, self._budget.used() - began)
            if self._budget.spent() > BOUND_AFTER * self._budget.seconds:
                self._bound()

    def _cost(self) -> int:
        """The objective of the best plan."""
        return self._best_net + int(self._model.prize.sum())

    def _begin_greedily(self) -> None:
        self._adopt(first_rounds(self._model, self._pricer, self._budget.is_over))

    def _reopen_parts(self, per_last: int) -> None:
        for _ in range(self._tuning.reopenings):
            self._reopen(per_last)

    def _has_time_for_local_search(self) -> bool:
        return self._budget.left() >= self._tuning.slowest_start * len(self._model.option_stop)

    def _bound(self) -> None:
        """How little any plan could cost, once: with more and more care for a small share of the time."""
        if not self._must_bound or self._best is None:
            return
        self._must_bound = False
        _, relaxed = self._relaxed(whole(self._model))
        if relaxed is None:
            return
        self.expected_bound = round(relaxed.value) + int(self._model.prize.sum())
        began, share = self._budget.spent(), BOUND_SHARE * self._budget.seconds
        if self._budget.is_over():
            share = min(share / 2, AFTER_TIME)

        def is_over() -> bool:
            return self._budget.is_timed and self._budget.spent() - began > share

        width = max(10, BOUND_WORK // max(len(self._model.option_stop), 1))
        while True:
            found = lower_bound(
                self._model, relaxed.stop_worth, relaxed.vehicle_worth, relaxed.room_worth, width, is_over
            )
            self.lower_bound = max(self.lower_bound, found or 0)
            if found is None or not self._budget.is_timed or self._budget.spent() - began > share / 4:
                return
            if self.lower_bound > self._best_net + self._model.prize.sum() - NOTHING or width > MOST_WIDTH:
                return
            width *= 4

    def _polish(self) -> None:
        """Put in every stop that would pay for itself with the rest of the plan as it is."""
        while self._best is not None:
            before, known = self._best_net, len(self._pool.rounds())
            if not self._pool.add(worthwhile_rounds(self._model, self._best)):
                return
            # A choice among few, so that it takes no time to speak of.
            self._recombine_among([*self._best, *self._pool.rounds()[known:]])
            if self._best_net == before or self._budget.is_timed:
                return

    def _search(self, turn: int) -> Search:
        """The local search whose turn it is: every other one wanders by itself, minding the driving limits."""
        tuning, minds_driving = self._tuning, self._minds_driving()
        is_other = turn % 2 == 1 and (tuning.wanders or minds_driving or tuning.other is not None)
        if is_other not in self._searches:
            view = build_data(self._model, mind_driving=is_other and minds_driving)
            settings = tuning.other if is_other and tuning.other else tuning.search
            self._searches[is_other] = Search(view, self._pool, settings, self._seed + is_other)
        return self._searches[is_other]

    def _minds_driving(self) -> bool:
        used = np.flatnonzero(self._model.count > 0).tolist()
        return bool(self._model.breaks[:, 1].any()) or any(self._model.driving_can_bind(v) for v in used)

    def _local_search(self, search: Search, share: float) -> None:
        """Local search for a share of the budget, every feasible round into the pool.

        It goes on from the best plan; one that wanders begins anywhere, and so brings rounds of another kind.
        """
        if self._budget.is_over():
            return
        is_second = search is self._searches.get(True)
        wanders = self._tuning.wanders if is_second else self._tuning.begins_anywhere and not self._has_learnt
        is_anywhere = wanders and not search.has_begun
        start = search.plan_of(self._best) if self._best is not None and not is_anywhere else None
        least = 0.2 if search.has_begun else min(1.0, self._budget.seconds / 4)
        seconds = min(max(self._budget.seconds * share, least), self._tuning.longest_turn)
        search.run(self._budget.slice(seconds, self._tuning.turn_iterations), start)
        self._adopt(search.best())
        if not self._tuning.hopes:
            self._recombine(whole(self._model))

    def _adopt(self, plan: list[tuple[int, Options]] | None) -> None:
        """Take a plan found otherwise where it is possible, exactly costed, and better than ours.

        Required stops it leaves out are put in.
        """
        if plan is None:
            return
        rounds = [exact for v, options in plan if (exact := self._pool.priced(v, options)) is not None]
        self._take(with_required(self._model, rounds))

    def _generate(self, scope: Scope, per_last: int, pricings: int) -> None:
        """Price against the relaxation until few new rounds turn up, or none where there are few anyhow."""
        few = min(self._tuning.few, 1 + len(self._model.option_stop) // 8)
        for _ in range(pricings):
            if self._budget.is_over():
                return
            _, relaxed = self._relaxed(scope)
            if relaxed is None or self._price(relaxed, scope, per_last) < few:
                return

    def _price(self, relaxed: Relaxation, scope: Scope, per_last: int) -> int:
        found = 0
        for v in np.flatnonzero(scope.vehicles > 0).tolist():
            if self._budget.is_over():
                break
            sequences = self._pricer(v).find(
                relaxed.stop_worth + self._model.toll(v, relaxed.room_worth),
                float(relaxed.vehicle_worth[v]),
                per_last=per_last,
                most=self._tuning.most_found,
                open_stops=scope.open_stops,
            )
            found += self._pool.add(sequences)
        self._budget.work(PRICING_WORK)
        return found

    def _pricer(self, v: int) -> Pricer:
        if v not in self._pricers:
            self._pricers[v] = Pricer(self._model, v)
        return self._pricers[v]

    def _relaxed(self, scope: Scope) -> tuple[Columns, Relaxation | None]:
        return self._relaxations.of(scope, self._best or ())

    def _recombine(self, scope: Scope) -> None:
        """Put the best plan together from the pool, changing only what is open."""
        asked = (self._pool.version, self._best_net)
        is_again = scope.open_stops.all() and asked == self._recombined
        if not is_again and (self._best is None or not self._budget.is_over()):
            self._choose(scope, *self._relaxed(scope))
            if scope.open_stops.all():
                self._recombined = (self._pool.version, self._best_net)

    def _recombine_among(self, rounds: list[Round]) -> None:
        columns, everything = columns_of(self._model, rounds), whole(self._model)
        self._choose(everything, columns, relax(self._model, columns, everything))

    def _choose(self, scope: Scope, columns: Columns, relaxed: Relaxation | None) -> None:
        """Take the best choice of the columns, with what is not open as it is, where it is better."""
        if relaxed is None:
            return
        fixed = [r for r in self._best or () if not scope.open_stops[self._stops(r)].all()]
        fixed_net = net_cost(self._model, fixed)
        better = choose(
            self._model,
            columns,
            relaxed,
            scope,
            to_beat=self._best_net - fixed_net,
            most_columns=self._tuning.most_columns,
            seconds=self._budget.seconds_for(min(self._tuning.choosing_seconds, self._budget.seconds / 20)),
        )
        if better is not None:
            self._best = fixed + better
            self._best_net = net_cost(self._model, self._best)
            self._announce(self._best)

    def _dive(self) -> None:
        """Put a plan together from the relaxation of everything, round by round."""
        if self._budget.is_over():
            return
        scope = whole(self._model)
        columns, relaxed = self._relaxed(scope)
        if relaxed is not None:
            rounds = dive(self._model, columns, relaxed, scope, self._budget.is_over)
            self._take(with_required(self._model, rounds))

    def _take(self, rounds: list[Round]) -> None:
        """Have these rounds as the plan where they are one and better than the best so far."""
        net = net_cost(self._model, rounds)
        if net < self._best_net and is_plan(self._model, rounds):
            self._best, self._best_net = rounds, net
            self._announce(rounds)

    def _reopen(self, per_last: int) -> None:
        """Open a few neighbouring rounds of the best plan, with the stops left out, and better that part."""
        if self._best is None or self._budget.is_over():
            return
        many = int(self._rng.integers(self._tuning.reopened[0], self._tuning.reopened[1] + 1))
        if many >= len(self._best):
            return
        centres = np.array([self._places[self._stops(r)].mean(axis=0) for r in self._best])
        seed = int(self._rng.integers(len(self._best)))
        away = np.hypot(*(centres - centres[seed]).T) * self._rng.uniform(0.7, 1.3, len(centres))
        opened = set(np.argsort(away, kind="stable")[:many].tolist()) | {seed}
        open_stops = np.ones(len(self._model.prize), dtype=bool)
        vehicles = self._model.count.copy()
        fixed = [r for number, r in enumerate(self._best) if number not in opened]
        for r in fixed:
            open_stops[self._stops(r)] = False
            vehicles[r.type] -= 1
        self._close_the_far(open_stops, centres[seed])
        room = intake_room(self._model) - delivered(self._model, fixed)
        scope = Scope(open_stops, vehicles, room)
        _, relaxed = self._relaxed(scope)
        if relaxed is not None:
            self._price(relaxed, scope, per_last)
        self._recombine(scope)

    def _close_the_far(self, open_stops: BoolArray, centre: FloatArray) -> None:
        """Of the stops left out keep only the nearest open."""
        served = np.concatenate([self._stops(r) for r in self._best or ()])
        left_out = np.setdiff1d(np.flatnonzero(open_stops), served)
        away = np.hypot(*(self._places[left_out] - centre).T)
        open_stops[left_out[np.argsort(away, kind="stable")[self._tuning.nearest :]]] = False

    def _stops(self, r: Round) -> IntArray:
        return self._model.stops_of(r.options)
