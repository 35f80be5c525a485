"""Putting a stop into a plan as it stands: where it costs least, exactly, and what must give way.

Costs are rises of the objective before the stop's own prize: extra distance, duty and vehicles, plus the
prizes of stops that had to give way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collection.rules.routing.costing import Options, cost_sequences, padded
from collection.rules.routing.model import SearchModel
from collection.rules.routing.pool import Round
from collection.rules.routing.problem import IntArray, Plan
from collection.rules.routing.warm_start import options_of


@dataclass(frozen=True, slots=True)
class Slot:
    """A round of the plan (or an idle vehicle, with no options) that could take a stop."""

    type: int
    route: int | None  # place in plan.routes, None for an idle vehicle
    options: Options
    cost: int


@dataclass(frozen=True, slots=True)
class Insertion:
    """The stop put into `slot` at `position`; `displaced` are the options that give way."""

    slot: Slot
    position: int
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
    served = {stop for r in rounds for stop in model.option_stop[list(r.options)].tolist()}
    for stop in np.flatnonzero(model.required).tolist():
        if stop in served:
            continue
        slots = slots_with_idle(model, rounds)
        found = cheapest_insertions(model, slots, [stop]).get(stop) or cheapest_exchanges(
            model, slots, [stop]
        ).get(stop)
        if found is not None:
            options = sequence_after(found)
            v = found.slot.type
            changed = Round(v, options, int(cost_sequences(model, v, *padded([options]))[0]))
            if found.slot.route is None:
                rounds.append(changed)
            else:
                rounds[found.slot.route] = changed
    return rounds


def worthwhile_rounds(model: SearchModel, rounds: Sequence[Round]) -> list[Options]:
    """Each round changed by one stop put in, others giving way if need be, wherever that alone would pay."""
    slots = slots_with_idle(model, rounds)
    served = {stop for r in rounds for stop in model.option_stop[list(r.options)].tolist()}
    omitted = [stop for stop in range(len(model.prize)) if stop not in served]
    direct = cheapest_insertions(model, slots, omitted)
    exchanges = cheapest_exchanges(model, slots, omitted)
    found = []
    for stop in omitted:
        ways = (direct.get(stop), exchanges.get(stop))
        found += [sequence_after(way) for way in ways if way is not None and way.cost < model.prize[stop]]
    return found


def sequence_after(insertion: Insertion) -> Options:
    """The options of the insertion's slot when it is done."""
    kept = tuple(option for option in insertion.slot.options if option not in insertion.displaced)
    return (*kept[: insertion.position], insertion.option, *kept[insertion.position :])


def cheapest_insertions(model: SearchModel, slots: list[Slot], stops: list[int]) -> dict[int, Insertion]:
    """For each of `stops` (indices, none of them in a slot) its cheapest place with nothing giving way."""
    best: dict[int, Insertion] = {}
    wanted = np.flatnonzero(np.isin(model.option_stop, stops))
    for slot in slots:
        candidates = wanted[model.allowed[slot.type, wanted] & _fits(model, slot, wanted)]
        if not len(candidates):
            continue
        places = len(slot.options) + 1
        rows = np.zeros((len(candidates), places, places), dtype=np.int64)
        for position in range(places):
            rows[:, position, :position] = slot.options[:position]
            rows[:, position, position] = candidates
            rows[:, position, position + 1 :] = slot.options[position:]
        lengths = np.full(len(candidates) * places, places)
        costs = cost_sequences(model, slot.type, rows.reshape(-1, places), lengths).reshape(-1, places)
        rises = np.where(costs >= 0, costs - slot.cost, np.iinfo(np.int64).max)
        positions = rises.argmin(axis=1)
        for row, option in enumerate(candidates.tolist()):
            position = int(positions[row])
            if costs[row, position] < 0:
                continue
            stop, rise = int(model.option_stop[option]), int(rises[row, position])
            if stop not in best or rise < best[stop].cost:
                best[stop] = Insertion(slot, position, option, rise)
    return best


def cheapest_exchanges(model: SearchModel, slots: list[Slot], stops: list[int]) -> dict[int, Insertion]:
    """For each of `stops` (none of them in a slot) its cheapest place when optional stops of a round give way.

    Tried are: one stretch of optional stops gives way, or all the optional stops of the round do.
    """
    best: dict[int, Insertion] = {}
    wanted = np.flatnonzero(np.isin(model.option_stop, stops))
    for slot in slots:
        candidates = wanted[model.allowed[slot.type, wanted]]
        if slot.options and len(candidates):
            for found in _exchanges(model, slot, candidates):
                stop = int(model.option_stop[found.option])
                if stop not in best or found.cost < best[stop].cost:
                    best[stop] = found
    return best


def _exchanges(model: SearchModel, slot: Slot, candidates: IntArray) -> list[Insertion]:
    """The cheapest exchange of each candidate option in one round."""
    trials = _trials(model, slot)
    if not trials:
        return []
    longest = max(len(kept) for kept, _ in trials) + 1
    rows = np.zeros((len(trials), len(candidates), longest), dtype=np.int64)
    lost = np.zeros(len(trials), dtype=np.int64)
    for number, (kept, position) in enumerate(trials):
        rows[number, :, :position] = kept[:position]
        rows[number, :, position] = candidates
        rows[number, :, position + 1 : len(kept) + 1] = kept[position:]
        gone = [option for option in slot.options if option not in kept]
        lost[number] = model.prize[model.option_stop[gone]].sum()
    lengths = np.repeat([len(kept) + 1 for kept, _ in trials], len(candidates))
    costs = cost_sequences(model, slot.type, rows.reshape(-1, longest), lengths).reshape(len(trials), -1)
    rises = np.where(costs >= 0, costs - slot.cost + lost[:, None], np.iinfo(np.int64).max)
    choices = rises.argmin(axis=0)
    found = []
    for column, number in enumerate(choices.tolist()):
        if costs[number, column] >= 0:
            kept, position = trials[number]
            displaced = tuple(option for option in slot.options if option not in kept)
            rise = int(rises[number, column])
            found.append(Insertion(slot, position, int(candidates[column]), rise, displaced))
    return found


def _trials(model: SearchModel, slot: Slot) -> list[tuple[Options, int]]:
    """What may stay of a round, and where among it a stop may come."""
    removable = [not model.required[model.option_stop[k]] for k in slot.options]
    trials: set[tuple[Options, int]] = set()
    for first in range(len(slot.options)):
        for last in range(first, len(slot.options)):
            if not all(removable[first : last + 1]):
                break
            kept = slot.options[:first] + slot.options[last + 1 :]
            positions = range(len(kept) + 1) if first == last else (first,)
            trials.update((kept, position) for position in positions)
    if any(removable):
        kept = tuple(k for k, may_go in zip(slot.options, removable, strict=True) if not may_go)
        trials.update((kept, position) for position in range(len(kept) + 1))
    return sorted(trials)


def _fits(model: SearchModel, slot: Slot, options: np.ndarray) -> np.ndarray:
    used = model.load[model.option_stop[list(slot.options)]].sum(axis=0)
    room = model.capacity[slot.type] - used
    return (model.load[model.option_stop[options]] <= room).all(axis=1)
