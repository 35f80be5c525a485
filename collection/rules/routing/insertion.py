"""Putting a stop into a plan as it stands: where it costs least, exactly, and what must give way.

Costs are rises of the objective before the stop's own prize: extra distance, duty and vehicles, plus the
prizes of stops that had to give way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from collection.rules.routing.costing import Options, cost_sequences, padded
from collection.rules.routing.model import RELOAD, BoolArray, SearchModel
from collection.rules.routing.pool import Round
from collection.rules.routing.problem import IntArray, Plan
from collection.rules.routing.warm_start import options_of

HERE = -2  # in a sequence of options: where the stop comes that is put in


@dataclass(frozen=True, slots=True)
class Slot:
    """A round of the plan (or an idle vehicle, with no options) that could take a stop."""

    type: int
    route: int | None  # place in plan.routes, None for an idle vehicle
    options: Options
    cost: int


@dataclass(frozen=True, slots=True)
class Insertion:
    """A stop put into `slot` as `option`: the round `after` it, and the options that gave way."""

    slot: Slot
    after: Options
    option: int
    cost: int
    displaced: Options = ()


def slots_of(model: SearchModel, plan: Plan) -> list[Slot]:
    """Every round of the plan, then one idle vehicle of each type that has one."""
    rounds = []
    for route in plan.routes:
        v = model.problem.vehicle_index_of[route.vehicle]
        options = options_of(model, route)
        if options is None:
            raise ValueError(f"{route.vehicle}: this round is not possible, so nothing can be put into it.")
        rounds.append(Round(v, options, int(cost_sequences(model, v, *padded([options]))[0])))
    return slots_with_idle(model, rounds)


def slots_with_idle(model: SearchModel, rounds: Sequence[Round]) -> list[Slot]:
    """A slot for each round, then one idle vehicle of each type that has one."""
    used = np.bincount([r.type for r in rounds], minlength=len(model.count))
    slots = [Slot(r.type, number, r.options, r.cost) for number, r in enumerate(rounds)]
    return slots + [Slot(v, None, (), 0) for v in np.flatnonzero(model.count > used).tolist()]


def with_required(model: SearchModel, rounds: Sequence[Round]) -> list[Round]:
    """The rounds with every required stop put in that fits, optional ones giving way where they must."""
    rounds = list(rounds)
    served = {stop for r in rounds for stop in model.stops_of(r.options).tolist()}
    for stop in np.flatnonzero(model.required).tolist():
        if stop in served:
            continue
        slots = slots_with_idle(model, rounds)
        found = cheapest_insertions(model, slots, [stop]).get(stop) or cheapest_exchanges(
            model, slots, [stop]
        ).get(stop)
        if found is not None:
            v = found.slot.type
            changed = Round(v, found.after, int(cost_sequences(model, v, *padded([found.after]))[0]))
            if found.slot.route is None:
                rounds.append(changed)
            else:
                rounds[found.slot.route] = changed
    return rounds


def worthwhile_rounds(model: SearchModel, rounds: Sequence[Round]) -> list[Options]:
    """Each round changed by one stop put in, others giving way if need be, wherever that alone would pay."""
    slots = slots_with_idle(model, rounds)
    served = {stop for r in rounds for stop in model.stops_of(r.options).tolist()}
    omitted = [stop for stop in range(len(model.prize)) if stop not in served]
    direct = cheapest_insertions(model, slots, omitted)
    exchanges = cheapest_exchanges(model, slots, omitted)
    found = []
    for stop in omitted:
        ways = (direct.get(stop), exchanges.get(stop))
        found += [way.after for way in ways if way is not None and way.cost < model.prize[stop]]
    return found


def cheapest_insertions(model: SearchModel, slots: list[Slot], stops: list[int]) -> dict[int, Insertion]:
    """For each of `stops` (indices, none of them in a slot) its cheapest place with nothing giving way."""
    return _cheapest(model, slots, stops, _ways_in)


def cheapest_exchanges(model: SearchModel, slots: list[Slot], stops: list[int]) -> dict[int, Insertion]:
    """For each of `stops` (none of them in a slot) its cheapest place when optional stops of a round give way.

    Tried are: one stretch of optional stops gives way, or all the optional stops of the round do.
    """
    return _cheapest(model, [slot for slot in slots if slot.options], stops, _trials)


def room_left(model: SearchModel, slots: Sequence[Slot]) -> IntArray:
    """(v, d): what the depot of each type may still take beside what these rounds bring."""
    left = model.room.copy()
    for slot in slots:
        brought = model.load[model.stops_of(slot.options)].sum(axis=0)
        left[model.depot == model.depot[slot.type]] -= brought
    return left


def _cheapest(
    model: SearchModel,
    slots: list[Slot],
    stops: list[int],
    ways: Callable[[SearchModel, Slot], list[Options]],
) -> dict[int, Insertion]:
    """The cheapest of all `ways` of each stop, in which HERE stands for it."""
    best: dict[int, Insertion] = {}
    wanted = np.flatnonzero(np.isin(model.option_stop, stops))
    left = room_left(model, slots)
    for slot in slots:
        candidates = wanted[model.allowed[slot.type, wanted]]
        if ways is _ways_in and model.trips[slot.type, 0] == 1:
            candidates = candidates[_fits(model, slot, candidates)]
        if not len(candidates):
            continue
        for found in _cheapest_in(model, slot, candidates, ways(model, slot), left[slot.type]):
            stop = int(model.option_stop[found.option])
            if stop not in best or found.cost < best[stop].cost:
                best[stop] = found
    return best


def _cheapest_in(
    model: SearchModel, slot: Slot, candidates: IntArray, ways: list[Options], room: IntArray
) -> list[Insertion]:
    """The cheapest way of each candidate option into one round."""
    if not ways:
        return []
    patterns, lengths = padded(ways)
    rows = np.where(
        patterns[:, None, :] == HERE, candidates[:, None], np.repeat(patterns[:, None, :], len(candidates), 1)
    )
    gone = [tuple(option for option in slot.options if option not in way) for way in ways]
    lost = np.array([model.prize[model.stops_of(options)].sum() for options in gone], dtype=np.int64)
    freed = np.array([model.load[model.stops_of(options)].sum(axis=0) for options in gone])
    costs = cost_sequences(
        model, slot.type, rows.reshape(-1, patterns.shape[1]), np.repeat(lengths, len(candidates))
    ).reshape(len(ways), -1)
    load = model.load[model.option_stop[candidates]]
    possible = (costs >= 0) & (load <= room + freed[:, None, :]).all(axis=2)
    rises = np.where(possible, costs - slot.cost + lost[:, None], np.iinfo(np.int64).max)
    found = []
    for column, number in enumerate(rises.argmin(axis=0).tolist()):
        if possible[number, column]:
            option = int(candidates[column])
            after = tuple(option if place == HERE else place for place in ways[number])
            found.append(Insertion(slot, after, option, int(rises[number, column]), gone[number]))
    return found


def _ways_in(model: SearchModel, slot: Slot) -> list[Options]:
    """Everywhere in the round; where it may have one more trip, also with one more call at the depot."""
    options = slot.options
    ways = [(*options[:place], HERE, *options[place:]) for place in range(len(options) + 1)]
    if options and options.count(RELOAD) < model.trips[slot.type, 0] - 1:
        ways += [
            (*way[:place], RELOAD, *way[place:])
            for way in ways
            for place in range(1, len(way))
            if RELOAD not in way[place - 1 : place + 1]
        ]
    return ways


def _trials(model: SearchModel, slot: Slot) -> list[Options]:
    """What may stay of a round, and where among it a stop may come."""
    options = slot.options
    may_go = [option == RELOAD or not model.required[model.option_stop[option]] for option in options]
    trials: set[Options] = set()
    for first in range(len(options)):
        for last in range(first, len(options)):
            if not all(may_go[first : last + 1]):
                break
            kept = options[:first] + options[last + 1 :]
            positions = range(len(kept) + 1) if first == last else (first,)
            trials.update(tidy((*kept[:place], HERE, *kept[place:])) for place in positions)
    if any(may_go):
        kept = tuple(k for k, may in zip(options, may_go, strict=True) if not may)
        trials.update((*kept[:place], HERE, *kept[place:]) for place in range(len(kept) + 1))
    return sorted(trials)


def tidy(options: Options) -> Options:
    """Without calls at the depot before the first stop, after the last, or twice running."""
    tidy = [
        k for before, k in zip((RELOAD, *options), options, strict=False) if k != RELOAD or before != RELOAD
    ]
    return tuple(tidy[:-1] if tidy[-1] == RELOAD else tidy)


def _fits(model: SearchModel, slot: Slot, options: IntArray) -> BoolArray:
    used = model.load[model.stops_of(slot.options)].sum(axis=0)
    room = model.capacity[slot.type] - used
    return np.asarray((model.load[model.option_stop[options]] <= room).all(axis=1))
