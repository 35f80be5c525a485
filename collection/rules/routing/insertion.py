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
NEVER = np.iinfo(np.int64).max


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
    known = np.full(len(model.prize), NEVER)
    wanted = np.flatnonzero(np.isin(model.option_stop, stops))
    left = room_left(model, slots)
    for slot in slots:
        options = wanted[model.allowed[slot.type, wanted]]
        tried = ways(model, slot)
        if not len(options) or not tried:
            continue
        for found in _cheapest_in(model, slot, options, tried, left[slot.type], known):
            stop = int(model.option_stop[found.option])
            if found.cost < known[stop]:
                known[stop], best[stop] = found.cost, found
    return best


def _cheapest_in(
    model: SearchModel, slot: Slot, options: IntArray, ways: list[Options], room: IntArray, known: IntArray
) -> list[Insertion]:
    """The cheapest way of each option into one round, where it costs less than what is `known` of its stop (s).

    Ways are costed in the order of what they cost at least; beyond the best found none can be better.
    """
    patterns, lengths = padded(ways)
    gone = [tuple(option for option in slot.options if option not in way) for way in ways]
    lost = np.array([model.prize[model.stops_of(each)].sum() for each in gone], dtype=np.int64)
    least = _least_costs(model, slot.type, patterns, lengths, options) - slot.cost + lost[:, None]
    least[~_fits(model, slot, gone, options, room)] = NEVER
    order = np.argsort(least, axis=0, kind="stable")
    best, choice = known[model.option_stop[options]], np.full(len(options), -1)
    open_, begin, many = np.arange(len(options)), 0, 1
    while begin < len(ways):
        open_ = open_[least[order[begin, open_], open_] < best[open_]]
        if not len(open_):
            break
        tried = order[begin : begin + many][:, open_]
        way, which = np.nonzero(least[tried, open_] < best[open_])
        way, which = tried[way, which], open_[which]
        sequences = np.where(patterns[way] == HERE, options[which][:, None], patterns[way])
        costs = cost_sequences(model, slot.type, sequences, lengths[way])
        rises = np.where(costs >= 0, costs - slot.cost + lost[way], NEVER)
        ranked = np.lexsort((rises, which))
        ranked = ranked[np.append(True, which[ranked][1:] != which[ranked][:-1])]
        better = ranked[rises[ranked] < best[which[ranked]]]
        best[which[better]], choice[which[better]] = rises[better], way[better]
        begin, many = begin + many, 4 * many
    found = []
    for place in np.flatnonzero(choice >= 0).tolist():
        option, number = int(options[place]), int(choice[place])
        after = tuple(option if each == HERE else each for each in ways[number])
        found.append(Insertion(slot, after, option, int(best[place]), gone[number]))
    return found


def _least_costs(
    model: SearchModel, v: int, patterns: IntArray, lengths: IntArray, options: IntArray
) -> IntArray:
    """(t, c): what each pattern with each option put in costs at least: without waiting, breaks and promises."""
    problem = model.problem
    matrices = problem.matrices[problem.vehicles[v].profile]
    depots, depot = len(problem.depots), int(model.depot[v])
    fixed, per_metre, per_second = (int(rate) for rate in model.rates[v])

    def price(here: IntArray, there: IntArray) -> IntArray:
        return per_metre * matrices.distance_m[here, there] + per_second * matrices.duration_s[here, there]

    places = np.arange(patterns.shape[1])
    is_stop = (patterns >= 0) & (places < lengths[:, None])
    stops = model.option_stop[np.where(is_stop, patterns, 0)]
    service = np.where(is_stop, model.service[stops], 0).sum(axis=1)
    service += model.trips[v, 1] * ((patterns == RELOAD) & (places < lengths[:, None])).sum(axis=1)
    nodes = np.pad(np.where(is_stop, depots + stops, depot), ((0, 0), (1, 1)), constant_values=depot)
    rows, here = np.arange(len(patterns)), np.argmax(patterns == HERE, axis=1)
    legs = price(nodes[:, :-1], nodes[:, 1:])
    legs[np.arange(legs.shape[1]) > lengths[:, None]] = 0
    legs[rows, here] = legs[rows, here + 1] = 0
    there = depots + model.option_stop[options]
    least = fixed + legs.sum(axis=1) + per_second * service
    before, after = nodes[rows, here][:, None], nodes[rows, here + 2][:, None]
    least = least[:, None] + price(before, there) + price(there, after)
    return np.asarray(least + per_second * model.service[model.option_stop[options]])


def _fits(
    model: SearchModel, slot: Slot, gone: list[Options], options: IntArray, room: IntArray
) -> BoolArray:
    """(t, c): is there room at the plant and, on a round of one trip, on the vehicle, what is `gone` being off?"""
    load = model.load[model.option_stop[options]]
    freed = np.array([model.load[model.stops_of(each)].sum(axis=0) for each in gone])
    if model.trips[slot.type, 0] == 1:
        room = np.minimum(
            room, model.capacity[slot.type] - model.load[model.stops_of(slot.options)].sum(axis=0)
        )
    return np.asarray((load <= room + freed[:, None, :]).all(axis=2))


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
    kept = [
        k for before, k in zip((RELOAD, *options), options, strict=False) if k != RELOAD or before != RELOAD
    ]
    return tuple(kept[:-1] if kept and kept[-1] == RELOAD else kept)
